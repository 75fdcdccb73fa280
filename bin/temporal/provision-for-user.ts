// Gets the Temporal program for the user of this machine: their PATH, their cache, and the ways of making it.
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { buildTemporal } from './build-temporal.ts';
import { downloadTemporal } from './download-temporal.ts';
import { provisionTemporal } from './provision-temporal.ts';
import type { Provision } from './provision-temporal.ts';

/** The release of Temporal's command line that is fetched or built where none is found. */
const temporalVersion = '1.5.1';
const downloadLimitMs = 10 * 60_000;
const buildLimitMs = 30 * 60_000;

export interface ProvisionForUserOptions {
  readonly environment: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
  readonly say: (line: string) => void;
}

export function provisionForUser({ environment, signal, say }: ProvisionForUserOptions): Promise<Provision> {
  const cacheHome = environment['XDG_CACHE_HOME'];
  const cache = cacheHome !== undefined && isAbsolute(cacheHome) ? cacheHome : join(homedir(), '.cache');
  return provisionTemporal({
    searchPath: environment['PATH'] ?? '',
    cacheDirectory: join(cache, 'holdfast', 'temporal'),
    version: temporalVersion,
    makers: [
      { name: 'download', make: downloadTemporal({ origin: 'https://temporal.download', limitMs: downloadLimitMs, environment }) },
      { name: 'build', make: buildTemporal({ environment, limitMs: buildLimitMs }) },
    ],
    signal,
    say,
  });
}
