// Somebody cancels an export: no part of it is taken after the answer.
import { may } from '../../domain/access/may.ts';
import { decideCancel } from '../../domain/export/decide-cancel.ts';
import type { AuditExport } from '../../domain/export/export.schema.ts';
import { ownEntry } from '../../domain/journal/own-entry.ts';
import { formatInstant } from '../../domain/shared/instant.ts';
import { isRefusal, refuse } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import { askingIn } from '../access/ask.ts';
import { readAsker } from '../access/read-asker.ts';
import type { ExportAsker, ExportWorld } from './create-export.ts';
import { findExport } from './export-rows.ts';

export function cancelExport({ effects, clock, ids }: ExportWorld, { principal, requestId }: ExportAsker, exportId: string): Promise<AuditExport | Refusal> {
  const { tenantId, userId } = principal;
  return effects.run(tenantId, async (em) => {
    const ask = askingIn(em);
    const asker = await readAsker(ask, principal);
    const subject = { kind: 'tenant' } as const;
    if (!may({ asker, deed: 'read-audit', subject })) return refuse('FORBIDDEN');
    await ask({ name: 'lock-export-to-cancel', text: 'SELECT 1 AS locked FROM audit_export WHERE tenant_id = $1 AND id = $2 FOR UPDATE', values: [tenantId, exportId] });
    const found = await findExport(ask, { tenantId, exportId });
    if (found === null) return refuse('NOT_FOUND');
    const decided = decideCancel({ state: found.state, requestedBy: found.requested_by, userId, mayManage: may({ asker, deed: 'manage-compliance', subject }) });
    if (isRefusal(decided)) return decided;
    if (decided === null) return { result: found, entries: [] };
    const nowMs = clock.nowMs();
    const now = formatInstant(nowMs * 1000);
    await ask({ name: 'cancel-export', text: `UPDATE audit_export SET state = 'cancelled', finished_at = $3 WHERE tenant_id = $1 AND id = $2`, values: [tenantId, exportId, now] });
    const { rows, parts } = found.progress;
    const entry = ownEntry({ id: ids.next(), nowMs, ownAction: 'cancel_export', actor: principal, requestId, resourceType: 'export', resourceId: exportId, details: { rows, parts } });
    return { result: { ...found, state: 'cancelled', finished_at: now }, entries: [entry] };
  });
}
