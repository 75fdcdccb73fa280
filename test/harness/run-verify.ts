// `npm run verify` as a process: what it prints and how it ends.
import { execFile } from 'node:child_process';
import { join } from 'node:path';

export interface VerifyRun {
  readonly exitCode: number;
  readonly lines: readonly string[];
  readonly errors: string;
}

const limitMs = 120_000;

/** Without an address of a database it gets none. */
export function runVerify(args: readonly string[], { appUrl, dataDir }: { readonly appUrl?: string; readonly dataDir: string }): Promise<VerifyRun> {
  const script = join(import.meta.dirname, '..', '..', 'bin', 'verify.ts');
  const env = { PATH: process.env['PATH'], HOLDFAST_DATA_DIR: join(dataDir, 'none'), ...(appUrl === undefined ? {} : { HOLDFAST_APP_DATABASE_URL: appUrl }) };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [script, ...args], { env, timeout: limitMs, maxBuffer: 1 << 24 }, (_error, stdout, stderr) => {
      resolve({ exitCode: child.exitCode ?? -1, lines: stdout.split('\n').filter((line) => line !== ''), errors: stderr });
    });
  });
}
