// POST /api/v1/sync/force: an administrator asks every device of a share for a full sync.
import { z } from 'zod';
import { ownEntry } from '../../../domain/journal/own-entry.ts';
import { producerId } from '../../../domain/shared/ids.ts';
import { refuse } from '../../../domain/shared/refusal.ts';
import { mayReadShare } from '../../../db/access/readable-shares.ts';
import { inTenant } from '../../../db/tenant-transaction.ts';
import { defineRoute } from '../../route/define-route.ts';

/** The wish is an entry of the log: devices that are away find it there when they come back. */
export const forceSync = defineRoute({
  method: 'POST',
  path: '/api/v1/sync/force',
  summary: 'Ask every device of a share for a full sync',
  tag: 'sync',
  access: { anyScope: ['tenant:admin'] },
  limitedTokens: 'judged',
  ownAction: { action: 'force_sync', resource: ({ body }) => body?.share_id ?? null },
  body: z.strictObject({ share_id: producerId }),
  reply: z.strictObject({ share_id: z.string(), id: z.string() }),
  status: 202,
  refusals: ['NOT_FOUND', 'TENANT_UNKNOWN'],
  async handle({ body: { share_id: shareId }, principal, requestId }, world) {
    const { tenantId } = principal;
    if (!(await inTenant(world.pool, tenantId, (client) => mayReadShare(client, principal, shareId)))) return refuse('NOT_FOUND');
    const id = world.ids.next();
    return world.effects.run(tenantId, () => {
      const entry = ownEntry({
        id,
        nowMs: world.clock.nowMs(),
        ownAction: 'force_sync',
        visibility: 'internal',
        actor: principal,
        requestId,
        resourceType: 'share',
        resourceId: shareId,
        shareId,
      });
      return Promise.resolve({ result: { share_id: shareId, id: `evt_${id}` }, entries: [entry] });
    });
  },
});
