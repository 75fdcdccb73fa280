// A filter as the condition of a WHERE: text with numbered parameters, nothing of what was asked for inside it.
import type { Condition, Filter } from './filter.ts';

/** The values a statement is sent with; each is named in its text as `$n`. */
export interface SqlParameters {
  /** Takes a value in and answers its name. */
  add(value: unknown): string;
  readonly values: unknown[];
}

/** `first` are the values the statement has already: the first one added after n of them is `$n+1`. */
export function sqlParameters(first: readonly unknown[] = []): SqlParameters {
  const values = [...first];
  return {
    values,
    add(value) {
      values.push(value);
      return `$${String(values.length)}`;
    },
  };
}

/**
 * A condition over `entry` under the alias e. It is null, not false, where an entry lacks a field: to negate it, write `(…) IS NOT TRUE`.
 * Addresses are read by the function entry_address(text), which whoever runs the statement must be allowed to execute.
 */
export function filterSql({ all }: Filter, parameters: SqlParameters): string {
  if (all.length === 0) return 'true';
  return all.map((condition) => conditionSql(condition, parameters)).join(' AND ');
}

function conditionSql(condition: Condition, parameters: SqlParameters): string {
  if ('either' in condition) {
    if (condition.either.length === 0) return 'false';
    return `(${condition.either.map((one) => `(${filterSql(one, parameters)})`).join(' OR ')})`;
  }
  const { field, values } = condition;
  switch (condition.op) {
    case 'in':
      // A single value is compared as such: an index whose order follows it is then walked in that order.
      return values.length === 1 ? `e.${field} = ${parameters.add(values[0])}::text` : `e.${field} = ANY (${parameters.add(values)}::text[])`;
    case 'ip':
      return `entry_address(e.${field}) <<= ANY (${parameters.add(values)}::inet[])`;
    case 'from':
      return `e.${field} >= ${parameters.add(values[0])}::timestamptz`;
    case 'to':
      return `e.${field} < ${parameters.add(values[0])}::timestamptz`;
    case 'text':
      return `e.search_text LIKE ${parameters.add(likePattern(condition.values[0]))}::text`;
  }
}

/** The pattern of LIKE that finds exactly this text anywhere. */
export function likePattern(text: string): string {
  return `%${text.replaceAll('\\', '\\\\').replaceAll('%', '\\%').replaceAll('_', '\\_')}%`;
}
