// The house is built as its plan says: slugs, names, first lines, and reasons beside exceptions.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { exceptionComplaints, firstLineComplaints, nameComplaints, slugComplaints, testNameComplaints } from './house-rules.ts';

const root = join(import.meta.dirname, '..', '..');
const paths = globSync('{domain,db,activities,workflows,api,realtime,bin,bench,test,console/src}/**/*.*', { cwd: root }).sort();
const sources = globSync(
  ['*.{mjs,cjs}', '.*.cjs', '{domain,db,activities,workflows,api,realtime,bin,bench,test,console/src}/**/*.{ts,tsx,mjs,cjs,js}'],
  { cwd: root },
)
  .sort()
  .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));

// Read as text, these tests would find themselves.
const elsewhere = sources.filter(({ path }) => !/^test\/architecture\/(?:house|lint)/.test(path));

describe('the house', () => {
  it('when a feature has a folder in any layer, then it is spelled as in domain, where its README stands', () => {
    expect(slugComplaints(paths)).toEqual([]);
  });

  it('when a file has a name, then it says what it is responsible for', () => {
    expect(nameComplaints(paths)).toEqual([]);
  });

  it('when a file is a test, then its name tells what it costs', () => {
    expect(testNameComplaints(paths)).toEqual([]);
  });

  it('when a file is source, then its first line says what it is responsible for', () => {
    expect(firstLineComplaints(sources)).toEqual([]);
  });

  it('when a check is switched off, then the reason stands on the same line', () => {
    expect(exceptionComplaints(elsewhere)).toEqual([]);
  });

  it('when the files were looked for, then they were found', () => {
    expect(sources.length).toBeGreaterThan(200);
    expect(paths).toContain('domain/journal/README.md');
  });
});

describe('the rules of the house', () => {
  it('when a slug has no README, or is spelled otherwise in another layer, then they complain', () => {
    const wrong = [
      'domain/legal-hold/legal-hold.ts',
      'db/legalhold/holds.ts',
      'api/v1/holds/list.route.ts',
      'workflows/retention/run.workflow.ts',
      'test/hold/a.unit.test.ts',
    ];

    expect(slugComplaints(wrong)).toEqual([
      'domain/legal-hold has no README.md',
      'db/legalhold has no domain/legalhold',
      'api/v1/holds has no domain/holds',
      'workflows/retention has no domain/retention',
      'test/hold has no domain/hold',
    ]);
    expect(
      slugComplaints([
        'domain/legal-hold/README.md',
        'db/legal-hold/holds.ts',
        'api/current/legal-hold/list.route.ts',
        'db/pool.ts',
        'domain/shared/clock.ts',
      ]),
    ).toEqual([]);
  });

  it.each(['domain/shared/utils.ts', 'api/helpers/text.ts', 'db/common/x.ts', 'lib/x.ts', 'test/api/test-helper.ts', 'api/OpenWaits.ts'])(
    'when a file is called %s, then they complain',
    (path) => {
      expect(nameComplaints([path])).toHaveLength(1);
    },
  );

  it.each([
    'domain/shared/refusal.ts',
    'domain/journal/README.md',
    'db/migrations/0001-log.ts',
    'bin/bootstrap.mjs',
    'domain/sync/device.schema.ts',
  ])('when a file is called %s, then they do not', (path) => {
    expect(nameComplaints([path])).toEqual([]);
  });

  it.each(['test/api/x.test.ts', 'test/api/x.integration.test.ts', 'api/x.unit.test.ts', 'test/api/x.unit.spec.ts'])(
    'when a test is called %s, then they complain',
    (path) => {
      expect(testNameComplaints([path])).toHaveLength(1);
    },
  );

  it.each(['import x from "y";', '\n// Late.', '//', '/* */', ''])('when a file begins with %j, then they complain', (text) => {
    expect(firstLineComplaints([{ path: 'a.ts', text }])).toHaveLength(1);
  });

  it.each(['// What it does.\n', '#!/usr/bin/env node\n// What it does.\n'])('when a file begins with %j, then they do not', (text) => {
    expect(firstLineComplaints([{ path: 'a.ts', text }])).toEqual([]);
  });

  it.each([
    ['// eslint-disable-next-line no-console', 1],
    ['// eslint-disable-next-line no-console -- the start prints its address', 0],
    ['/* eslint-disable */', 1],
    ['// @ts-ignore', 1],
    ['// @ts-expect-error the third argument is not declared yet', 0],
    ['const a = b as unknown as C;', 1],
    ['const a = b as unknown as C; // the parts left out are never asked for', 0],
  ])('when a line is %j, then they have %i complaints', (text, complaints) => {
    expect(exceptionComplaints([{ path: 'a.ts', text }])).toHaveLength(complaints);
  });
});
