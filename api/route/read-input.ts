// Everything a request brings, checked against the route's schemas: the values, or one refusal that names every problem.
import type { Request } from 'express';
import { isRefusal, refuse, refuseFields } from '../../domain/shared/refusal.ts';
import type { FieldProblem, Refusal } from '../../domain/shared/refusal.ts';
import type { BodyLease } from './body-budget.ts';
import { RawBody, jsonLimitBytes } from './body-spec.ts';
import type { BodySpec } from './body-spec.ts';
import type { Route } from './define-route.ts';
import { check, problemLimit } from './field-problems.ts';
import type { Checked } from './field-problems.ts';
import { decodeUtf8, parseJson, refuseJson } from './parse-json.ts';
import { announcesBody, readBody } from './read-body.ts';
import { readQuery } from './read-query.ts';
import { textProblem } from './storable-text.ts';

export interface Input {
  readonly params: unknown;
  readonly query: unknown;
  readonly headers: unknown;
  readonly body: unknown;
}

export async function readInput(
  request: Request,
  { route, lease }: { readonly route: Route; readonly lease: BodyLease },
): Promise<Input | Refusal> {
  const params = checkParams(request.params, route);
  if (params.problems.length > 0 && route.method !== 'PUT' && route.dialect.badParams !== 'VALIDATION_FAILED') return nothingThere;
  const query = checkQuery(request.url, route);
  const headers = check(route.headers, { value: request.headers, rootName: 'headers' });
  // HTTP gives the body of a GET no meaning, and neither do we.
  const body = route.method === 'GET' ? nothingSent : await checkBody(request, { spec: route.body, lease });
  if (isRefusal(body)) return body;

  const problems = [...params.problems, ...query.problems, ...headers.problems, ...body.problems];
  if (problems.length > 0) return refuseFields(problems.slice(0, problemLimit));
  return { params: params.value, query: query.value, headers: headers.value, body: body.value };
}

// An id that cannot exist names nothing. Only a PUT makes the thing it names: there a bad id is a field like any other.
const nothingThere = refuse('NOT_FOUND');

const nothingSent: Checked<unknown> = { problems: [], value: undefined };

function checkParams(values: Readonly<Record<string, string | string[]>>, route: Route): Checked<unknown> {
  const problems: FieldProblem[] = [];
  for (const [field, value] of Object.entries(values)) {
    const expected = typeof value === 'string' ? textProblem(value) : 'expected once';
    if (expected !== null) problems.push({ field, expected });
  }
  return problems.length > 0 ? { problems } : check(route.params, { value: values, rootName: 'path' });
}

function checkQuery(target: string, route: Route): Checked<unknown> {
  const read = readQuery(target);
  const checked = check(route.query, { value: read.values, rootName: 'query' });
  if (read.problems.length === 0) return checked;
  const unreadable = new Set(read.problems.map(({ field }) => field));
  // A parameter that could not be read is not missing as well.
  return { problems: [...read.problems, ...checked.problems.filter(({ field }) => !unreadable.has(field))] };
}

async function checkBody(
  request: Request,
  { spec, lease }: { readonly spec: BodySpec; readonly lease: BodyLease },
): Promise<Checked<unknown> | Refusal> {
  const raw = spec instanceof RawBody ? spec : undefined;
  if (!announcesBody(request))
    return raw === undefined ? checkJson(spec, undefined) : { problems: [{ field: 'body', expected: 'expected a body' }] };
  if (request.headers['content-encoding'] !== undefined && request.headers['content-encoding'] !== 'identity') return encoded;

  const mediaType = mediaTypeOf(request.headers['content-type']);
  const accepted = raw?.mediaTypes ?? jsonOnly;
  if (mediaType === null || !accepted.includes(mediaType))
    return refuse('UNSUPPORTED_MEDIA_TYPE', { message: `The content type must be ${accepted.join(' or ')}.` });

  const bytes = await readBody(request, { limitBytes: raw?.limitBytes ?? jsonLimitBytes, lease });
  if (isRefusal(bytes)) return bytes;
  if (raw !== undefined) return { problems: [], value: { bytes, mediaType } };
  if (bytes.length === 0) return checkJson(spec, undefined);

  const text = decodeUtf8(bytes);
  if (text === null) return notUtf8;
  const parsed = parseJson(text, { rootName: 'body' });
  return parsed.kind === 'value' ? checkJson(spec, parsed.value) : refuseJson(parsed);
}

function checkJson(spec: BodySpec, value: unknown): Checked<unknown> {
  if (spec instanceof RawBody) throw new Error('a raw body has no schema');
  return check(spec, { value, rootName: 'body' });
}

const jsonOnly = ['application/json'];
const encoded = refuse('UNSUPPORTED_MEDIA_TYPE', { message: 'A compressed body is not accepted.' });
const notUtf8 = refuse('BAD_REQUEST', { message: 'The body is not UTF-8.' });

/** Lower case, without parameters; a body that does not say what it is counts as JSON. Null for any charset but UTF-8. */
function mediaTypeOf(contentType: string | undefined): string | null {
  if (contentType === undefined || contentType === 'application/json') return 'application/json';
  const [type = '', ...parameters] = contentType.toLowerCase().split(';');
  const charset = parameters.map((parameter) => parameter.trim()).find((parameter) => parameter.startsWith('charset='));
  if (charset !== undefined && !/^charset="?utf-?8"?$/.test(charset)) return null;
  return type.trim();
}
