// Getting the Temporal program: the PATH, then the user's cache, then download, then build; each one's failure is told, and what was made is kept.
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { buildTemporal } from '../../bin/temporal/build-temporal.ts';
import { downloadTemporal } from '../../bin/temporal/download-temporal.ts';
import { provisionTemporal } from '../../bin/temporal/provision-temporal.ts';
import type { Maker, ProvisionOptions } from '../../bin/temporal/provision-temporal.ts';
import { inTemporaryFolder } from './temporary-folder.ts';

const version = '1.5.1';
const temporalText = '#!/bin/sh\necho "temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)"\n';

function writeProgram(directory: string, name: string, text: string): string {
  mkdirSync(directory, { recursive: true });
  const path = join(directory, name);
  writeFileSync(path, text);
  chmodSync(path, 0o755);
  return path;
}

/** Makers that note their turn, then do what the test says. */
function makersOf(turns: string[], deeds: Readonly<Record<string, Maker>>): ProvisionOptions['makers'] {
  return Object.entries(deeds).map(([name, make]) => ({
    name,
    make: (input) => {
      turns.push(name);
      return make(input);
    },
  }));
}

const succeeds: Maker = ({ into }) => Promise.resolve({ made: writeProgram(into, 'temporal', temporalText) });
const fails =
  (why: string): Maker =>
  () =>
    Promise.resolve({ why });

interface Scene {
  readonly path: string;
  readonly cache: string;
  readonly turns: string[];
  readonly said: string[];
  provision(deeds: Readonly<Record<string, Maker>>, more?: Partial<ProvisionOptions>): ReturnType<typeof provisionTemporal>;
}

async function inScene(work: (scene: Scene) => Promise<void>): Promise<void> {
  await inTemporaryFolder(async (directory) => {
    const [path, cache] = [join(directory, 'path'), join(directory, 'cache')];
    mkdirSync(path);
    const turns: string[] = [];
    const said: string[] = [];
    const provision: Scene['provision'] = (deeds, more = {}) =>
      provisionTemporal({ searchPath: `relative:${path}`, cacheDirectory: cache, version, makers: makersOf(turns, deeds), say: (line) => said.push(line), ...more });
    await work({ path, cache, turns, said, provision });
  });
}

describe('the order', () => {
  it('when it is on the PATH, then that one is taken and nothing is made', async () => {
    await inScene(async ({ path, turns, cache, provision }) => {
      const own = writeProgram(path, 'temporal', temporalText);

      expect(await provision({ download: succeeds })).toEqual({ found: true, from: 'the PATH', binary: { path: own, serverVersion: '1.29.1' } });
      expect(turns).toEqual([]);
      expect(existsSync(cache)).toBe(false);
    });
  });

  it('when another program of that name is on the PATH, then it is passed over', async () => {
    await inScene(async ({ path, provision }) => {
      writeProgram(path, 'temporal', '#!/bin/sh\necho "a calendar"\n');

      expect(await provision({ download: succeeds })).toMatchObject({ found: true, from: 'download' });
    });
  });

  it('when it was made before, then the next start takes it from the cache', async () => {
    await inScene(async ({ cache, turns, provision }) => {
      const first = await provision({ download: succeeds });
      const second = await provision({ download: succeeds });
      const kept = join(cache, version, 'temporal');

      expect(first).toEqual({ found: true, from: 'download', binary: { path: kept, serverVersion: '1.29.1' } });
      expect(second).toEqual({ found: true, from: 'the cache', binary: { path: kept, serverVersion: '1.29.1' } });
      expect(turns).toEqual(['download']);
      expect(statSync(kept).mode & 0o777).toBe(0o755);
    });
  });

  it('when the download fails, then it is built', async () => {
    await inScene(async ({ turns, provision }) => {
      expect(await provision({ download: fails('no network'), build: succeeds })).toMatchObject({ found: true, from: 'build' });
      expect(turns).toEqual(['download', 'build']);
    });
  });

  it('when what was downloaded does not run, then it is built, and nothing of it is kept', async () => {
    await inScene(async ({ cache, provision }) => {
      const broken: Maker = ({ into }) => Promise.resolve({ made: writeProgram(into, 'temporal', '#!/bin/sh\nexit 1\n') });

      expect(await provision({ download: broken })).toEqual({ found: false, reasons: ['download: what came out does not run'] });
      expect(await provision({ download: broken, build: succeeds })).toMatchObject({ found: true, from: 'build' });
      expect(readdirSync(join(cache, version)).filter((name) => name.startsWith('unfinished'))).toEqual([]);
    });
  });

  it('when nothing works, then every reason is told, in order', async () => {
    await inScene(async ({ provision }) => {
      expect(await provision({ download: fails('no network'), build: fails('Go is not installed') })).toEqual({
        found: false,
        reasons: ['download: no network', 'build: Go is not installed'],
      });
    });
  });

  it('when the kept one was damaged, then it is made again', async () => {
    await inScene(async ({ cache, provision }) => {
      writeProgram(join(cache, version), 'temporal', '#!/bin/sh\nexit 1\n');

      expect(await provision({ download: succeeds })).toMatchObject({ found: true, from: 'download' });
    });
  });

  it('when the cache cannot be used, then that is the reason', async () => {
    await inScene(async ({ cache, provision }) => {
      writeFileSync(cache, 'a file where a folder should be');
      const result = await provision({ download: succeeds });

      expect(result.found).toBe(false);
      expect(JSON.stringify(result)).toContain('cannot be used');
    });
  });
});

describe('two starts at once', () => {
  it('when both need it, then one makes it, and the other waits, says so, and takes it from the cache', async () => {
    await inScene(async ({ turns, said, provision }) => {
      const release = Promise.withResolvers<undefined>();
      const slow: Maker = async (input) => {
        await release.promise;
        return succeeds(input);
      };
      const first = provision({ download: slow });
      const second = provision({ download: slow }, { say: (line) => {
        said.push(line);
        release.resolve(undefined);
      } });

      expect([(await first).found, (await second).found]).toEqual([true, true]);
      expect(turns).toEqual(['download']);
      expect(said).toEqual(['another start is getting the Temporal server; waiting for it']);
    });
  });

  it('when a start is stopped meanwhile, then it ends as stopped', async () => {
    await inScene(async ({ provision }) => {
      const stopping = new AbortController();
      const untilStopped: Maker = ({ signal }) =>
        new Promise((resolve) => {
          signal?.addEventListener('abort', () => {
            resolve({ why: 'stopped' });
          });
          stopping.abort(new Error('stopped on request'));
        });

      await expect(provision({ download: untilStopped }, { signal: stopping.signal })).rejects.toThrow('stopped on request');
    });
  });
});

describe('the download', () => {
  const makeIn = (directory: string, origin: string, limitMs = 2_000) => downloadTemporal({ origin, limitMs, environment: {} })({ into: directory, version, signal: undefined, say: () => undefined });

  it('when nobody listens there, then it says why', async () => {
    await inTemporaryFolder(async (directory) => {
      expect(JSON.stringify(await makeIn(directory, 'https://127.0.0.1:1'))).toContain('ECONNREFUSED');
    });
  });

  it('when the way is not https, then it does not go', async () => {
    await inTemporaryFolder(async (directory) => {
      expect(await makeIn(directory, 'http://127.0.0.1:1')).toEqual({ why: 'http://127.0.0.1:1 is not reached by https' });
    });
  });

  it('when whoever listens never answers, then it gives up at its limit', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    try {
      await inTemporaryFolder(async (directory) => {
        expect(await makeIn(directory, `https://127.0.0.1:${String((silent.address() as AddressInfo).port)}`, 200)).toEqual({ why: 'took longer than 0 s' });
      });
    } finally {
      silent.close();
    }
  });
});

describe('the build', () => {
  /** A Go that says its version, and installs what it is told to. */
  const goText = (said: string, install: string): string => `#!/bin/sh\nif [ "$1" = env ]; then echo "${said}"; else ${install}; fi\n`;
  const buildIn = async (directory: string, go: string) => {
    writeProgram(join(directory, 'go-bin'), 'go', go);
    const into = join(directory, 'into');
    mkdirSync(into);
    const build = buildTemporal({ environment: { PATH: `${join(directory, 'go-bin')}:/usr/bin:/bin` }, limitMs: 5_000 });
    return { into, result: await build({ into, version, signal: undefined, say: () => undefined }) };
  };

  it('when Go is too old, then it says so and builds nothing', async () => {
    await inTemporaryFolder(async (directory) => {
      const { result } = await buildIn(directory, goText('go1.19.2', 'exit 9'));

      expect(JSON.stringify(result)).toContain('Go 1.25 or newer is needed');
    });
  });

  it('when Go builds, then the program of exactly this version is where it was wanted', async () => {
    await inTemporaryFolder(async (directory) => {
      const { into, result } = await buildIn(directory, goText('go1.25.3', 'echo "$@" > "$GOBIN/temporal"'));

      expect(result).toEqual({ made: join(into, 'temporal') });
      expect(existsSync(join(into, 'temporal'))).toBe(true);
    });
  });

  it('when Go fails, then its last line is the reason', async () => {
    await inTemporaryFolder(async (directory) => {
      const { result } = await buildIn(directory, goText('go1.25.3', 'echo first >&2; echo "no such module" >&2; exit 1'));

      expect(JSON.stringify(result)).toContain('no such module');
    });
  });
});
