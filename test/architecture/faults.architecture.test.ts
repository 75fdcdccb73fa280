// Every proof that has a full size is run in it by `npm run faults`, and what that runs is there.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { proofs } from '../../bin/faults/proofs.ts';

const root = join(import.meta.dirname, '..', '..');
const tests = globSync('test/**/*.test.ts', { cwd: root });
const sized = tests.filter((path) => /from '[./]*harness\/fault-rounds\.ts'/.test(readFileSync(join(root, path), 'utf8')));

it('when a test has a full size, then the faults run it', () => {
  expect(sized.length).toBeGreaterThan(20);
  expect(sized.filter((path) => !proofs.includes(path))).toEqual([]);
});

it('when the faults run a proof, then it is there', () => {
  expect(proofs.filter((path) => !tests.includes(path))).toEqual([]);
});
