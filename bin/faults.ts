// `npm run faults`: the proofs that kill servers, race writers and try every tenant against every other, in their full size.
import { randomBytes } from 'node:crypto';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { proofs } from './faults/proofs.ts';
import { signalGroup } from './process/child-process.ts';
import { onStopRequest } from './process/stop-request.ts';
import { exitCodes } from './root/exit-codes.ts';

const limitMs = 90 * 60_000;

const modules = join(import.meta.dirname, '..', 'node_modules');
const seed = process.env['HOLDFAST_TEST_SEED'] ?? String(randomBytes(4).readUInt32LE());
const wanted = process.argv.slice(2);
const files = wanted.length === 0 ? proofs : wanted;

process.stdout.write(`Seed ${seed}; HOLDFAST_TEST_SEED=${seed} npm run faults makes the same choices again.\n`);
const startedMs = performance.now();
// One after the other: a proof under load of another proof shows less of itself.
const child = spawn(
  process.execPath,
  ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', join(modules, 'jest', 'bin', 'jest.js'), '-c', 'jest.config.mjs', '--runInBand', '--verbose', ...files, '--selectProjects', 'servers'],
  {
    cwd: join(modules, '..'),
    env: { ...process.env, HOLDFAST_FAULTS: 'full', HOLDFAST_TEST_SEED: seed },
    stdio: ['ignore', 'inherit', 'inherit'],
    // Its own group, so that one signal ends it with everything it started.
    detached: true,
  },
);
const limit = setTimeout(() => {
  process.stdout.write(`\nStopped: it took longer than ${String(limitMs / 60_000)} minutes.\n`);
  signalGroup(child, 'SIGKILL');
}, limitMs);
onStopRequest({
  stop() {
    signalGroup(child, 'SIGTERM');
  },
  kill() {
    signalGroup(child, 'SIGKILL');
    process.exit(exitCodes.interrupted);
  },
});
child.once('error', (error) => {
  process.stderr.write(`jest could not be started: ${error.message}\n`);
  process.exit(exitCodes.failed);
});
child.once('exit', (code) => {
  clearTimeout(limit);
  const held = code === 0;
  process.stdout.write(`\n${String(files.length)} proofs ${held ? 'held' : 'did not all hold'} · seed ${seed} · ${((performance.now() - startedMs) / 1000).toFixed(0)} s\n`);
  process.exit(held ? exitCodes.ok : exitCodes.failed);
});
