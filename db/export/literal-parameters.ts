// Values of a statement written into its text as literals: COPY takes no parameters.
import pg from 'pg';
import type { SqlParameters } from '../../domain/filter/filter-sql.ts';

export function literalParameters(): SqlParameters {
  const values: unknown[] = [];
  return {
    values,
    add(value) {
      values.push(value);
      return literal(value);
    },
  };
}

function literal(value: unknown): string {
  if (typeof value === 'string') return pg.escapeLiteral(value);
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (isTexts(value)) return value.length === 0 ? `'{}'::text[]` : `ARRAY[${value.map((text) => pg.escapeLiteral(text)).join(', ')}]::text[]`;
  throw new Error(`no literal is known for a value of the type ${typeof value}`);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
