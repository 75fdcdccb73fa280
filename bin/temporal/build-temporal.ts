// Builds the Temporal program from source where Go is at hand.
import { existsSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { runCommand } from '../process/run-command.ts';
import type { Maker } from './provision-temporal.ts';

export interface BuildOptions {
  readonly environment: NodeJS.ProcessEnv;
  readonly limitMs: number;
}

const module = 'github.com/temporalio/cli/cmd/temporal';
const oldestGo = { major: 1, minor: 25 };
/** Where Go's own installer puts it, which is often not on the PATH. */
const usualPlaces = ['/usr/local/go/bin'];
const askLimitMs = 30_000;
const sayEveryMs = 10_000;

export function buildTemporal({ environment, limitMs }: BuildOptions): Maker {
  return async ({ into, version, say, signal }) => {
    const go = findGo(environment['PATH'] ?? '');
    if (go === null) return { why: 'Go is not installed' };
    const found = await runCommand({ file: go, args: ['env', 'GOVERSION'], env: environment, limitMs: askLimitMs, signal });
    if (!isNewEnough(found.stdout)) return { why: `Go ${String(oldestGo.major)}.${String(oldestGo.minor)} or newer is needed, ${go} is ${found.stdout.trim() || found.why}` };

    const started = performance.now();
    say('building the Temporal server with Go: once per user, some minutes');
    const reporter = setInterval(() => {
      say(`building the Temporal server: ${String(Math.round((performance.now() - started) / 1000))} s so far`);
    }, sayEveryMs);
    try {
      const built = await runCommand({
        file: go,
        args: ['install', '-ldflags', '-s -w', `${module}@v${version}`],
        env: { ...environment, GOBIN: into },
        limitMs,
        signal,
      });
      return built.ok ? { made: join(into, 'temporal') } : { why: `go install: ${built.why} ${lastLine(built.stderr)}`.trim() };
    } finally {
      clearInterval(reporter);
    }
  };
}

function findGo(searchPath: string): string | null {
  const places = [...searchPath.split(delimiter).filter(isAbsolute), ...usualPlaces];
  return places.map((place) => join(place, 'go')).find((path) => existsSync(path)) ?? null;
}

function isNewEnough(text: string): boolean {
  const version = /go(\d+)\.(\d+)/.exec(text);
  if (version === null) return false;
  const [major, minor] = [Number(version[1]), Number(version[2])];
  return major > oldestGo.major || (major === oldestGo.major && minor >= oldestGo.minor);
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
