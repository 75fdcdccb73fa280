// From entries as they were sent to items of an append call: checked, named, keyed and prepared.
import { hash } from 'node:crypto';
import { problemBeyond } from '../../../domain/access/entry-reach.ts';
import type { EntryReach } from '../../../domain/access/entry-reach.ts';
import type { Principal } from '../../../domain/access/principal.ts';
import type { AppendItem, IdempotencyKey } from '../../../domain/journal/append-decision.ts';
import type { EntryFacts } from '../../../domain/journal/entry.ts';
import { draftEntry } from '../../../domain/journal/draft-entry.ts';
import { entryInput } from '../../../domain/journal/entry-input.schema.ts';
import type { EntryInput } from '../../../domain/journal/entry-input.schema.ts';
import type { FieldProblem } from '../../../domain/shared/refusal.ts';
import { canonicalJson } from '../../../domain/shared/json.ts';
import type { JsonObject, JsonValue } from '../../../domain/shared/json.ts';
import { check } from '../../route/field-problems.ts';
import type { ApiWorld } from '../../world.ts';
import type { SentEntry } from './read-ingest-body.ts';

type Preparing = Pick<ApiWorld, 'clock' | 'ids' | 'journal'>;

/** So many entries are prepared before others get their turn: ten thousand at once would hold up every reader. */
const sliceEntries = 250;

export interface PreparedItems {
  readonly items: readonly AppendItem[];
  /** Sign-ins among them, for the list of sessions. */
  readonly signIns: readonly EntryFacts[];
}

/** Who tells, and where their token may. */
export interface Teller {
  readonly principal: Principal;
  /** Null for a token that is limited to nothing. */
  readonly reach: EntryReach | null;
}

export async function prepareItems(sent: readonly SentEntry[], teller: Teller, world: Preparing): Promise<PreparedItems> {
  const items: AppendItem[] = [];
  const signIns: EntryFacts[] = [];
  for (const entry of sent) {
    if (items.length > 0 && items.length % sliceEntries === 0) await new Promise((resolve) => setImmediate(resolve));
    items.push(prepareItem(entry, { ...teller, world, signIns }));
  }
  return { items, signIns };
}

/** The key of a whole call, and the one of a single entry, never meet though their texts be equal. */
export function callKey(key: string, sent: readonly SentEntry[]): IdempotencyKey {
  return { keyHash: sha256(`call\n${key}`), bodyHash: sha256(`[${sent.map(({ value }) => canonicalJson((value ?? null) as JsonValue)).join(',')}]`) };
}

interface ItemContext extends Teller {
  readonly world: Preparing;
  readonly signIns: EntryFacts[];
}

function prepareItem(entry: SentEntry, { principal, reach, world, signIns }: ItemContext): AppendItem {
  if (entry.problems.length > 0) return rejected(entry.problems);
  const checked = check(entryInput, { value: entry.value, rootName: 'entry' });
  if (checked.value === undefined) return rejected(checked.problems);
  const draft = draftEntry(checked.value, { id: world.ids.next(), nowMs: world.clock.nowMs(), principal });
  if (draft.facts === undefined) return rejected(draft.problems);
  const beyond = reach === null ? null : problemBeyond(reach, draft.facts);
  if (beyond !== null) return rejected([beyond], 'FORBIDDEN');
  if (draft.facts.event_type === 'auth.login') signIns.push(draft.facts);
  return { kind: 'entry', prepared: world.journal.prepare(draft.facts), key: entryKey(checked.value, entry.value as JsonObject) };
}

function entryKey(input: EntryInput, sent: JsonObject): IdempotencyKey | null {
  if (input.idempotency_key == null) return null;
  const { idempotency_key: _key, ...body } = sent;
  return { keyHash: sha256(`entry\n${input.idempotency_key}`), bodyHash: sha256(canonicalJson(body)) };
}

function rejected(problems: readonly FieldProblem[], code: 'VALIDATION_FAILED' | 'FORBIDDEN' = 'VALIDATION_FAILED'): AppendItem {
  const [first] = problems;
  const message = first === undefined ? 'The entry is not valid.' : `${first.field}: ${first.expected}`;
  return { kind: 'rejected', error: { code, message, fields: problems } };
}

function sha256(text: string): string {
  return hash('sha256', text);
}
