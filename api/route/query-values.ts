// Query parameters as values: they arrive as strings, and each kind says in one phrase what it expected.
import { z } from 'zod';

/** A whole number in decimal digits. */
export function queryInteger({ min, max }: { readonly min: number; readonly max: number }) {
  return z
    .string()
    .transform((text, context) => {
      const value = /^-?\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
      if (value >= min && value <= max) return value;
      context.addIssue({ code: 'custom', message: `expected ${String(min)} to ${String(max)}` });
      return z.NEVER;
    })
    .meta({ type: 'integer', minimum: min, maximum: max });
}

/** `1` or `true`, `0` or `false`. */
export function queryFlag() {
  return z
    .enum(['1', 'true', '0', 'false'], 'expected 1, true, 0 or false')
    .transform((text) => text === '1' || text === 'true')
    .meta({ type: 'boolean', enum: undefined });
}

/** Several values in one parameter, separated by commas: any of them. */
export function queryList<Item extends z.ZodType<unknown, string>>({ item, max }: { readonly item: Item; readonly max: number }) {
  return z
    .string()
    .transform((text) => text.split(','))
    .pipe(
      z
        .array(item)
        .min(1)
        .max(max, `expected at most ${String(max)} values`),
    );
}
