// A tenant with something of everything: told through its own doors, every name and word of it recognisable.
import type { Answered, Call, TestApi } from '../harness/api.ts';
import { tokenFor } from '../harness/api.ts';
import { routes } from '../../api/routes.ts';
import type { Route } from '../../api/route/define-route.ts';
import { isMade, lacksBody, madeInput, notTried } from './route-inputs.ts';
import { eventOf } from './tenant-things.ts';
import type { TenantIds, TenantStage } from './tenant-things.ts';

/** Everything but what reaches over tenants by its meaning. */
export const tenantScopes = 'tenant:admin events:write compliance:manage audit:read';

export async function stageTenant(api: TestApi, name: string): Promise<TenantStage> {
  const tenantId = `${name}tenant`;
  const word = `${name}word`;
  const ids: TenantIds = {
    user: `${name}id_usr`,
    group: `${name}id_grp`,
    org: `${name}id_org`,
    workspace: `${name}id_wsp`,
    share: `${name}id_shr`,
    device: `${name}id_dev`,
    resource: `${name}id_res`,
  };
  await api.makeTenant(tenantId);
  const token = await tokenFor({ tenantId, userId: ids.user, scope: tenantScopes });
  const must = async (path: string, call: Omit<Call, 'token'>): Promise<Answered> => {
    const answer = await api.call(path, { token, ...call });
    if (answer.status >= 300) throw new Error(`${path} answered ${String(answer.status)} ${JSON.stringify(answer.body)}`);
    return answer;
  };
  const put = (path: string, json: unknown) => must(`/api/v1/directory/${path}`, { method: 'PUT', json });
  await put(`users/${ids.user}`, { email: `${word}@example.com`, name: word });
  await put(`groups/${ids.group}`, { name: word, members: [ids.user] });
  await put(`profiles/${ids.org}`, { type: 'org', name: word });
  await put(`profiles/${ids.workspace}`, { type: 'workspace', name: word, parent_id: ids.org });
  await put(`profiles/${ids.share}`, { type: 'share', name: word, parent_id: ids.workspace });
  await put(`profiles/${ids.share}/members/${ids.group}`, { role: 'owner' });
  await must('/api/v1/sync/devices', { method: 'POST', json: { device_id: ids.device, device_name: word, platform: word, client_version: '1' } });
  await must(`/api/v1/sync/status?share_id=${ids.share}&device_id=${ids.device}`, {});

  const made = new Map<string, string[]>();
  const keep = (segment: string, id: string): void => {
    const known = made.get(segment) ?? [];
    if (!known.includes(id) && !Object.values(ids).includes(id)) made.set(segment, [...known, id]);
  };
  const event = (await must('/api/v1/events', { method: 'POST', json: eventOf({ ids, word }) })) as { body: { results: { id: string }[] } };
  for (const { id } of event.body.results) for (const prefix of ['evt_', 'aud_', 'chg_']) keep('event', `${prefix}${id.slice(4)}`);
  const head = (await must('/api/v1/sync/changes', {})) as { body: { cursor: string } };
  const stage = { tenantId, token, word, ids, cursor: head.body.cursor, made };

  const notValid: string[] = [];
  for (const route of [...routes.filter(makes), ...routes.filter(({ method, path }) => method === 'GET' && !notTried.has(`GET ${path}`))]) {
    const input = madeInput(route, { ...stage, allIds: allIdsOf(stage) });
    const answer = await api.call(input.path, { token, ...input.call });
    if (isMade(answer)) for (const id of idsIn(answer.body)) keep(segmentOf(route), id);
    else if (lacksBody(route)) notValid.push(`${route.method} ${route.path}: takes bytes, and nothing says with which to call it`);
    else if (answer.status === 422) notValid.push(`${route.method} ${route.path}: ${JSON.stringify(answer.body)}`);
  }
  return { ...stage, allIds: allIdsOf(stage), notValid };
}

/** What leaves something behind that can be looked at; what ends or removes things comes later, if at all. */
function makes({ method, path }: Route): boolean {
  return (method === 'POST' || method === 'PUT' || method === 'PATCH') && !notTried.has(`${method} ${path}`) && !/\/(?:release|cancel|revoke|revoke-all|unlock|run|close)$/.test(path);
}

function segmentOf({ path }: Route): string {
  return path.split('/').filter((part) => part !== '' && !part.startsWith('{')).at(-1) ?? '';
}

/** Everything the server calls an id, however deep. */
function idsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(idsIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inside]) => (key === 'id' && typeof inside === 'string' ? [inside] : idsIn(inside)));
}

function allIdsOf({ tenantId, ids, made }: Pick<TenantStage, 'tenantId' | 'ids' | 'made'>): string[] {
  return [tenantId, ...Object.values(ids), ...[...made.values()].flat()];
}
