// Guards every route at once: whatever changes something or shows the log is an action of our own, and being refused it leaves its one entry.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { routes } from '../../api/routes.ts';
import { queryAs } from '../../db/tenant-transaction.ts';
import { ownActions } from '../../domain/own-action/own-actions.ts';
import { startTestApi, tokenFor } from '../harness/api.ts';
import type { TestApi } from '../harness/api.ts';

/** What producers and readers do with the log itself is the log, and no administration of it. */
const noAdministration = new Set([
  'POST /api/v1/events',
  'POST /api/v1/sync/cursor',
  'POST /api/v1/auth/attempts',
  'POST /api/v1/auth/attempts/{attempt_id}',
  'POST /api/v1/auth/tickets',
]);

const named = (route: (typeof routes)[number]) => `${route.method} ${route.path}`;
const scoped = routes.filter(({ ownAction, access }) => ownAction !== null && typeof access === 'object');

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  await api.makeTenant('all');
});
afterAll(async () => {
  await api.end();
});

describe('the list of routes', () => {
  it('when a v1 route changes something, then it is an action of our own', () => {
    const forgotten = routes.filter(
      (route) => route.ownAction === null && route.method !== 'GET' && route.access !== 'public' && route.path.startsWith('/api/') && !noAdministration.has(named(route)),
    );
    expect(forgotten.map(named)).toEqual([]);
  });

  it('when a route only looks, then its action does; when it changes something, then the other way round', () => {
    const odd = routes.filter(({ ownAction, method }) => ownAction !== null && method === 'GET' && ownActions[ownAction.action].kind !== 'read');
    expect(odd.map(named)).toEqual([]);
  });

  it('when somebody without scope calls any of them, then each refusal is one entry of its action', async () => {
    const token = await tokenFor({ tenantId: 'all', userId: 'eve' });
    const expected: { own_action: string; outcome: string; code: string; user_id: string }[] = [];
    for (const route of scoped) {
      const path = route.path.replaceAll(/\{[a-z_]+\}/g, '1');
      const { status } = await api.call(path, { method: route.method, token });
      expect([named(route), status]).toEqual([named(route), 403]);
      expected.push({ own_action: String(route.ownAction?.action), outcome: 'denied', code: 'ACCESS_DENIED', user_id: 'eve' });
    }
    expect(scoped.length).toBeGreaterThan(30);
    const recorded = await queryAs(api.world.pool, 'all', {
      text: `SELECT own_action, outcome, details ->> 'outcome_code' AS code, user_id FROM entry WHERE tenant_id = $1 AND seq > 1 ORDER BY seq`,
      values: ['all'],
    });
    expect(recorded).toEqual(expected);
  });
});
