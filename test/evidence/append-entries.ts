// Appends made-up entries to a real log by the journal, many to a call.
import { isRefusal } from '../../domain/shared/refusal.ts';
import type { Store } from '../../db/store.ts';
import { madeFacts } from '../journal/made-facts.ts';

const entriesPerCall = 1_000;

export async function appendEntries({ journal }: Pick<Store, 'journal'>, { tenantId, count }: { tenantId: string; count: number }): Promise<void> {
  for (let left = count; left > 0; left -= entriesPerCall) {
    const items = Array.from({ length: Math.min(left, entriesPerCall) }, (_, index) => {
      const facts = madeFacts({ user_id: 'usr_1', resource_name: `file ${String(index)}`, details: { n: index } });
      return { kind: 'entry' as const, prepared: journal.prepare(facts), key: null };
    });
    const receipt = await journal.submit(tenantId, { userId: 'usr_1', partial: false, callKey: null, items });
    if (isRefusal(receipt)) throw new Error(`refused: ${receipt.code}`);
  }
}
