// The lockfile installs everywhere: it lists every package that another one names, those of other platforms included.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

interface LockedPackage {
  readonly version?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

type Lock = Readonly<Record<string, LockedPackage>>;

describe('the lockfile', () => {
  it('when a package names others for other platforms, then they are listed, or "npm ci" refuses to begin', () => {
    const { packages } = JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', 'package-lock.json'), 'utf8')) as { packages: Lock };
    expect(unlisted(packages)).toEqual([]);
  });

  it('when one is left out, then it is named', () => {
    const lock: Lock = { 'node_modules/a': { optionalDependencies: { b: '1', c: '1' } }, 'node_modules/a/node_modules/b': { version: '1' } };
    expect(unlisted(lock)).toEqual(['node_modules/a needs c']);
  });
});

function unlisted(packages: Lock): string[] {
  return Object.entries(packages).flatMap(([path, { optionalDependencies }]) =>
    Object.keys(optionalDependencies ?? {})
      .filter((name) => !isFound(packages, { path, name }))
      .map((name) => `${path} needs ${name}`),
  );
}

/** As Node looks: in the package's own folder, then in each one above. */
function isFound(packages: Lock, { path, name }: { path: string; name: string }): boolean {
  if (Object.hasOwn(packages, `${path === '' ? '' : `${path}/`}node_modules/${name}`)) return true;
  if (path === '') return false;
  return isFound(packages, { path: path.slice(0, Math.max(path.lastIndexOf('/node_modules/'), 0)), name });
}
