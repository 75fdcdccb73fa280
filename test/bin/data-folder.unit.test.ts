// The data folder: secrets made once and kept private, one holder at a time, notes for those who join.
import { chmodSync, existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createPrivateKey } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { joinInstallation } from '../../bin/config/join-installation.ts';
import { readConfiguration } from '../../bin/config/read-configuration.ts';
import { dataFolderAt, makeDataFolder } from '../../bin/data-folder/data-folder.ts';
import type { DataFolder } from '../../bin/data-folder/data-folder.ts';
import { isInstallationRunning, takeInstallationLock } from '../../bin/data-folder/installation-lock.ts';
import { readRuntime, writeRuntime } from '../../bin/data-folder/runtime.ts';
import { keepSecret, readSecret } from '../../bin/data-folder/secrets.ts';
import type { SecretName } from '../../bin/data-folder/secrets.ts';
import { inTemporaryFolder } from './temporary-folder.ts';

const names: readonly SecretName[] = ['jwt-secret', 'cursor-secret', 'evidence-key.pem', 'postgres-password'];

async function inDataFolder<T>(work: (folder: DataFolder) => T | Promise<T>): Promise<T> {
  return inTemporaryFolder((directory) => {
    const folder = dataFolderAt(directory);
    makeDataFolder(folder);
    return work(folder);
  });
}

function modeOf(path: string): number {
  return statSync(path).mode & 0o777;
}

function configurationFor(variables: Record<string, string>) {
  const result = readConfiguration(variables);
  if (!result.ok) throw new Error('the variables of this test do not fit');
  return result.configuration;
}

describe('secrets', () => {
  it.each(names)('when %s is asked for twice, then it is made once and stays', async (name) => {
    await inDataFolder((folder) => {
      const made = keepSecret({ folder, name });

      expect(keepSecret({ folder, name })).toBe(made);
      expect(readSecret({ folder, name })).toBe(made);
    });
  });

  it('when secrets are made, then nobody but their owner can read them and nothing unfinished is left', async () => {
    await inDataFolder((folder) => {
      for (const name of names) keepSecret({ folder, name });

      expect(modeOf(folder.secrets)).toBe(0o700);
      for (const name of names) expect(modeOf(join(folder.secrets, name))).toBe(0o600);
      expect(readdirSync(folder.secrets).sort()).toEqual([...names].sort());
    });
  });

  it('when the evidence key is made, then it is an Ed25519 key in PEM form', async () => {
    await inDataFolder((folder) => {
      expect(createPrivateKey(keepSecret({ folder, name: 'evidence-key.pem' })).asymmetricKeyType).toBe('ed25519');
    });
  });

  it('when it was never made, then reading it makes none', async () => {
    await inDataFolder((folder) => {
      expect(readSecret({ folder, name: 'jwt-secret' })).toBeNull();
      expect(readdirSync(folder.secrets)).toEqual([]);
    });
  });

  it.each([
    ['cursor-secret', 'x'],
    ['evidence-key.pem', 'not a key'],
  ] as const)('when %s is damaged, then it is not replaced but reported', async (name, text) => {
    await inDataFolder((folder) => {
      writeFileSync(join(folder.secrets, name), text);

      expect(() => keepSecret({ folder, name })).toThrow('damaged');
      expect(readFileSync(join(folder.secrets, name), 'utf8')).toBe(text);
    });
  });
});

describe('the lock of an installation', () => {
  it('when it is held, then a second one is refused and told by whom', async () => {
    await inDataFolder(async (folder) => {
      const first = await takeInstallationLock(folder);
      const second = await takeInstallationLock(folder);

      expect(first.taken).toBe(true);
      expect(second).toMatchObject({ taken: false, holder: { pid: process.pid } });
      expect(isInstallationRunning(folder)).toBe(true);
      if (first.taken) first.release();
    });
  });

  it('when it was released, then it can be taken again', async () => {
    await inDataFolder(async (folder) => {
      const first = await takeInstallationLock(folder);
      if (first.taken) first.release();
      expect(isInstallationRunning(folder)).toBe(false);

      const second = await takeInstallationLock(folder);
      expect(second.taken).toBe(true);
      if (second.taken) second.release();
    });
  });

  it('when nobody ever started, then looking leaves no trace', async () => {
    await inDataFolder((folder) => {
      expect(isInstallationRunning(folder)).toBe(false);
      expect(existsSync(folder.lock)).toBe(false);
    });
  });
});

describe('joining an installation', () => {
  const runtime = {
    pid: 1,
    ownerUrl: 'postgres://holdfast:secret@127.0.0.1:5000/holdfast',
    appUrl: 'postgres://holdfast_app:secret@127.0.0.1:5000/holdfast',
    temporalAddress: '127.0.0.1:7000',
    temporalNamespace: 'default',
    apiUrl: 'http://127.0.0.1:3100',
  };
  const parts = ['appUrl', 'cursorSecret', 'evidenceKeyPem', 'filesDir', 'temporalAddress', 'tokenTrust'] as const;

  it('when neither variables nor a data folder are there, then every missing variable is named', async () => {
    await inTemporaryFolder((directory) => {
      const result = joinInstallation(configurationFor({ HOLDFAST_DATA_DIR: join(directory, 'none') }), parts);

      expect(result.ok).toBe(false);
      const variables = result.ok ? [] : result.problems.map(({ variable }) => variable);
      expect(variables.sort()).toEqual(
        ['DATABASE_URL', 'HOLDFAST_CURSOR_SECRET', 'HOLDFAST_EVIDENCE_KEY', 'HOLDFAST_FILES_DIR', 'HOLDFAST_JWT_SECRET', 'TEMPORAL_ADDRESS'].sort(),
      );
      expect(existsSync(join(directory, 'none'))).toBe(false);
    });
  });

  it('when an installation runs from the data folder, then everything comes from there', async () => {
    await inDataFolder(async (folder) => {
      const lock = await takeInstallationLock(folder);
      for (const name of names) keepSecret({ folder, name });
      writeRuntime({ folder, runtime });

      const result = joinInstallation(configurationFor({ HOLDFAST_DATA_DIR: folder.directory }), parts);

      expect(result).toMatchObject({ ok: true, installation: { appUrl: runtime.appUrl, temporalAddress: runtime.temporalAddress, filesDir: folder.files } });
      expect(modeOf(folder.runtime)).toBe(0o600);
      if (lock.taken) lock.release();
    });
  });

  it('when the installation was killed, then its addresses are not used any more', async () => {
    await inDataFolder((folder) => {
      writeRuntime({ folder, runtime });
      writeFileSync(folder.lock, '');

      const result = joinInstallation(configurationFor({ HOLDFAST_DATA_DIR: folder.directory }), ['appUrl']);

      expect(readRuntime(folder)).not.toBeNull();
      expect(result).toMatchObject({ ok: false, problems: [{ variable: 'DATABASE_URL' }] });
    });
  });

  it('when only variables are given, then two processes with the same ones log in as the same application role', async () => {
    await inTemporaryFolder((directory) => {
      const variables = {
        HOLDFAST_DATA_DIR: join(directory, 'none'),
        DATABASE_URL: 'postgres://owner:ownersecret@db.example.org:6432/holdfast',
        HOLDFAST_CURSOR_SECRET: 'a secret that is long enough for anybody',
      };
      const [first, second] = [joinInstallation(configurationFor(variables), ['appUrl']), joinInstallation(configurationFor(variables), ['appUrl'])];
      const other = joinInstallation(configurationFor({ ...variables, HOLDFAST_CURSOR_SECRET: 'another secret that is long enough' }), ['appUrl']);
      const urlOf = (result: typeof first): string => (result.ok ? result.installation.appUrl : '');

      expect(urlOf(first)).toMatch(/^postgres:\/\/holdfast_app_[0-9a-f]{8}:[\w-]{43}@db\.example\.org:6432\/holdfast$/);
      expect(urlOf(second)).toBe(urlOf(first));
      expect(urlOf(other)).not.toBe(urlOf(first));
    });
  });

  it('when the cursor secret alone is missing, then it and not the database is named', async () => {
    await inTemporaryFolder((directory) => {
      const variables = { HOLDFAST_DATA_DIR: join(directory, 'none'), DATABASE_URL: 'postgres://owner:ownersecret@db.example.org/holdfast' };
      const result = joinInstallation(configurationFor(variables), ['appUrl', 'cursorSecret']);

      expect(result.ok ? [] : result.problems.map(({ variable }) => variable)).toEqual(['HOLDFAST_CURSOR_SECRET']);
    });
  });
});

describe('the data folder', () => {
  it('when it is there already, then its mode is left as it is', async () => {
    await inDataFolder((folder) => {
      chmodSync(folder.directory, 0o750);
      makeDataFolder(folder);

      expect(modeOf(folder.directory)).toBe(0o750);
    });
  });
});
