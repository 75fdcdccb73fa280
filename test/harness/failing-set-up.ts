// A test file whose set-up fails half way and whose clean-up therefore fails at once; run by a Jest of its own, in ends-with-file.unit.test.ts.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, it } from '@jest/globals';
import { endsWithFile } from './ends-with-file.ts';

interface Server {
  stop(): Promise<void>;
}
let second!: Server;

beforeAll(() => {
  // The first server, which only the second one's end would lead on to.
  const first = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], { stdio: 'ignore', detached: true });
  first.unref();
  writeFileSync(process.env['HOLDFAST_STARTED_PID'] ?? '', String(first.pid));
  endsWithFile(async () => {
    first.kill('SIGKILL');
    if (first.exitCode === null && first.signalCode === null) await once(first, 'exit');
  });
  throw new Error('the second server does not start');
});
afterAll(async () => {
  await second.stop();
});

it('when its set-up fails, then this is never run', () => undefined);
