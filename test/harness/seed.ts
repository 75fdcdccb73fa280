// The seed of a random test: a new one each run, printed in the test's name; HOLDFAST_TEST_SEED repeats a run.
import { randomBytes } from 'node:crypto';

export function testSeed(): number {
  const given = process.env['HOLDFAST_TEST_SEED'];
  return given === undefined ? randomBytes(4).readUInt32LE() : Number(given);
}
