// The first thing that runs: installs exactly when something is missing, then hands over to the program, its arguments, signals and exit code.
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { eventually } from '../harness/eventually.ts';
import { inTemporaryFolder } from './temporary-folder.ts';

const bootstrap = join(import.meta.dirname, '..', '..', 'bin', 'bootstrap.mjs');

interface Package {
  readonly version: string;
  readonly optional?: boolean;
  readonly devOptional?: boolean;
}

type Packages = Readonly<Record<string, Package>>;

const wanted: Packages = {
  '': { version: '0.1.0' },
  'node_modules/a': { version: '1.0.0' },
  'node_modules/for-another-platform': { version: '1.0.0', optional: true },
  'node_modules/for-tests-elsewhere': { version: '1.0.0', devOptional: true },
};

interface Outcome {
  readonly code: number | null;
  readonly printed: string;
  /** With what npm was called; null when it was not. */
  readonly npm: readonly string[] | null;
}

interface Project {
  readonly directory: string;
  run(options?: RunOptions): Promise<Outcome>;
}

interface RunOptions {
  readonly args?: readonly string[];
  /** Given what was printed so far, a signal to send once. */
  readonly signalWhen?: { readonly says: string; readonly signal: NodeJS.Signals };
}

/** A project in which only bootstrap is real: its npm writes down that it was called, and installs. */
async function inProject(present: Packages | null, work: (project: Project) => Promise<void>, { npmExit = 0, lock = wanted }: { npmExit?: number; lock?: Packages | null } = {}): Promise<void> {
  await inTemporaryFolder(async (directory) => {
    const modules = join(directory, 'node_modules');
    mkdirSync(join(directory, 'bin'));
    mkdirSync(join(modules, '.bin'), { recursive: true });
    cpSync(bootstrap, join(directory, 'bin', 'bootstrap.mjs'));
    symlinkSync(process.execPath, join(modules, '.bin', 'node'));
    if (lock !== null) writeFileSync(join(directory, 'package-lock.json'), JSON.stringify({ packages: lock }));
    if (present !== null) writeFileSync(join(modules, '.package-lock.json'), JSON.stringify({ packages: present }));
    const npm = join(directory, 'npm.js');
    const calls = join(directory, 'npm.calls');
    writeFileSync(
      npm,
      `const fs = require('node:fs');
       fs.writeFileSync(${JSON.stringify(calls)}, process.argv.slice(2).join(' '));
       if (${String(npmExit)} === 0) fs.writeFileSync(${JSON.stringify(join(modules, '.package-lock.json'))}, ${JSON.stringify(JSON.stringify({ packages: wanted }))});
       process.exit(${String(npmExit)});`,
    );
    await work({ directory, run: (options = {}) => runIn({ directory, npm, calls }, options) });
  });
}

function runIn({ directory, npm, calls }: { directory: string; npm: string; calls: string }, { args = [], signalWhen }: RunOptions): Promise<Outcome> {
  rmSync(calls, { force: true });
  const child = spawn(process.execPath, [join(directory, 'bin', 'bootstrap.mjs'), ...args], {
    env: { npm_execpath: npm },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  let sent = false;
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
      if (sent || signalWhen === undefined || !printed.includes(signalWhen.says)) return;
      sent = true;
      child.kill(signalWhen.signal);
    });
  }
  return new Promise((resolve) => {
    child.once('close', (code) => {
      resolve({ code, printed, npm: existsSync(calls) ? readFileSync(calls, 'utf8').split(' ') : null });
    });
  });
}

const installed: Packages = { 'node_modules/a': { version: '1.0.0' } };

function program(directory: string, text: string): string {
  writeFileSync(join(directory, 'program.ts'), text);
  return 'program.ts';
}

describe('what is installed', () => {
  it('when everything of the lockfile is there, but for other platforms, then npm is not called', async () => {
    await inProject(installed, async ({ directory, run }) => {
      const { code, npm } = await run({ args: [program(directory, 'export {};')] });

      expect({ code, npm }).toEqual({ code: 0, npm: null });
    });
  });

  it.each<[string, Packages | null]>([
    ['nothing is there', null],
    ['a package is missing', {}],
    ['a package has another version', { 'node_modules/a': { version: '1.0.1' } }],
    ['an optional package has another version', { ...installed, 'node_modules/for-another-platform': { version: '2.0.0' } }],
  ])('when %s, then exactly the lockfile is installed, once, and the program runs', async (_what, present) => {
    await inProject(present, async ({ directory, run }) => {
      const args = [program(directory, "process.stdout.write('ran');")];
      const first = await run({ args });
      const second = await run({ args });

      expect(first.npm?.slice(0, 2)).toEqual(['ci', '--include=dev']);
      expect([first.code, first.printed.endsWith('ran')]).toEqual([0, true]);
      expect(second.npm).toBeNull();
    });
  });

  it('when npm fails, then the program does not run, and npm is named', async () => {
    await inProject(
      null,
      async ({ directory, run }) => {
        const { code, printed } = await run({ args: [program(directory, "process.stdout.write('ran');")] });

        expect(code).toBe(1);
        expect(printed).toContain('npm ci failed (exit code 3)');
        expect(printed).not.toContain('ran');
      },
      { npmExit: 3 },
    );
  });

  it('when there is no lockfile, then nothing is installed without it', async () => {
    await inProject(
      null,
      async ({ directory, run }) => {
        const { code, printed, npm } = await run({ args: [program(directory, 'export {};')] });

        expect([code, npm]).toEqual([1, null]);
        expect(printed).toContain('package-lock.json');
      },
      { lock: null },
    );
  });
});

describe('the program', () => {
  it('when it runs, then it is TypeScript, gets its arguments, and its exit code is the answer', async () => {
    await inProject(installed, async ({ directory, run }) => {
      const text = 'const given: string = process.argv.slice(2).join(); process.stdout.write(given); process.exit(5);';
      const { code, printed } = await run({ args: [program(directory, text), 'one', '--two=2'] });

      expect([code, printed]).toEqual([5, 'one,--two=2']);
    });
  });

  it('when a signal comes, then it is the program’s to answer', async () => {
    await inProject(installed, async ({ directory, run }) => {
      const text = "process.on('SIGINT', () => process.exit(7)); setInterval(() => undefined, 1000); process.stdout.write('ready');";
      const { code } = await run({ args: [program(directory, text)], signalWhen: { says: 'ready', signal: 'SIGINT' } });

      expect(code).toBe(7);
    });
  });

  it('when bootstrap is killed without a word, then the program hears of it', async () => {
    await inProject(installed, async ({ directory, run }) => {
      const note = join(directory, 'heard');
      const text = `process.on('disconnect', () => { require; });`.replace('require;', `fs.writeFileSync(${JSON.stringify(note)}, ''); process.exit();`);
      const args = [program(directory, `import fs from 'node:fs'; ${text} process.stdout.write('ready');`)];
      await run({ args, signalWhen: { says: 'ready', signal: 'SIGKILL' } });

      await eventually(() => existsSync(note));
    });
  });

  it('when none is named, then the way to call it is told', async () => {
    await inProject(installed, async ({ run }) => {
      const { code, printed } = await run();

      expect(code).toBe(1);
      expect(printed).toContain('usage');
    });
  });
});
