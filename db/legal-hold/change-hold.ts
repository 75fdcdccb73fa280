// Changes what is said about a hold; what it selects cannot be changed.
import type { Hold, HoldChange } from '../../domain/legal-hold/legal-hold.schema.ts';
import type { JsonObject, JsonValue } from '../../domain/shared/json.ts';
import { formatInstant, parseInstant } from '../../domain/shared/instant.ts';
import { refuse } from '../../domain/shared/refusal.ts';
import type { Refusal } from '../../domain/shared/refusal.ts';
import { findHold, lockHold } from './hold-rows.ts';
import { detailsOf, notices, resourceOf } from './place-hold.ts';
import { writeHold } from './write-hold.ts';
import type { HoldWorld, HoldWriter } from './write-hold.ts';

export function changeHold(world: HoldWorld, writer: HoldWriter, { holdId, change }: { holdId: string; change: HoldChange }): Promise<Hold | Refusal> {
  return writeHold(world, { writer, gate: 'open' }, async (open) => {
    const { ask, tenantId, now } = open;
    const before = await lockHold(ask, { tenantId, holdId });
    if (before === null) return refuse('NOT_FOUND');
    if (before.state === 'released') return refuse('CONFLICT', { message: 'The hold is released.' });
    const next = {
      name: change.name ?? before.name,
      description: kept(change.description, before.description),
      matter_id: kept(change.matter_id, before.matter_id),
      custodian_ids: change.custodian_ids === undefined ? before.custodian_ids : [...new Set(change.custodian_ids ?? [])],
      legal_counsel: kept(change.legal_counsel, before.legal_counsel),
      expiration_date: normalInstant(kept(change.expiration_date, before.expiration_date)),
    };
    const changed = changedFields.filter((field) => JSON.stringify(next[field]) !== JSON.stringify(before[field]));
    if (changed.length === 0) return { result: before, entries: [] };
    await ask({
      name: 'change-hold',
      text: `UPDATE legal_hold SET name = $3, description = $4, matter_id = $5, custodian_ids = $6, legal_counsel = $7, expiration_date = $8, updated_at = $9
        WHERE tenant_id = $1 AND id = $2`,
      values: [tenantId, holdId, next.name, next.description, next.matter_id, next.custodian_ids, next.legal_counsel, next.expiration_date, now],
    });
    const after = await findHold(ask, { tenantId, holdId });
    if (after === null) throw new Error('what was written is not there');
    const about = { holdId, name: after.name, matterId: after.matter_id };
    const details: JsonObject = { ...detailsOf(about), changed, before: pick(before, changed), after: pick(after, changed) };
    const newcomers = next.custodian_ids.filter((id) => !before.custodian_ids.includes(id));
    return { result: after, entries: [open.entry({ ownAction: 'update_legal_hold', ...resourceOf(about), details }), ...notices(open, about, newcomers)] };
  });
}

const changedFields = ['name', 'description', 'matter_id', 'custodian_ids', 'legal_counsel', 'expiration_date'] as const;

function kept<T>(asked: T | null | undefined, before: T | null): T | null {
  return asked === undefined ? before : asked;
}

function normalInstant(text: string | null): string | null {
  const instant = text === null ? null : parseInstant(text);
  return instant === null ? null : formatInstant(instant);
}

function pick(hold: Hold, fields: readonly (typeof changedFields)[number][]): JsonObject {
  return Object.fromEntries(fields.map((field): [string, JsonValue] => [field, hold[field]]));
}
