// The stopwatch of the tests: what it counts, and what it does not.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { startStopwatch } from './stopwatch.ts';

it('when the process waits, then that counts', async () => {
  const elapsedMs = startStopwatch();
  await delay(100);
  expect(elapsedMs()).toBeGreaterThan(60);
});

it('when the process is busy itself, then that counts', () => {
  const elapsedMs = startStopwatch();
  const before = process.cpuUsage();
  while (process.cpuUsage(before).user < 100_000) Math.random();
  expect(elapsedMs()).toBeGreaterThan(60);
});

it('when the machine does not let it run, then that does not count', async () => {
  const stopped = fork(join(import.meta.dirname, 'stopwatch-process.ts'));
  await once(stopped, 'message');
  stopped.kill('SIGSTOP');
  await delay(500);
  stopped.kill('SIGCONT');
  stopped.send('read it');
  const [read] = (await once(stopped, 'message')) as [{ elapsedMs: number; wallMs: number }];
  await once(stopped, 'exit');
  expect(read.wallMs).toBeGreaterThan(450);
  expect(read.wallMs - read.elapsedMs).toBeGreaterThan(400);
});
