// The hashes that hold an entry in its place, against values computed by hand from their definition.
import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { canonicalEntry } from '../../domain/journal/canonical-entry.ts';
import { contentHash, genesisLink, leafHash, linkHash } from '../../domain/journal/chain.ts';
import { factNames } from '../../domain/journal/entry.ts';
import { numberEntries } from '../../domain/journal/number-entries.ts';
import { sha256 } from '../../db/journal/sha256.ts';
import { madeFacts } from './made-facts.ts';

const salt = new Uint8Array(16).fill(7);

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

describe('when an entry is hashed', () => {
  it('then its text names the facts in order, and leaves empty ones out', () => {
    const text = canonicalEntry(madeFacts({ id: 'A', details: { b: 1, a: { d: null, c: [2, 'x'] } }, activity: ['storage:1'] }));

    const names = Object.keys(JSON.parse(text) as object);
    expect(names).toEqual([...names].sort());
    expect(names).not.toContain('share_id');
    expect(text).toContain('"details":{"a":{"c":[2,"x"],"d":null},"b":1}');
  });

  it('then the list of facts is sorted, since the text is written in its order', () => {
    expect([...factNames]).toEqual([...factNames].sort());
  });

  it('then content, leaf and link are what their definition says', () => {
    const canonical = canonicalEntry(madeFacts());
    const content = contentHash({ sha256, salt, canonical });
    const leaf = leafHash({ sha256, recordedAt: 1_700_000_000_123_456, content });
    const link = linkHash({ sha256, tenantId: 'demo', seq: 1, previous: genesisLink, leaf });

    const byHand = (...parts: (Uint8Array | string)[]) => createHash('sha256').update(Buffer.concat(parts.map((part) => Buffer.from(part as string)))).digest('hex');
    expect(Buffer.from(content).toString('hex')).toBe(byHand(salt, canonical));
    expect(Buffer.from(leaf).toString('hex')).toBe(byHand(Buffer.from([0]), uint64(1_700_000_000_123_456), content));
    expect(Buffer.from(link).toString('hex')).toBe(byHand(Buffer.from([1, 4]), 'demo', uint64(1), genesisLink, leaf));
  });

  it('then another salt, time, tenant, seq or predecessor gives another hash', () => {
    const canonical = canonicalEntry(madeFacts());
    const content = contentHash({ sha256, salt, canonical });
    const leaf = leafHash({ sha256, recordedAt: 1, content });
    const base = { sha256, tenantId: 'demo', seq: 1, previous: genesisLink, leaf };

    const hashes = [
      contentHash({ sha256, salt: new Uint8Array(16), canonical }),
      content,
      leaf,
      leafHash({ sha256, recordedAt: 2, content }),
      linkHash(base),
      linkHash({ ...base, tenantId: 'dem' }),
      linkHash({ ...base, seq: 2 }),
      linkHash({ ...base, previous: leaf }),
    ].map((hash) => Buffer.from(hash).toString('hex'));
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});

describe('when entries are numbered', () => {
  const head = { lastSeq: 5, lastLink: genesisLink, lastRecordedAt: 1_000 };
  const contents = [1, 2, 3].map((byte) => new Uint8Array(32).fill(byte));

  it('then recorded times strictly increase, also when the clock went back', () => {
    const ahead = numberEntries({ sha256, tenantId: 't', head, now: 5_000, contents });
    const behind = numberEntries({ sha256, tenantId: 't', head, now: 10, contents });

    expect(ahead.places.map(({ recordedAt }) => recordedAt)).toEqual([5_000, 5_001, 5_002]);
    expect(behind.places.map(({ recordedAt }) => recordedAt)).toEqual([1_001, 1_002, 1_003]);
  });

  it('then each link covers the one before, and the head is the last place', () => {
    const { places, head: after } = numberEntries({ sha256, tenantId: 't', head, now: 5_000, contents });

    const [first, second] = places;
    expect(second?.link).toEqual(linkHash({ sha256, tenantId: 't', seq: 7, previous: first?.link ?? genesisLink, leaf: second?.leaf ?? genesisLink }));
    expect(after).toEqual({ lastSeq: 8, lastLink: places[2]?.link, lastRecordedAt: 5_002 });
  });
});
