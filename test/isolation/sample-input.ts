// Makes an input that a route's schema takes, with names and ids of the caller's choice in it.
import { z } from 'zod';

/** What to write into a text field of this name; undefined where any text will do. */
export type Naming = (field: string) => string | undefined;

interface JsonSchema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly format?: string;
  readonly default?: unknown;
}

export interface SampleOptions {
  readonly naming: Naming;
  /** Text for fields that naming says nothing about. */
  readonly anyText: (field: string) => string;
}

export function sampleInput(schema: z.ZodType, options: SampleOptions): unknown {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline', cycles: 'ref' }) as JsonSchema;
  return sampleOf(json, { field: 'value', ...options });
}

function sampleOf(schema: JsonSchema, at: SampleOptions & { readonly field: string }): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  const first = (schema.anyOf ?? schema.oneOf ?? schema.allOf)?.find((one) => one.type !== 'null');
  if (first !== undefined) return sampleOf(first, at);
  if (schema.type === 'object') return objectOf(schema, at);
  if (schema.type === 'array') return schema.items === undefined ? [] : [sampleOf(schema.items, at)];
  if (schema.type === 'boolean') return true;
  if (schema.type === 'integer' || schema.type === 'number') return schema.minimum ?? (schema.exclusiveMinimum ?? 0) + 1;
  if (schema.format === 'date-time') return '2026-01-01T00:00:00Z';
  return at.naming(at.field) ?? at.anyText(at.field);
}

/** What is required, and every other field that names somebody or something. */
function objectOf({ properties = {}, required = [] }: JsonSchema, at: SampleOptions & { readonly field: string }): Record<string, unknown> {
  const wanted = Object.entries(properties).filter(([field]) => required.includes(field) || at.naming(field) !== undefined);
  return Object.fromEntries(wanted.map(([field, schema]) => [field, sampleOf(schema, { ...at, field })]));
}
