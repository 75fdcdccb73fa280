// Who follows the log live is told what the doors of the log show to the same reader: the same entries, in the same objects.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { io } from 'socket.io-client';
import type { Socket } from 'socket.io-client';
import { createPlainEffects } from '../../db/plain-effect.ts';
import { ownEntry } from '../../domain/journal/own-entry.ts';
import { ownActions } from '../../domain/own-action/own-actions.ts';
import type { OwnActionName } from '../../domain/own-action/own-actions.ts';
import { tokenFor } from '../harness/api.ts';
import { eventually } from '../harness/eventually.ts';
import { listenToEvents } from './event-listener.ts';
import { startLiveApi } from './live-api.ts';
import type { LiveApi } from './live-api.ts';
import { madeTenant } from './made-tenant.ts';
import type { MadeTenant } from './made-tenant.ts';

let api: LiveApi;
const sockets: Socket[] = [];
beforeAll(async () => {
  api = await startLiveApi();
});
afterAll(async () => {
  for (const socket of sockets) socket.disconnect();
  await api.end();
});

const names = Object.keys(ownActions) as OwnActionName[];
const outcomes = ['success', 'denied', 'failure'] as const;
/** A look is told of when it was refused; one into the internal log never is. */
const isTold = ({ action, outcome }: { action: string; outcome: string }): boolean =>
  ownActions[action as OwnActionName].kind !== 'read' || (outcome === 'denied' && action !== 'view_internal_audit');

/** Each of our own actions with each outcome, in one call. */
async function writeEveryOwnAction({ tenantId }: MadeTenant): Promise<void> {
  const { pool, ids, clock } = api.world;
  const entries = names.flatMap((ownAction) =>
    outcomes.map((outcome) => {
      return ownEntry({
        id: ids.next(), nowMs: clock.nowMs(), ownAction, requestId: `${ownAction}.${outcome}`, resourceType: 'thing', resourceId: `${ownAction}.${outcome}`, shareId: 'shr_1',
        actor: { userId: 'usr_x', email: null, name: null, serviceAccount: null, sessionId: 's' },
        visibility: 'internal',
        ...(outcome === 'success' ? {} : { outcome: { outcome, code: 'SOME_CODE' } }),
      });
    }),
  );
  await createPlainEffects({ pool }).run(tenantId, () => Promise.resolve({ result: null, entries }));
}

const marker = 'the last one';
const toldInOrder = names.flatMap((action) => outcomes.filter((outcome) => isTold({ action, outcome })).map((outcome) => `${action}.${outcome}`));

describe('GET /api/events', () => {
  it('when any of our own actions is logged, whatever its visibility and outcome, then it comes, but for looks that were let in and any into the internal log; live and by cursor', async () => {
    const tenant = await madeTenant(api, 'shows');
    const live = await listenToEvents(api.url, `?token=${tenant.member}`);
    await writeEveryOwnAction(tenant);
    await tenant.write([marker]);
    const byCursor = await listenToEvents(api.url, `?cursor=0&token=${tenant.member}`);
    const idsAt = ({ events }: typeof live): string[] => events().map(({ body }) => (body.data as { requestId: string | null }).requestId?.replace(/^internal_req_/, '') ?? '');
    for (const listened of [live, byCursor]) {
      await eventually(() => idsAt(listened).includes(marker), { limitMs: 15_000 });
      expect(idsAt(listened).filter((id) => id.includes('.'))).toEqual(toldInOrder);
      listened.close();
    }
  }, 30_000);

  it('when administrators act and are refused, then what comes is what the internal log lists', async () => {
    const tenant = await madeTenant(api, 'shows');
    const { call, admin, member, tenantId } = tenant;
    const outsider = await tokenFor({ tenantId, userId: 'usr_m' });
    await call('/api/v1/sync/force', { method: 'POST', json: { share_id: 'shr_1' } });
    await call('/api/v1/sync/force', { method: 'POST', json: { share_id: 'shr_1' }, token: outsider });
    await call('/api/v1/sync/devices', { method: 'POST', json: { device_id: 'dev_1', device_name: 'L', platform: 'linux', client_version: '1' }, token: member });
    await call('/api/v1/sync/preferences?share_id=shr_1&device_id=dev_1', { method: 'PUT', json: { mode: 'paused', include_paths: [], exclude_paths: [] }, token: member });
    await call('/api/audit', { token: outsider });
    await call('/api/internal-audit-logs', { token: outsider });
    // What was refused is written beside the answer, a moment after it at most.
    const items = await eventually(async () => {
      const { body } = await call('/api/internal-audit-logs?limit=100', { token: admin });
      const listedNow = body.items as { id: number; action: string; outcome_status: string }[];
      expect(listedNow.filter(({ outcome_status: status }) => status === 'denied_before_action')).toHaveLength(3);
      return listedNow;
    });
    const listed = items.filter(({ action, outcome_status: status }) => isTold({ action, outcome: status === 'denied_before_action' ? 'denied' : 'success' }));
    const listened = await listenToEvents(api.url, `?cursor=0&token=${member}`);
    await eventually(() => listened.events().length >= listed.length);

    expect(items.filter(({ outcome_status: status }) => status === 'failed')).toEqual([]);
    expect(items.map(({ action }) => action)).toEqual(expect.arrayContaining(['force_sync', 'update_sync_preference', 'view_audit', 'view_internal_audit']));
    expect(listened.events().map(({ body: { data } }) => data.internalAuditLogId as number)).toEqual(listed.map(({ id }) => id).sort((a, b) => a - b));
    listened.close();
  });

  it('when decisions are ingested, hidden from the feed or not, then what comes is what the list of decisions shows', async () => {
    const { call, member } = await madeTenant(api, 'shows');
    const decision = { event_type: 'authz.permission_check', decision: 'permit' };
    await call('/api/v1/events', { method: 'POST', json: { events: [decision, { ...decision, visibility: 'internal' }, { ...decision, permission: 'targeted' }] } });
    const { body } = await call('/api/audit', { token: member });
    const listened = await listenToEvents(api.url, `?cursor=0&token=${member}`);
    const decisionIds = (): unknown[] => listened.events().filter(({ body: { type } }) => type === 'audit_log_created').map(({ body: { data } }) => data.auditLogId as unknown);
    await eventually(() => decisionIds().length >= 3);

    expect(decisionIds()).toEqual((body.data as { id: number }[]).map(({ id }) => id).sort((a, b) => a - b));
    expect(decisionIds()).toHaveLength(3);
    listened.close();
  });
});

interface Followed {
  readonly objects: Record<string, unknown>[];
}

async function follow(token: string, room: Readonly<Record<string, unknown>>): Promise<Followed> {
  const socket = io(`${api.url}/realtime`, { path: '/socket.io/', transports: ['websocket'], auth: { token }, reconnection: false, forceNew: true });
  sockets.push(socket);
  const objects: Record<string, unknown>[] = [];
  socket.on('frame', ({ data }: { data: Record<string, unknown> }) => objects.push(data));
  expect(await socket.timeout(5_000).emitWithAck('join', { audit: true, ...room })).toMatchObject({ ok: true });
  return { objects };
}

const filters = [{}, { category: ['admin'] }, { outcome: ['denied'] }, { event_type: ['sync.force', 'folder.rename'] }, { share_id: ['shr_1'] }, { user_id: ['usr_x'] }, { resource_type: ['thing'] }];
const query = (filter: Readonly<Record<string, readonly string[]>>): string => Object.entries(filter).map(([field, values]) => `&${field}=${values.join(',')}`).join('');

describe('an audit room', () => {
  it('when it is followed live or from the beginning, then it is what the search with its filter lists, object by object, but for looks that were let in', async () => {
    const tenant = await madeTenant(api, 'shows');
    const live = await Promise.all(filters.map((filter) => follow(tenant.member, { filter })));
    await writeEveryOwnAction(tenant);
    const entry = { event_type: 'folder.rename', share_id: 'shr_1', user_id: 'usr_x', ip_address: '203.0.113.7', user_agent: 'curl', event_time: '2026-01-02T03:04:05.678Z' };
    await tenant.call('/api/v1/events', { method: 'POST', json: { events: [entry, { ...entry, visibility: 'internal', details: { deep: { er: [1, null, 'two'] } } }, { event_type: 'sync.force', resource_name: 'r', user_email: 'x@example.com' }] } });
    const fromTheBeginning = await Promise.all(filters.map((filter) => follow(tenant.member, { filter, cursor: '0' })));

    for (const [index, filter] of filters.entries()) {
      // What the administrator did to make the tenant is older than those who follow live.
      for (const [{ objects }, isLater] of [[live[index], true], [fromTheBeginning[index], false]] as [Followed, boolean][]) {
        const { body } = await tenant.call(`/api/v1/enterprise/audit/events?limit=1000&order=asc${query(filter)}`, { token: tenant.member });
        const listed = (body.events as Record<string, unknown>[]).filter(({ resource_id: id, event_type: type, user_id: user }) => {
          const [action = '', outcome = ''] = String(id).split('.');
          return action in ownActions ? isTold({ action, outcome }) : type !== 'compliance.audit_view' && !(isLater && (user === 'admin' || type === 'admin.tenant_create'));
        });
        const byId = (all: readonly Record<string, unknown>[]) => [...all].sort((a, b) => String(a['id']).localeCompare(String(b['id'])));
        await eventually(() => {
          expect([filter, byId(objects)]).toEqual([filter, byId(listed)]);
        });
        expect(listed.length).toBeGreaterThan(0);
      }
    }
  }, 30_000);
});
