// What a producer may send, hostile and fifty kilobytes long, in every text of an entry and in every shape of its details: read, checked and prepared cheaply.
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { prepareItems } from '../../api/v1/events/prepare-items.ts';
import { readIngestBody } from '../../api/v1/events/read-ingest-body.ts';
import { sha256 } from '../../db/journal/sha256.ts';
import { entryInput } from '../../domain/journal/entry-input.schema.ts';
import { prepareEntry } from '../../domain/journal/prepared-entry.ts';
import { isRefusal } from '../../domain/shared/refusal.ts';
import { readWish } from '../../realtime/socket-io/join-wish.ts';
import { hostile, limitMs, measured } from '../api/hostile-texts.ts';
import { principalOf } from '../access/stored-directory.ts';

const principal = principalOf('t', { userId: 'ann', scopes: ['events:write', 'audit:read'], entities: null });
const world = {
  clock: { nowMs: () => Date.UTC(2026, 3, 23) },
  ids: { next: () => randomBytes(13).toString('hex') },
  journal: { prepare: (facts: Parameters<typeof prepareEntry>[0]['facts']) => prepareEntry({ facts, salt: randomBytes(16), sha256 }) },
};

/** As ingest does it, up to what waits for the log; one entry is prepared at once. */
function read(entry: unknown): void {
  const sent = readIngestBody({ bytes: Buffer.from(JSON.stringify(entry)), mediaType: 'application/json' });
  if (!isRefusal(sent)) void prepareItems(sent, { principal, reach: null }, world as unknown as Parameters<typeof prepareItems>[2]); // the journal's other half waits for a database
}

function dear(name: string, work: (text: string) => void): string[] {
  return hostile.flatMap((text) => {
    const { took } = measured(() => { work(text); });
    return took < limitMs ? [] : [`${name}, ${text.slice(0, 12)}…: ${took.toFixed(0)} ms`];
  });
}

const entry = { event_type: 'file.create' };

describe('when fifty kilobytes of hostile text are told', () => {
  it.each(Object.keys(entryInput.shape))('then reading them as %s takes less than 50 ms of CPU', (field) => {
    expect(dear(field, (text) => { read({ ...entry, [field]: text }); })).toEqual([]);
    expect(dear(field, (text) => { read({ ...entry, [field]: { [text]: text } }); })).toEqual([]);
    expect(dear(field, (text) => { read({ ...entry, [field]: [text] }); })).toEqual([]);
  });

  it.each([
    ['one long text', (text: string) => ({ text })],
    ['one long name', (text: string) => ({ [text]: 1 })],
    ['many short texts', (text: string) => ({ texts: text.match(/.{1,4}/gsu) })],
    ['many names', (text: string) => Object.fromEntries((text.match(/.{1,8}/gsu) ?? []).map((part, index) => [`${String(index)}${part}`, index]))],
    ['deep', (text: string) => Array.from({ length: 60 }).reduce<object>((inner) => ({ inner }), { text })],
  ])('then as details, %s, they take less than 50 ms of CPU', (name, details) => {
    expect(dear(name, (text) => { read({ ...entry, details: details(text) }); })).toEqual([]);
  });
});

describe('when fifty kilobytes of hostile text are asked of a room', () => {
  it.each(['share_id', 'workspace_id', 'org_id', 'cursor', 'filter', 'surprise'])('then they are refused as %s, in less than 50 ms of CPU', (field) => {
    expect(dear(field, (text) => { expect(isRefusal(readWish({ share_id: 'shr_1', [field]: text }, principal))).toBe(true); })).toEqual([]);
  });

  it.each(['q', 'user_id', 'ip_address', 'category', 'from', 'surprise'])('then they are refused as the filter’s %s, in less than 50 ms of CPU', (field) => {
    expect(dear(field, (text) => { expect(isRefusal(readWish({ audit: true, filter: { [field]: text } }, principal))).toBe(true); })).toEqual([]);
  });
});
