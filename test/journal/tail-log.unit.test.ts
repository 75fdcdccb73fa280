// One followed log: its head is told at once, its entries when they are there, and whoever waits for a place waits until it is passed.
import { describe, expect, it } from '@jest/globals';
import { FollowedLog } from '../../db/journal/tail-log.ts';

const clock = { now: 0, nowMs: () => clock.now };

function followed(): FollowedLog {
  return new FollowedLog({ head: { tenantId: 't', epoch: 'e1', lastSeq: 10, floorSeq: 0 }, clock, isHeard: () => true, onWaiting: () => undefined });
}

async function isDone(promise: Promise<void>): Promise<boolean> {
  const pending = {};
  return (await Promise.race([promise, new Promise((resolve) => setImmediate(resolve, pending))])) !== pending;
}

describe('a followed log', () => {
  it('when this process commits, then the head is told at once, and what is known of rights stays where it was', async () => {
    const log = followed();
    const heads: number[] = [];
    log.subscribeHead({ onHead: () => heads.push(log.head) });
    log.noteCommitted({ tenantId: 't', lastSeq: 12, touchesRights: false });
    const reached = log.reached(12);

    expect([heads, log.head, log.position, log.isCurrent(), log.rightsAreCurrent()]).toEqual([[12], 12, 10, false, true]);
    expect(await isDone(reached)).toBe(false);
    log.passOver({ upTo: 12, touchesRights: true });
    expect(await isDone(reached)).toBe(true);
    expect([log.position, log.isCurrent(), log.rightsGeneration]).toEqual([12, true, 1]);
  });

  it('when an older answer of the database comes after a commit of this process, then the log is not taken for another one', () => {
    const log = followed();
    log.noteCommitted({ tenantId: 't', lastSeq: 12, touchesRights: false });
    log.noteHead({ tenantId: 't', epoch: 'e1', lastSeq: 10, floorSeq: 0 });

    expect([log.head, log.rightsGeneration]).toEqual([12, 0]);
  });

  it('when a backup was restored, then everybody is told, whoever waits goes on, and the head is that of the other log', async () => {
    const log = followed();
    let told = 0;
    log.subscribe(() => (told += 1));
    log.subscribeHead({ onHead: () => (told += 1) });
    const reached = log.reached(99);
    log.noteHead({ tenantId: 't', epoch: 'e2', lastSeq: 3, floorSeq: 0 });

    expect([told, log.epoch, log.head, log.position, log.rightsGeneration]).toEqual([2, 'e2', 3, 3, 1]);
    expect(await isDone(reached)).toBe(true);
  });

  it('when it is followed no more, then nobody waits for it', async () => {
    const log = followed();
    const before = log.reached(11);
    log.end();

    expect([await isDone(before), await isDone(log.reached(12))]).toEqual([true, true]);
  });

  it('when somebody listens to entries, then they are kept; when only to the head, then they are passed over', () => {
    const log = followed();
    log.subscribeHead({ onHead: () => undefined });
    expect([log.isAwaited, log.isRingWanted()]).toEqual([true, false]);
    const leave = log.subscribe(() => undefined);
    expect(log.isRingWanted()).toBe(true);
    leave();
    expect(log.isRingWanted()).toBe(false);
  });
});

describe('when the database tells of a newer head while this process appends', () => {
  const page = { afterSeq: 10, throughSeq: 11, head: 11, floor: 0, epoch: 'e1', entries: [], withEarlier: false };

  function appending(): { readonly log: FollowedLog; readonly told: unknown[]; databaseTells(lastSeq: number): void } {
    const log = followed();
    const told: unknown[] = [];
    log.subscribeHead({ onHead: (fresh) => told.push([log.head, fresh]), wish: () => ({ withEarlier: false, recordedFrom: 0 }) });
    expect(log.newsWish()).not.toBeNull();
    return { log, told, databaseTells: (lastSeq) => { log.noteHead({ tenantId: 't', epoch: 'e1', lastSeq, floorSeq: 0 }); } };
  }

  it('then followers hear of it once, with what was written', () => {
    const { log, told, databaseTells } = appending();
    databaseTells(11);
    expect(told).toEqual([]);
    log.noteCommitted({ tenantId: 't', lastSeq: 11, touchesRights: false, page });
    databaseTells(11);
    expect(told).toEqual([[11, page]]);
  });

  it('then, where it was somebody else’s, they hear of it when the database is asked again', () => {
    const { log, told, databaseTells } = appending();
    databaseTells(12);
    log.noteCommitted({ tenantId: 't', lastSeq: 11, touchesRights: false, page });
    databaseTells(12);
    expect(told).toEqual([[11, page], [12, null]]);
  });

  it('then each time only what had not come since the last time is told', () => {
    const { log, told, databaseTells } = appending();
    databaseTells(11);
    log.noteCommitted({ tenantId: 't', lastSeq: 11, touchesRights: false, page });
    databaseTells(12);
    expect(told).toEqual([[11, page]]);
    databaseTells(13);
    expect(told).toEqual([[11, page], [13, null]]);
  });

  it('then, where it has appended nothing for a while, they hear of it at once', () => {
    const { told, databaseTells } = appending();
    clock.now += 1_000;
    databaseTells(11);
    expect(told).toEqual([[11, null]]);
  });
});
