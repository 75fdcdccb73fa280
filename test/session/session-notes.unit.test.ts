// Guards the notes about sessions: cheap for whoever is noted, written together, bounded, and brought back after a failure.
import { afterEach, describe, expect, it } from '@jest/globals';
import { createSessionNotes } from '../../db/session/session-notes.ts';
import type { SessionNotes, SessionNotesOptions } from '../../db/session/session-notes.ts';
import type { SeenSession, SessionSource } from '../../domain/session/session-of-login.ts';
import { eventually } from '../harness/eventually.ts';

const opened: SessionNotes[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((notes) => notes.close()));
});

function notesOver(options: Partial<SessionNotesOptions> = {}) {
  const written: { tenantId: string; ids: string[] }[] = [];
  const troubles: unknown[] = [];
  let nowMs = 0;
  let looks = 0;
  const notes = createSessionNotes({
    clock: { nowMs: () => nowMs },
    write: (tenantId, seen) => {
      written.push({ tenantId, ids: seen.map(({ id }) => id) });
      return Promise.resolve();
    },
    onTrouble: (error) => troubles.push(error),
    againAfterMs: 1_000,
    flushAfterMs: 1,
    ...options,
  });
  opened.push(notes);
  return {
    notes,
    written,
    troubles,
    looks: () => looks,
    moveTo: (ms: number) => {
      nowMs = ms;
    },
    note: (tenantId: string, id: string, source: SessionSource = 'request') => {
      notes.note({ tenantId, userId: 'ann', sessionId: id, source }, (): SeenSession => {
        looks += 1;
        return { source, id, userId: 'ann', idp: null, deviceKind: null, ipAddress: null, at: '2026-01-01T00:00:00Z', expiresAt: null };
      });
    },
  };
}

describe('createSessionNotes', () => {
  it('when a session is noted again and again, then it is looked at once in a while', async () => {
    const { note, looks, moveTo, written, notes } = notesOver();
    for (let index = 0; index < 100; index += 1) note('t', 's1');
    expect(looks()).toBe(1);
    await notes.flush();
    moveTo(999);
    note('t', 's1');
    expect(looks()).toBe(1);
    moveTo(1_000);
    note('t', 's1');
    expect(looks()).toBe(2);
    await notes.flush();
    expect(written).toEqual([{ tenantId: 't', ids: ['s1'] }, { tenantId: 't', ids: ['s1'] }]);
  });

  it('when a sign-in and a first request tell of one session, then each is looked at, whichever comes first', async () => {
    const { note, looks, written, notes } = notesOver();
    note('t', 's1', 'login');
    note('t', 's1', 'request');
    note('t', 's2', 'request');
    note('t', 's2', 'login');
    expect(looks()).toBe(4);
    await notes.flush();
    expect(written).toEqual([{ tenantId: 't', ids: ['s1', 's1', 's2', 's2'] }]);
  });

  it('when several are noted, then they are written by themselves, one statement a tenant', async () => {
    const { note, written } = notesOver();
    note('a', 's1');
    note('b', 's2');
    note('a', 's3');
    await eventually(() => written.length === 2);
    expect(written).toEqual([{ tenantId: 'a', ids: ['s1', 's3'] }, { tenantId: 'b', ids: ['s2'] }]);
  });

  it('when writing fails, then it is told of, and the session’s next look is written', async () => {
    let fails = true;
    const written: string[] = [];
    const { note, notes, troubles } = notesOver({
      write: (_tenantId, seen) => {
        if (fails) return Promise.reject(new Error('away'));
        written.push(...seen.map(({ id }) => id));
        return Promise.resolve();
      },
    });
    note('t', 's1');
    await notes.flush();
    expect(troubles).toHaveLength(1);
    fails = false;
    note('t', 's1');
    await notes.flush();
    expect(written).toEqual(['s1']);
  });

  it('when too many wait, then the next is passed over until there is room', async () => {
    const { note, looks, notes } = notesOver({ waiting: 2, flushAfterMs: 60_000 });
    for (const id of ['s1', 's2', 's3']) note('t', id);
    expect(looks()).toBe(2);
    await notes.flush();
    note('t', 's3');
    expect(looks()).toBe(3);
  });

  it('when too many are remembered, then the oldest is forgotten, and at worst written again', () => {
    const { note, looks } = notesOver({ remembered: 2, flushAfterMs: 60_000 });
    for (const id of ['s1', 's2', 's3', 's3', 's1']) note('t', id);
    expect(looks()).toBe(4);
  });

  it('when it is closed, then what waits is written, and nothing is taken in any more', async () => {
    const { note, notes, written, looks } = notesOver({ flushAfterMs: 60_000 });
    note('t', 's1');
    await notes.close();
    note('t', 's2');
    expect(written).toEqual([{ tenantId: 't', ids: ['s1'] }]);
    expect(looks()).toBe(1);
  });
});
