// What a test file starts ends with it: in order, whatever fails, and also when its own clean-up throws.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { isAlive } from '../../bin/process/process-table.ts';
import { endWhatIsLeft, endsWithFile } from './ends-with-file.ts';
import type { FileGlobals } from './ends-with-file.ts';

const root = join(import.meta.dirname, '..', '..');

/** A Jest of its own runs the file whose set-up fails; answers the server that the file had started, and what was said. */
async function runFailingFile({ testEnvironment }: { readonly testEnvironment: string }): Promise<{ readonly pid: number; readonly said: string }> {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-ends-'));
  const pidFile = join(directory, 'pid');
  const config = { rootDir: root, transform: {}, extensionsToTreatAsEsm: ['.ts'], testEnvironment, testMatch: ['<rootDir>/test/harness/failing-set-up.ts'], cacheDirectory: directory };
  const args = ['--experimental-vm-modules', join(root, 'node_modules', 'jest', 'bin', 'jest.js'), '--runInBand', '--watchman=false', '--config', JSON.stringify(config)];
  try {
    const said = await new Promise<string>((resolve) => {
      execFile(process.execPath, args, { cwd: root, env: { PATH: process.env['PATH'], HOLDFAST_STARTED_PID: pidFile }, timeout: 20_000 }, (_error, _stdout, stderr) => {
        resolve(stderr);
      });
    });
    return { pid: Number(readFileSync(pidFile, 'utf8')), said };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

describe('a test file whose set-up fails half way', () => {
  it('when it is through, then what it had started has ended, although its clean-up threw', async () => {
    const { pid, said } = await runFailingFile({ testEnvironment: '<rootDir>/test/harness/test-environment.ts' });

    expect(said).toContain('the second server does not start');
    expect(said).toContain("Cannot read properties of undefined (reading 'stop')");
    expect(isAlive(pid)).toBe(false);
  });

  it('when nobody ends what is left, then it goes on, as a control', async () => {
    const { pid } = await runFailingFile({ testEnvironment: 'node' });

    expect(isAlive(pid)).toBe(true);
    process.kill(pid, 'SIGKILL');
  });
});

describe('what is left when a file is through', () => {
  it('when several were started, then the last one ends first, one that fails keeps no other, and none ends that had ended', async () => {
    const before = (globalThis as FileGlobals).holdfastStarted;
    const globals = Object.assign(globalThis as FileGlobals, { holdfastStarted: new Set<() => Promise<void>>() });
    const ended: string[] = [];
    const start = (name: string) =>
      endsWithFile(() => {
        ended.push(name);
        return name === 'fails' ? Promise.reject(new Error(name)) : Promise.resolve();
      });
    start('first');
    const own = start('ended by the file');
    start('fails');
    start('last');
    await own();

    await expect(endWhatIsLeft(globals)).rejects.toMatchObject({ errors: [expect.objectContaining({ message: 'fails' })] });
    expect(ended).toEqual(['ended by the file', 'last', 'fails', 'first']);
    Object.assign(globals, { holdfastStarted: before });
  });
});
