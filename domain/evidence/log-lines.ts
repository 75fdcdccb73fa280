// A log as lines of text, one JSON object each, by which somebody else can verify it without us.
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { z } from 'zod';
import { canonicalEntry } from '../journal/canonical-entry.ts';
import type { EntryFacts } from '../journal/entry.ts';
import { formatInstant, parseInstant } from '../shared/instant.ts';
import type { JsonObject } from '../shared/json.ts';
import type { SignedCheckpoint } from './checkpoint.ts';
import type { RunPlan } from './judge-removals.ts';
import type { LogHeadClaim } from './log-verifier.ts';
import type { LogRecord } from './verify-log.ts';

export interface LogHeader {
  readonly tenant: string;
  readonly epoch: string;
  readonly head: LogHeadClaim;
  /** The keys the log's own checkpoints say they are signed with; who trusts them need not check anything. */
  readonly publicKeys: readonly string[];
}

export type LogLine =
  | { readonly kind: 'header'; readonly header: LogHeader }
  | LogRecord
  /** After the records: what vouches for those that say `removed`. */
  | { readonly kind: 'certificate'; readonly runId: string; readonly signed: SignedCheckpoint }
  /** Its plan follows, part by part. */
  | { readonly kind: 'run under way'; readonly runId: string; readonly plan: Omit<RunPlan, 'parts'> | null }
  | { readonly kind: 'plan part'; readonly runId: string; readonly seqs: string }
  | { readonly kind: 'end'; readonly records: number };

export function headerLine({ tenant, epoch, head, publicKeys }: LogHeader): string {
  return JSON.stringify({ type: 'holdfast.log', version, tenant, epoch, head: { seq: head.seq, link: bytesToHex(head.link) }, public_keys: publicKeys });
}

export function recordLine(record: LogRecord): string {
  if (record.kind === 'checkpoint') {
    const { body, keyId, signature } = record.signed;
    return JSON.stringify({ type: 'checkpoint', body, key_id: keyId, signature: base64(signature) });
  }
  if (record.kind === 'removed') {
    const { seq, leaf, link, runId } = record.removed;
    return JSON.stringify({ type: 'removed', seq, leaf: bytesToHex(leaf), link: bytesToHex(link), run_id: runId });
  }
  const { seq, recordedAt, salt, leaf, link } = record.entry;
  const place = JSON.stringify({ type: 'entry', seq, recorded_at: formatInstant(recordedAt), salt: bytesToHex(salt), leaf: bytesToHex(leaf), link: bytesToHex(link) });
  return `${place.slice(0, -1)},"facts":${canonicalEntry(record.entry)}}`;
}

export function certificateLine(runId: string, { body, keyId, signature }: SignedCheckpoint): string {
  return JSON.stringify({ type: 'certificate', run_id: runId, body, key_id: keyId, signature: base64(signature) });
}

export function* runUnderWayLines(runId: string, { policyId, policyVersion, asOfSeq, asOf, leavesView, parts }: RunPlan): Generator<string> {
  yield JSON.stringify({ type: 'run_under_way', run_id: runId, plan: { policy: policyId, policy_version: policyVersion, as_of_seq: asOfSeq, as_of: asOf, leaves_view: leavesView } });
  for (const seqs of parts) yield JSON.stringify({ type: 'plan_part', run_id: runId, seqs });
}

/** Its absence shows that the file was cut off. */
export function endLine(records: number): string {
  return JSON.stringify({ type: 'end', records });
}

/** Null for a line that is none of ours. */
export function readLogLine(text: string): LogLine | null {
  const parsed = lineSchema.safeParse(parseJson(text));
  if (!parsed.success) return null;
  const { data } = parsed;
  switch (data.type) {
    case 'holdfast.log':
      return {
        kind: 'header',
        header: { tenant: data.tenant, epoch: data.epoch, head: { seq: data.head.seq, link: hexToBytes(data.head.link) }, publicKeys: data.public_keys },
      };
    case 'checkpoint':
      return { kind: 'checkpoint', signed: { body: data.body, keyId: data.key_id, signature: fromBase64(data.signature) } };
    case 'removed':
      return { kind: 'removed', removed: { seq: data.seq, leaf: hexToBytes(data.leaf), link: hexToBytes(data.link), runId: data.run_id } };
    case 'certificate':
      return { kind: 'certificate', runId: data.run_id, signed: { body: data.body, keyId: data.key_id, signature: fromBase64(data.signature) } };
    case 'run_under_way':
      return { kind: 'run under way', runId: data.run_id, plan: planOf(data.plan) };
    case 'plan_part':
      return { kind: 'plan part', runId: data.run_id, seqs: data.seqs };
    case 'end':
      return { kind: 'end', records: data.records };
    case 'entry': {
      const recordedAt = parseInstant(data.recorded_at);
      if (recordedAt === null || formatInstant(recordedAt) !== data.recorded_at) return null;
      const hashes = { salt: hexToBytes(data.salt), leaf: hexToBytes(data.leaf), link: hexToBytes(data.link) };
      return { kind: 'entry', entry: { ...data.facts, seq: data.seq, recordedAt, ...hashes } };
    }
  }
}

const version = 1;
const hex = z.string().regex(/^(?:[0-9a-f]{2})*$/);
const text = z.string();
const maybe = text.nullable().default(null);
/** Not looked into, so that it stays exactly as it was read. */
const object = z.custom<JsonObject>((value) => typeof value === 'object' && value !== null && !Array.isArray(value));

/** Facts that are null are not written: they are not hashed either. */
const facts = z.strictObject({
  id: text,
  event_time: text,
  event_type: text,
  event: text,
  category: text,
  severity: text,
  action: text,
  outcome: text,
  current_category: text,
  sub_category: text,
  visibility: text,
  permission: text,
  notification: text,
  activity: z.array(text),
  user_id: maybe,
  user_email: maybe,
  user_name: maybe,
  service_account: maybe,
  target_user_id: maybe,
  org_id: maybe,
  workspace_id: maybe,
  share_id: maybe,
  resource_type: maybe,
  resource_id: maybe,
  resource_name: maybe,
  path: maybe,
  change_type: z.enum(['created', 'updated', 'deleted', 'moved', 'renamed']).nullable().default(null),
  old_path: maybe,
  new_path: maybe,
  version_id: maybe,
  change_metadata: object.nullable().default(null),
  parent_event_id: maybe,
  ip_address: maybe,
  user_agent: maybe,
  session_id: maybe,
  request_id: maybe,
  decision: maybe,
  provider: maybe,
  model: maybe,
  own_action: maybe,
  details: object.nullable().default(null),
} satisfies Record<keyof EntryFacts, z.ZodType>);

const plan = z.strictObject({
  policy: text,
  policy_version: z.int(),
  as_of_seq: z.int(),
  as_of: text,
  leaves_view: z.strictObject({ audit: z.int(), changes: z.int() }),
});

function planOf(read: z.output<typeof plan> | null): Omit<RunPlan, 'parts'> | null {
  if (read === null) return null;
  return { policyId: read.policy, policyVersion: read.policy_version, asOfSeq: read.as_of_seq, asOf: read.as_of, leavesView: read.leaves_view };
}

const lineSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('holdfast.log'),
    version: z.literal(version),
    tenant: text,
    epoch: text,
    head: z.strictObject({ seq: z.int().min(0), link: hex }),
    public_keys: z.array(text),
  }),
  z.strictObject({ type: z.literal('entry'), seq: z.int(), recorded_at: text, salt: hex, leaf: hex, link: hex, facts }),
  z.strictObject({ type: z.literal('removed'), seq: z.int(), leaf: hex, link: hex, run_id: text }),
  z.strictObject({ type: z.literal('checkpoint'), body: text, key_id: text, signature: z.base64() }),
  z.strictObject({ type: z.literal('certificate'), run_id: text, body: text, key_id: text, signature: z.base64() }),
  // Files of before say no more than that it is under way.
  z.strictObject({ type: z.literal('run_under_way'), run_id: text, plan: plan.nullable().default(null) }),
  z.strictObject({ type: z.literal('plan_part'), run_id: text, seqs: text }),
  z.strictObject({ type: z.literal('end'), records: z.int().min(0) }),
]);

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // Whatever it is, it is none of our lines: the schema says so.
    return undefined;
  }
}

function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

function fromBase64(encoded: string): Uint8Array {
  return Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
}
