// Filters as JSON: what is stored of them and read back, and the text by which two of them are compared.
import { z } from 'zod';
import { canonicalJson } from '../shared/json.ts';
import type { JsonObject, JsonValue } from '../shared/json.ts';
import { filterOf, instantFields, textFields } from './filter.ts';
import type { Filter } from './filter.ts';

/** With the version of the language, so that a later one can still read what an earlier one stored. */
export function filterToJson(filter: Filter): JsonObject {
  return { version: 1, all: allOf(filter) };
}

/** What stands in our own tables and cannot be read is a failure. */
export function filterFromJson(stored: unknown): Filter {
  return filterOf(storedFilter.parse(stored).all);
}

/** Equal filters give equal texts. */
export function filterKey(filter: Filter): string {
  return canonicalJson(filterToJson(filter));
}

function allOf({ all }: Filter): JsonValue[] {
  return all.map((condition) => {
    if ('either' in condition) return { either: condition.either.map((one) => ({ all: allOf(one) })) };
    const { field, op, values } = condition;
    return { field, op, values };
  });
}

const oneText = z.tuple([z.string()]);

const condition = z.union([
  z.strictObject({ field: z.enum(textFields), op: z.literal('in'), values: z.array(z.string()).min(1) }),
  z.strictObject({ field: z.literal('ip_address'), op: z.literal('ip'), values: z.array(z.string()).min(1) }),
  z.strictObject({ field: z.enum(instantFields), op: z.literal('from'), values: oneText }),
  z.strictObject({ field: z.enum(instantFields), op: z.literal('to'), values: oneText }),
  z.strictObject({ field: z.literal('search_text'), op: z.literal('text'), values: oneText }),
  z.strictObject({
    get either(): z.ZodType<readonly Filter[]> {
      return z.array(z.strictObject({ all: z.array(condition) }));
    },
  }),
]);

const storedFilter = z.strictObject({ version: z.literal(1), all: z.array(condition) });
