// The verifier: an honest log passes, and whatever is done to a log, the first bad seq is named.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sha256 } from '../../db/journal/sha256.ts';
import { checkpointHash } from '../../domain/evidence/checkpoint.ts';
import { canonicalEntry } from '../../domain/journal/canonical-entry.ts';
import { contentHash, leafHash, sameBytes } from '../../domain/journal/chain.ts';
import type { StoredEntry } from '../../domain/journal/entry.ts';
import { testSeed } from '../harness/seed.ts';
import { linkedAnew, madeLog, signUp, verify } from './made-log.ts';
import type { MadeLog } from './made-log.ts';

const seed = testSeed();
const count = 30;
const honest = madeLog({ count, signedAt: [5, 12, 12, 25] });
const anySeq = fc.integer({ min: 1, max: count });

/** The rows get the numbers of their new places, as somebody would do it who hides a removal. */
function renumbered(entries: readonly StoredEntry[]): StoredEntry[] {
  return entries.map((entry, index) => ({ ...entry, seq: index + 1 }));
}

function at(entries: readonly StoredEntry[], seq: number): StoredEntry {
  const entry = entries[seq - 1];
  if (entry === undefined) throw new Error(`there is no entry ${String(seq)}`);
  return entry;
}

function replaced(seq: number, different: Partial<StoredEntry>): StoredEntry[] {
  return honest.entries.map((entry) => (entry.seq === seq ? { ...entry, ...different } : entry));
}

async function faultOf(spoilt: Parameters<typeof verify>[0]): Promise<{ kind: string; seq: number } | null> {
  const { fault } = await verify(spoilt);
  return fault === null ? null : { kind: fault.kind, seq: fault.seq };
}

describe('when nothing was done to a log', () => {
  it('then it verifies, with its checkpoints, its head and one that was kept elsewhere', async () => {
    const { fault, entries, checkpoints, headLink } = await verify({ ...honest, witnesses: honest.checkpoints.slice(1, 2) });
    expect(fault).toBeNull();
    expect({ entries, checkpoints }).toEqual({ entries: count, checkpoints: 4 });
    expect(sameBytes(headLink, honest.head.link)).toBe(true);
  });

  it('then an empty one verifies, too', async () => {
    expect(await faultOf(madeLog({ count: 0 }))).toBeNull();
  });
});

describe(`when one entry was spoilt at a random place (seed ${String(seed)})`, () => {
  const everywhere = (spoil: (seq: number) => Promise<void>) => fc.assert(fc.asyncProperty(anySeq, spoil), { seed, numRuns: 60 });

  it('then changed facts are named', async () => {
    await everywhere(async (seq) => {
      expect(await faultOf({ ...honest, entries: replaced(seq, { resource_name: 'another' }) })).toEqual({ kind: 'content', seq });
      expect(await faultOf({ ...honest, entries: replaced(seq, { details: { n: -1 } }) })).toEqual({ kind: 'content', seq });
    });
  });

  it('then a changed salt or time is named', async () => {
    await everywhere(async (seq) => {
      expect(await faultOf({ ...honest, entries: replaced(seq, { salt: new Uint8Array(16).fill(255) }) })).toEqual({ kind: 'content', seq });
      expect(await faultOf({ ...honest, entries: replaced(seq, { recordedAt: 5 }) })).toEqual({ kind: 'content', seq });
    });
  });

  it('then a changed leaf is named', async () => {
    await everywhere(async (seq) => {
      expect(await faultOf({ ...honest, entries: replaced(seq, { leaf: new Uint8Array(32) }) })).toEqual({ kind: 'leaf', seq });
    });
  });

  it('then a changed link is named', async () => {
    await everywhere(async (seq) => {
      const kind = seq === count ? 'misplaced' : 'link';
      expect(await faultOf({ ...honest, entries: replaced(seq, { link: new Uint8Array(32) }) })).toEqual({ kind, seq });
    });
  });

  it('then facts that were changed together with their leaf are named', async () => {
    await everywhere(async (seq) => {
      const { recordedAt, salt, ...facts } = at(honest.entries, seq);
      const changed = { ...facts, resource_name: 'another' };
      const leaf = leafHash({ sha256, recordedAt, content: contentHash({ sha256, salt, canonical: canonicalEntry(changed) }) });
      expect(await faultOf({ ...honest, entries: replaced(seq, { resource_name: 'another', leaf }) })).toEqual({ kind: 'misplaced', seq });
    });
  });

  it('then everything changed at once is named', async () => {
    await everywhere(async (seq) => {
      const entries = replaced(seq, { resource_name: 'another', leaf: new Uint8Array(32), link: new Uint8Array(32) });
      expect(await faultOf({ ...honest, entries })).toEqual({ kind: 'replaced', seq });
    });
  });

  it('then a removed one is named, also when those after it were renumbered', async () => {
    await everywhere(async (seq) => {
      const without = honest.entries.filter((entry) => entry.seq !== seq);
      const isLast = seq === count;
      expect(await faultOf({ ...honest, entries: without })).toEqual({ kind: isLast ? 'truncated' : 'removed', seq });
      // What stood right behind the removed one tells it; the last two have too few behind them.
      const kind = isLast ? 'truncated' : seq === count - 1 ? 'misplaced' : 'removed';
      expect(await faultOf({ ...honest, entries: renumbered(without) })).toEqual({ kind, seq });
    });
  });

  it('then a foreign one that was put in is named, with a number taken twice and with the others renumbered', async () => {
    await everywhere(async (seq) => {
      const foreign = { ...at(madeLog({ count }).entries, seq), resource_name: 'never happened' };
      const { recordedAt, salt } = foreign;
      const leaf = leafHash({ sha256, recordedAt, content: contentHash({ sha256, salt, canonical: canonicalEntry(foreign) }) });
      const put = { ...foreign, leaf, link: new Uint8Array(32) };
      const twice = [...honest.entries.slice(0, seq), put, ...honest.entries.slice(seq)];
      expect(await faultOf({ ...honest, entries: twice })).toEqual({ kind: 'inserted', seq });
      const moved = renumbered([...honest.entries.slice(0, seq - 1), put, ...honest.entries.slice(seq - 1)]);
      expect(await faultOf({ ...honest, entries: moved })).toEqual({ kind: 'inserted', seq });
    });
  });

  it('then two that were exchanged are named by the first of them', async () => {
    await fc.assert(
      fc.asyncProperty(anySeq, anySeq, async (one, other) => {
        fc.pre(one !== other);
        const [first, second] = [Math.min(one, other), Math.max(one, other)];
        const entries = renumbered(honest.entries.map((entry) => at(honest.entries, entry.seq === first ? second : entry.seq === second ? first : entry.seq)));
        const fault = await faultOf({ ...honest, entries });
        expect(fault?.seq).toBe(first);
        expect(fault?.kind).toBe(second === first + 1 ? 'swapped' : 'misplaced');
      }),
      { seed, numRuns: 60 },
    );
  });

  it('then a log that ends early is named by the first entry that is missing', async () => {
    await everywhere(async (seq) => {
      const entries = honest.entries.slice(0, seq - 1);
      expect(await faultOf({ ...honest, entries })).toEqual({ kind: 'truncated', seq });
    });
  });
});

describe('when somebody can write every row, and writes the whole chain anew', () => {
  const forged = linkedAnew(replaced(9, { resource_name: 'another' }));

  it('then nothing is wrong with the chain itself: this is what checkpoints are for', async () => {
    expect(await faultOf({ entries: forged })).toBeNull();
  });

  it("then the log's own checkpoints show it, from the last one that still fits", async () => {
    expect(await faultOf({ entries: forged, checkpoints: honest.checkpoints })).toEqual({ kind: 'history', seq: 6 });
  });

  it('then, with the checkpoints gone as well, one that was kept elsewhere shows it', async () => {
    expect(await faultOf({ entries: forged, witnesses: honest.checkpoints.slice(1, 2) })).toEqual({ kind: 'history', seq: 1 });
  });

  it('then checkpoints signed with a key of their own are not trusted', async () => {
    expect(await faultOf({ entries: forged, checkpoints: honest.checkpoints.slice(0, 1), trusted: [] })).toEqual({ kind: 'signature', seq: 1 });
  });

  it('then a log cut off together with its head and checkpoints is shown by one that was kept elsewhere', async () => {
    const entries = honest.entries.slice(0, 20);
    expect(await faultOf({ entries, checkpoints: honest.checkpoints.slice(0, 3) })).toBeNull();
    expect(await faultOf({ entries, checkpoints: honest.checkpoints.slice(0, 3), witnesses: honest.checkpoints.slice(3) })).toEqual({ kind: 'truncated', seq: 21 });
  });
});

describe('when a checkpoint was spoilt', () => {
  const spoiltAt = (index: number, different: object): MadeLog => ({
    ...honest,
    checkpoints: honest.checkpoints.map((signed, place) => (place === index ? { ...signed, ...different } : signed)),
  });

  it('then a signature that is not valid is named, with what it no longer vouches for', async () => {
    expect(await faultOf(spoiltAt(1, { signature: new Uint8Array(64) }))).toEqual({ kind: 'signature', seq: 6 });
  });

  it('then a body that says something else has no valid signature', async () => {
    const body = (honest.checkpoints[1]?.body ?? '').replace('"epoch":"e1"', '"epoch":"e2"');
    expect(await faultOf(spoiltAt(1, { body }))).toEqual({ kind: 'signature', seq: 6 });
  });

  it('then a body that is no checkpoint is named', async () => {
    expect(await faultOf(spoiltAt(1, { body: '{}' }))).toEqual({ kind: 'checkpoint', seq: 6 });
  });

  it('then one that was removed is missed by the next', async () => {
    const checkpoints = honest.checkpoints.filter((_, index) => index !== 1);
    expect(await faultOf({ ...honest, checkpoints })).toEqual({ kind: 'checkpoint', seq: 6 });
  });

  it('then one that does not follow from the one before it is named, although it is signed', async () => {
    const stray = signUp(honest.entries, { headSeq: 12, number: 2, previous: new Uint8Array(32) });
    expect(await faultOf({ ...honest, checkpoints: [...honest.checkpoints.slice(0, 1), stray] })).toEqual({ kind: 'checkpoint', seq: 6 });
  });

  it('then one that goes back is named, although it is signed', async () => {
    const [first] = honest.checkpoints;
    if (first === undefined) throw new Error('there is no checkpoint');
    const back = signUp(honest.entries, { headSeq: 3, number: 2, previous: checkpointHash({ sha256, body: first.body }) });
    expect(await faultOf({ ...honest, checkpoints: [first, back] })).toEqual({ kind: 'checkpoint', seq: 6 });
  });
});

describe('when the head of a log was spoilt', () => {
  it('then another link is named', async () => {
    expect(await faultOf({ ...honest, head: { seq: count, link: new Uint8Array(32) } })).toEqual({ kind: 'head', seq: count });
  });

  it('then entries beyond it are named', async () => {
    expect(await faultOf({ ...honest, checkpoints: [], head: { seq: 20, link: at(honest.entries, 20).link } })).toEqual({ kind: 'inserted', seq: 21 });
  });
});

describe('as a control, a verifier that looks at each entry by itself', () => {
  const eachByItself = (entries: readonly StoredEntry[]): boolean =>
    entries.every((entry, index) => {
      const content = contentHash({ sha256, salt: entry.salt, canonical: canonicalEntry(entry) });
      return entry.seq === index + 1 && sameBytes(entry.leaf, leafHash({ sha256, recordedAt: entry.recordedAt, content }));
    });

  it('when two entries are exchanged, or one is removed and the rest renumbered, then it sees nothing', async () => {
    const exchanged = renumbered(honest.entries.map((entry) => at(honest.entries, entry.seq === 3 ? 4 : entry.seq === 4 ? 3 : entry.seq)));
    const shortened = renumbered(honest.entries.filter(({ seq }) => seq !== 8));
    expect(eachByItself(exchanged)).toBe(true);
    expect(eachByItself(shortened)).toBe(true);
    expect(await faultOf({ entries: exchanged })).toEqual({ kind: 'swapped', seq: 3 });
    expect(await faultOf({ entries: shortened })).toEqual({ kind: 'removed', seq: 8 });
  });
});
