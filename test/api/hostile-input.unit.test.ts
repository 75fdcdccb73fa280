// Every text that any route takes, with 50 KB of hostile text in its place: refused by the route's own schema, and cheaply.
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { routes } from '../../api/routes.ts';
import type { Route } from '../../api/route/define-route.ts';
import { parseGlob } from '../../domain/held/glob.ts';
import { sampleInput } from '../isolation/sample-input.ts';
import { hostile, limitMs, measured, size } from './hostile-texts.ts';
import { withApi } from './with-api.ts';

/** Taken by the schema whatever they say: why that costs nothing. */
const unread: ReadonlyMap<string, string> = new Map([
  ['GET /current/activity/poll/ query updated', 'only whether it is there is looked at'],
  ['GET /current/activity/poll/{profile_id}/ query updated', 'only whether it is there is looked at'],
  ['GET /docs/{file} params file', 'looked up among the names of a few files'],
  ...['POST /api/v1/enterprise/legal-holds body items.0.', 'POST /api/v1/enterprise/legal-holds/{hold_id}/items body '].flatMap((place) =>
    ['include_pattern', 'exclude_pattern'].map((field): [string, string] => [`${place}${field}`, 'parsed by the decision, as below']),
  ),
]);

interface Place {
  readonly name: string;
  readonly schema: z.ZodType;
  /** The input with this text in its place. */
  with(text: string): unknown;
}

function placesOf(route: Route): Place[] {
  const name = `${route.method} ${route.path}`;
  const flat = (['query', 'params'] as const).flatMap((part) => {
    const schema = route[part];
    return Object.keys(schema.shape).map((field): Place => ({ name: `${name} ${part} ${field}`, schema, with: (text) => ({ [field]: text }) }));
  });
  const { body } = route;
  if (!(body instanceof z.ZodType)) return flat;
  const sample = sampleInput(body, { naming: () => 'abc', anyText: () => 'abc' });
  return [...flat, ...textsIn(sample).map((path): Place => ({ name: `${name} body ${path.join('.')}`, schema: body, with: (text) => replaced(sample, { path, text }) }))];
}

function textsIn(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value === 'string') return [path];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => textsIn(inner, [...path, key]));
}

function replaced(value: unknown, { path: [key, ...rest], text }: { path: readonly string[]; text: string }): unknown {
  if (key === undefined) return text;
  if (Array.isArray(value)) return value.map((inner: unknown, index) => (String(index) === key ? replaced(inner, { path: rest, text }) : inner));
  return Object.fromEntries(Object.entries(value as object).map(([name, inner]) => [name, name === key ? replaced(inner, { path: rest, text }) : (inner as unknown)]));
}

describe('50 KB of hostile text', () => {
  it.each(routes.filter(({ path }) => path !== '/openapi.json').map((route) => [`${route.method} ${route.path}`, route] as const))(
    'when they come in any text of %s, then it is refused, in less than 50 ms of CPU',
    (_name, route) => {
      const wrong: string[] = [];
      for (const { name, schema, with: withText } of placesOf(route)) {
        for (const text of hostile) {
          const input = withText(text);
          const { answer, took } = measured(() => schema.safeParse(input).success);
          if ((answer && !unread.has(name)) || took >= limitMs) wrong.push(`${name}, ${text.slice(0, 12)}…: ${answer ? 'taken' : 'refused'} after ${took.toFixed(0)} ms`);
        }
      }

      expect(wrong).toEqual([]);
    },
  );

  it('when they come as the pattern of a hold, then it is none', () => {
    for (const text of hostile) {
      const { answer, took } = measured(() => parseGlob(text));
      expect(answer).toMatchObject({ kind: 'problem' });
      expect(took).toBeLessThan(limitMs);
    }
  });

  it('when they stand in the address of a request, then the listener refuses it before anything is parsed', async () => {
    await withApi({ routes }, async ({ url }) => {
      const { status } = await fetch(`${url}/current/events/search/?event=${'a'.repeat(size)}`);

      expect(status).toBe(431);
    });
  });
});
