// `npm test`: all tests, and beside them, with what they leave of the processors, lint, types and import rules. Extra arguments go to jest.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { signalGroup } from './process/child-process.ts';
import { onStopRequest } from './process/stop-request.ts';
import { exitCodes } from './root/exit-codes.ts';

interface Stage {
  readonly name: string;
  readonly script: string;
  readonly args: readonly string[];
  readonly limitMs: number;
  /** Waits for the processor where tests want it: they measure time, and it does not. */
  readonly givesWay?: boolean;
}

const root = join(import.meta.dirname, '..');
const modules = join(root, 'node_modules');
const results = join(modules, '.cache', 'holdfast', 'jest.json');
const sources = ['bin', 'domain', 'workflows', 'activities', 'api', 'realtime', 'db', 'bench', 'test'];
const minuteMs = 60_000;

const readings: readonly Stage[] = [
  { name: 'imports', script: 'dependency-cruiser/bin/dependency-cruise.mjs', args: ['--config', '.dependency-cruiser.cjs', ...sources], limitMs: 20 * minuteMs, givesWay: true },
  { name: 'types', script: 'typescript/bin/tsc', args: ['-p', '.', '--noEmit'], limitMs: 20 * minuteMs, givesWay: true },
  { name: 'lint', script: 'eslint/bin/eslint.js', args: ['.', '--max-warnings', '0'], limitMs: 20 * minuteMs, givesWay: true },
];
const tests: Stage = {
  name: 'tests',
  script: 'jest/bin/jest.js',
  args: ['-c', 'jest.config.mjs', '--json', '--outputFile', results, ...process.argv.slice(2)],
  limitMs: 30 * minuteMs,
};

mkdirSync(dirname(results), { recursive: true });
rmSync(results, { force: true });
const stopping = new AbortController();
onStopRequest({
  stop() {
    stopping.abort();
  },
  kill() {
    process.exit(exitCodes.interrupted);
  },
});

const times: string[] = [];
const passed = (await Promise.all([passes(tests), passInTurn(readings)])).every(Boolean);
process.stdout.write(`\n${times.join(' · ')}\n`);
const summary = readSummary();
if (summary !== null) process.stdout.write(`\n${summary}\n`);
process.exit(stopping.signal.aborted ? exitCodes.interrupted : passed ? exitCodes.ok : exitCodes.failed);

/** One after another, and each of them whatever became of the others. */
async function passInTurn(stages: readonly Stage[]): Promise<boolean> {
  let all = true;
  for (const stage of stages) all = (await passes(stage)) && all;
  return all;
}

async function passes(stage: Stage): Promise<boolean> {
  const startedMs = performance.now();
  const how = await runStage(stage);
  times.push(`${stage.name} ${((performance.now() - startedMs) / 1000).toFixed(1)} s${how === null ? '' : ' (failed)'}`);
  if (how !== null) process.stdout.write(`\n${stage.name} failed (${how}).\n`);
  return how === null;
}

/** Null when it passed, else how it ended. */
function runStage({ script, args, limitMs, givesWay = false }: Stage): Promise<string | null> {
  if (stopping.signal.aborted) return Promise.resolve('stopped on request');
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', join(modules, script), ...args], {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      // Its own group, so that one signal ends it with everything it started.
      detached: true,
    });
    if (givesWay && child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
    let why: string | null = null;
    const timer = setTimeout(() => {
      why = `took longer than ${String(limitMs / minuteMs)} minutes`;
      signalGroup(child, 'SIGKILL');
    }, limitMs);
    const onAbort = (): void => {
      why = 'stopped on request';
      signalGroup(child, 'SIGTERM');
    };
    stopping.signal.addEventListener('abort', onAbort, { once: true });
    const finish = (how: string | null): void => {
      clearTimeout(timer);
      stopping.signal.removeEventListener('abort', onAbort);
      resolve(how);
    };
    child.once('error', (error) => {
      finish(error.message);
    });
    child.once('exit', (code, signal) => {
      finish(why ?? (code === 0 ? null : signal === null ? `exit code ${String(code)}` : `ended by ${signal}`));
    });
  });
}

/** Test files that could not even be loaded count as failed: each stands for tests nobody has seen. */
function readSummary(): string | null {
  const schema = z.object({
    numPassedTests: z.number(),
    numFailedTests: z.number(),
    numPendingTests: z.number(),
    numTodoTests: z.number(),
    numRuntimeErrorTestSuites: z.number(),
  });
  let text: string;
  try {
    text = readFileSync(results, 'utf8');
  } catch {
    // Jest did not get as far as writing them.
    return null;
  }
  const counts = schema.parse(JSON.parse(text));
  const failedCount = counts.numFailedTests + counts.numRuntimeErrorTestSuites;
  return `${String(counts.numPassedTests)} passed, ${String(failedCount)} failed, ${String(counts.numPendingTests + counts.numTodoTests)} skipped`;
}
