// With what each route is called in the trial of isolation: made from its own schemas; where that is not enough, an entry in the table here.
import { z } from 'zod';
import { pathParameters } from '../../api/route/define-route.ts';
import type { Route } from '../../api/route/define-route.ts';
import type { Answered, Call } from '../harness/api.ts';
import { sampleInput } from './sample-input.ts';
import type { Naming } from './sample-input.ts';
import { eventOf } from './tenant-things.ts';
import type { TenantStage } from './tenant-things.ts';

/** Whose ids go into the call, and whose words. */
export type InputSource = Omit<TenantStage, 'notValid'>;

export interface RouteInput {
  readonly path: string;
  readonly call: Omit<Call, 'token'>;
}

/** Bodies that a schema alone does not lead to. */
const bodies: Readonly<Record<string, (from: InputSource) => unknown>> = {
  'POST /api/v1/events': eventOf,
  'PUT /api/v1/directory/profiles/{id}': ({ word, ids }) => ({ type: 'share', name: word, parent_id: ids.workspace }),
  'POST /api/v1/enterprise/audit/reports': ({ word, made }) => ({ name: word, saved_query_id: made.get('saved-queries')?.[0], format: 'csv', schedule: '0 6 * * 1' }),
  'POST /api/v1/enterprise/audit/exports/stream': ({ ids }) => ({ format: 'csv', filter: { share_id: ids.share } }),
  'POST /api/v1/enterprise/audit/exports': ({ ids }) => ({ format: 'csv', filter: { share_id: ids.share } }),
  'POST /api/v1/enterprise/retention-policies': ({ word, ids }) => ({ name: word, scope_type: 'share', scope_ids: [ids.share], retention_days: 30 }),
  'POST /api/v1/enterprise/legal-holds/{hold_id}/items': ({ ids }) => ({ scope_type: 'share', scope_id: ids.share }),
};

/** Not called at all, each with the reason. */
export const notTried: ReadonlyMap<string, string> = new Map([
  ['GET /metrics', 'numbers of the process, of no tenant by name'],
  ['POST /api/v1/webhooks/scaikey', 'its caller shows a signature over the bytes, not the token of a tenant'],
]);

/** One call with the ids and words of a tenant in every place that takes one. */
export function madeInput(route: Route, from: InputSource): RouteInput {
  const [first] = inputsOf(route, from);
  if (first === undefined) throw new Error(`nothing was made for ${route.method} ${route.path}`);
  return first;
}

/** The calls of a route with every id that fits: each parameter of the path, each of the query. */
export function inputsOf(route: Route, from: InputSource): RouteInput[] {
  const paths = pathsOf(route, from);
  const queries = queriesOf(route, from);
  const call = callOf(route, from);
  const [firstPath = route.path] = paths;
  const [firstQuery = ''] = queries;
  return [...paths.map((path) => ({ path: `${path}${firstQuery}`, call })), ...queries.slice(1).map((query) => ({ path: `${firstPath}${query}`, call }))];
}

export function isMade({ status }: Answered): boolean {
  return status >= 200 && status < 300;
}

export function lacksBody({ method, path, takesBody, body }: Route): boolean {
  return takesBody && !(body instanceof z.ZodType) && bodies[`${method} ${path}`] === undefined;
}

const mostPaths = 24;

function pathsOf(route: Route, from: InputSource): string[] {
  const names = pathParameters(route.path);
  let paths = [route.path];
  for (const [place, segment] of segmentsBefore(route).entries()) {
    const candidates = candidatesFor(segment, from);
    paths = paths.flatMap((path) => candidates.map((id) => path.replace(`{${String(names[place])}}`, encodeURIComponent(id))));
  }
  return paths.slice(0, mostPaths);
}

/** The segment before each parameter of the path, in order. */
function segmentsBefore(route: Route): string[] {
  const parts = route.path.split('/').filter((part) => part !== '');
  return pathParameters(route.path).map((name) => parts[parts.indexOf(`{${name}}`) - 1] ?? '');
}

/** Ids of the kind the segment names; all there are where it names none that is known. */
function candidatesFor(segment: string, { ids, made, tenantId, allIds }: InputSource): readonly string[] {
  const own: Readonly<Record<string, readonly string[]>> = {
    users: [ids.user],
    groups: [ids.group],
    profiles: [ids.share, ids.workspace, ids.org],
    members: [ids.user, ids.group],
    devices: [ids.device],
    tenants: [tenantId],
    proofs: ['2'],
    docs: ['index.html'],
    files: ['part-00001.csv'],
    poll: [ids.share, ids.workspace, ids.org, ids.user],
    auth: [ids.share, ids.workspace, ids.org, ids.user],
    events: made.get('event') ?? [],
  };
  return own[segment] ?? made.get(segment) ?? allIds;
}

/** The least the route takes; then, one by one, every field that takes something of the tenant. */
function queriesOf(route: Route, from: InputSource): string[] {
  const naming = namingOf(from);
  const options = { naming, anyText: () => from.word };
  const fields = Object.entries<z.ZodType>(route.query.shape);
  const required = fields.filter(([, schema]) => !schema.safeParse(undefined).success);
  const least = required.map(([field, schema]): [string, string] => [field, naming(field) ?? String(sampleInput(schema, options))]);
  const each = fields.flatMap(([field]): [string, string][] => {
    const value = naming(field);
    return value === undefined ? [] : [[field, value]];
  });
  return [least, ...each.map((pair) => [...least, pair])].map((pairs) => (pairs.length === 0 ? '' : `?${new URLSearchParams(pairs).toString()}`));
}

function callOf(route: Route, from: InputSource): Omit<Call, 'token'> {
  const { method } = route;
  if (!route.takesBody) return { method };
  const ofTable = bodies[`${method} ${route.path}`];
  if (ofTable !== undefined) return { method, json: ofTable(from) };
  // Nothing can be made for a body of bytes; that it needs an entry here is told by `lacksBody`.
  if (!(route.body instanceof z.ZodType)) return { method };
  return { method, json: sampleInput(route.body, { naming: namingOf(from), anyText: () => from.word }) };
}

/** By the names that fields have in all dialects. */
function namingOf({ ids, made, word, cursor }: InputSource): Naming {
  const event = made.get('event')?.[0];
  const ofField: Readonly<Record<string, string | undefined>> = {
    share_id: ids.share,
    workspace_id: ids.workspace,
    org_id: ids.org,
    profile_id: ids.share,
    parent_id: ids.org,
    user_id: ids.user,
    userId: ids.user,
    authId: ids.user,
    calling_user_id: ids.user,
    members: ids.user,
    member_id: ids.user,
    owner_id: ids.user,
    device_id: ids.device,
    resource_id: ids.resource,
    object_id: ids.resource,
    resourceType: 'file',
    event_id: event,
    event_ids: event,
    parent_event_id: event,
    scope_id: ids.share,
    scope_ids: ids.resource,
    room_id: ids.share,
    hold_id: made.get('legal-holds')?.[0],
    policy_id: made.get('retention-policies')?.[0],
    saved_query_id: made.get('saved-queries')?.[0],
    cursor,
    position: cursor,
    through: cursor,
    // Less than the whole word: what was searched for may stand in the searcher's own log, the word may not.
    search: word.slice(0, -1),
    q: word.slice(0, -1),
    name: word,
    email: `${word}@example.com`,
    ip_address: '192.0.2.7',
    url: `https://example.com/${word}`,
    event: 'comment_created',
    event_type: 'file.create',
  };
  return (field) => ofField[field];
}
