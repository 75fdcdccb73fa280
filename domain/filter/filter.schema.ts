// How a filter is asked for from outside, in a query or as JSON: the parameters of the audit search, each with what it must look like.
import { z } from 'zod';
import { producerId } from '../shared/ids.ts';
import { parseInstant } from '../shared/instant.ts';
import { refuseFields } from '../shared/refusal.ts';
import type { Refusal } from '../shared/refusal.ts';
import { outcome, v1CategoryInput, v1SeverityInput } from '../vocabulary/v1-words.ts';
import { parseNetwork } from './address.ts';
import { characterCount, containsText, filterOf, isBefore, isFrom, isIn, isWithinNetworks, shortestText } from './filter.ts';
import type { Condition, Filter } from './filter.ts';

export const filterLimits = { values: 100, valueCharacters: 256, listCharacters: 16 * 1024, textCharacters: 256 } as const;

const name = z.string().regex(/^[A-Za-z0-9_.:-]{1,100}$/);
const text = z.string().min(1).max(filterLimits.valueCharacters);
const network = z.string().max(64).refine((value) => parseNetwork(value) !== null);
const instant = z
  .string()
  .max(64)
  .refine((value) => parseInstant(value) !== null, 'expected an ISO 8601 instant with a zone, such as 2026-04-23T10:15:05Z');

/** The parameters one by one, for routes that take others beside them. Several values: separated by commas, or as a list. */
export const filterFields = {
  category: anyOf(v1CategoryInput, 'one of the eight categories'),
  event_type: anyOf(name, 'an event type such as file.create'),
  severity: anyOf(v1SeverityInput, 'info, warning or critical'),
  outcome: anyOf(outcome, 'success, failure or denied'),
  action: anyOf(name, 'an action such as create'),
  user_id: anyOf(producerId, 'an id'),
  service_account: anyOf(text, 'a client id'),
  share_id: anyOf(producerId, 'an id'),
  workspace_id: anyOf(producerId, 'an id'),
  org_id: anyOf(producerId, 'an id'),
  resource_type: anyOf(name, 'a type such as file'),
  resource_id: anyOf(text, 'an id'),
  ip_address: anyOf(network, 'an IPv4 or IPv6 address, or a network such as 203.0.113.0/24'),
  session_id: anyOf(text, 'a session id'),
  from: instant.optional().describe('Of the event time, included.'),
  to: instant.optional().describe('Of the event time, not included.'),
  q: z
    .string()
    .max(filterLimits.textCharacters, `expected ${String(shortestText)} to ${String(filterLimits.textCharacters)} characters`)
    .refine((value) => characterCount(value) >= shortestText, `expected ${String(shortestText)} to ${String(filterLimits.textCharacters)} characters`)
    .optional()
    .describe('Text that stands anywhere in the entry, whatever its case.'),
};

export const filterInput = z.strictObject(filterFields);
/** As it was asked for, lists as lists: JSON that the schema reads back unchanged. */
export type FilterInput = z.output<typeof filterInput>;

const exactFields = [
  'category', 'event_type', 'severity', 'outcome', 'action', 'user_id', 'service_account', 'share_id', 'workspace_id', 'org_id', 'resource_type',
  'resource_id', 'session_id',
] as const satisfies readonly (keyof FilterInput)[];

/** What no entry can fulfil is refused by the field that makes it so; `at` stands before its name (`filter.`). */
export function toFilter(input: FilterInput, { at = '' }: { readonly at?: string } = {}): Filter | Refusal {
  const { from, to } = input;
  if (from !== undefined && to !== undefined && (parseInstant(from) ?? 0) >= (parseInstant(to) ?? 0))
    return refuseFields([{ field: `${at}to`, expected: 'expected an instant after from' }]);
  const conditions: Condition[] = [];
  for (const field of exactFields) {
    const values = input[field];
    if (values !== undefined) conditions.push(isIn(field, values));
  }
  if (input.ip_address !== undefined) conditions.push(isWithinNetworks(input.ip_address));
  if (from !== undefined) conditions.push(isFrom('event_time', from));
  if (to !== undefined) conditions.push(isBefore('event_time', to));
  if (input.q !== undefined) conditions.push(containsText(input.q));
  return filterOf(conditions);
}

/** One complaint for the whole list, under its own name. */
function anyOf<Value extends string>(item: z.ZodType<Value, string>, what: string) {
  const expected = `expected ${what}, or at most ${String(filterLimits.values)} of them separated by commas`;
  return z
    .union([z.string().max(filterLimits.listCharacters), z.array(z.string()).max(filterLimits.values)], expected)
    .transform((asked, context): Value[] => {
      const texts = typeof asked === 'string' ? asked.split(',') : asked;
      const values = texts.length > filterLimits.values ? [] : texts.map((value) => item.safeParse(value)).flatMap(({ data }) => data ?? []);
      if (values.length > 0 && values.length === texts.length) return values;
      context.addIssue({ code: 'custom', message: expected });
      return z.NEVER;
    })
    .optional();
}
