// The texts the directory takes from producers: names and addresses of people, groups and profiles.
import { z } from 'zod';

const longestName = 255;
const longestEmail = 320;

export const directoryName = z
  .string()
  .max(longestName, `expected at most ${String(longestName)} characters`)
  .refine((text) => text.trim() !== '', 'expected some text');

/** Whatever has the shape of an address: whether it exists is known to those who send there. */
export const directoryEmail = z
  .string()
  .max(longestEmail, `expected at most ${String(longestEmail)} characters`)
  .regex(/^[^\s@]+@[^\s@]+$/, 'expected an e-mail address');

/** A set of ids, sorted, each once. */
export function idSet(ids: readonly string[]): string[] {
  return [...new Set(ids)].sort();
}
