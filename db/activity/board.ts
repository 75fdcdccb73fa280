// What has been stamped in one log since this process began to look, and who waits for more of it.
import { isNewer } from '../../domain/activity/stamps.ts';
import type { Since, Stamp, Stamps } from '../../domain/activity/stamps.ts';
import { touchedBy } from '../../domain/activity/touched.ts';
import type { Subject } from '../../domain/activity/touched.ts';
import type { Micros } from '../../domain/shared/instant.ts';
import type { TailEntry } from '../journal/tail-ring.ts';
import type { TailLog } from '../journal/tail-log.ts';
import { rightsConcern } from './rights-concern.ts';

/** `time`: it is over. `gone`: the signal fired. `news`: look again. `rights`: ask again whether the waiter still may. */
export type WokenBy = 'time' | 'gone' | 'news' | 'rights';

export interface Waiting {
  readonly subject: Subject;
  /** Null for all. */
  readonly fields: ReadonlySet<string> | null;
  /** Ids whose entries may change what the waiter may see. */
  readonly watched: ReadonlySet<string>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

interface Waiter extends Pick<Waiting, 'subject' | 'fields' | 'watched'> {
  readonly wake: (by: WokenBy) => void;
}

interface SubjectStamps {
  newest: Stamp;
  readonly byField: Map<string, Stamp>;
}

export interface BoardOptions {
  readonly log: TailLog;
  /** Told after every few thousand entries. */
  readonly onGrown?: (tenantId: string) => void;
  /** More fields than that, and the board begins anew: whoever asks for older stamps is answered from the database. */
  readonly maxFields?: number;
}

export class Board {
  readonly log: TailLog;
  readonly #maxFields: number;
  readonly #unsubscribe: () => void;
  readonly #subjects = new Map<Subject, SubjectStamps>();
  readonly #waiters = new Map<Subject, Set<Waiter>>();
  readonly #onGrown: (tenantId: string) => void;
  #epoch: string;
  #floor: number;
  #fields = 0;
  #grownBy = 0;
  #held = 0;
  /** Every entry after this one, and every one recorded after this time, is on the board. */
  #completeAfter: { seq: number; at: Micros };

  constructor({ log, onGrown = () => undefined, maxFields = 20_000 }: BoardOptions) {
    this.log = log;
    this.#onGrown = onGrown;
    this.#floor = log.floor;
    this.#maxFields = maxFields;
    this.#epoch = log.epoch;
    this.#completeAfter = { seq: log.position, at: Number.POSITIVE_INFINITY };
    this.#unsubscribe = log.subscribe((entries) => {
      this.#take(entries);
    });
  }

  get held(): number {
    return this.#held;
  }

  /** The board learns from the database when an entry was recorded: after it nothing is missing here. */
  learn({ seq, at }: Stamp): void {
    if (seq >= this.#completeAfter.seq) this.#completeAfter.at = Math.min(this.#completeAfter.at, at);
  }

  covers({ seq, at }: Since): boolean {
    this.#forgetPruned();
    return seq >= this.#completeAfter.seq || at >= this.#completeAfter.at;
  }

  newer({ subject, fields, since }: Pick<Waiting, 'subject' | 'fields'> & { readonly since: Since }): Stamps {
    this.#forgetPruned();
    const known = this.#subjects.get(subject);
    if (known === undefined || !isNewer(known.newest, since)) return none;
    const found = new Map<string, Stamp>();
    for (const [field, stamp] of wanted(known.byField, fields)) if (isNewer(stamp, since)) found.set(field, stamp);
    return found;
  }

  /** Costs a timer and a place in a set until something happens. */
  wait({ timeoutMs, signal, ...about }: Waiting): Promise<WokenBy> {
    if (signal.aborted) return Promise.resolve('gone');
    if (timeoutMs <= 0) return Promise.resolve('time');
    return new Promise((resolve) => {
      const leave = (by: WokenBy): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', gone);
        this.#remove(waiter);
        resolve(by);
      };
      const gone = (): void => {
        leave('gone');
      };
      const timer = setTimeout(() => {
        leave('time');
      }, timeoutMs);
      const waiter: Waiter = { ...about, wake: leave };
      signal.addEventListener('abort', gone);
      this.#add(waiter);
    });
  }

  close(): void {
    this.#unsubscribe();
    this.#wakeAll('time');
  }

  #take(entries: readonly TailEntry[]): void {
    if (this.log.epoch !== this.#epoch) {
      this.#epoch = this.log.epoch;
      this.#forget({ seq: this.log.position, at: Number.POSITIVE_INFINITY });
      this.#wakeAll('rights');
      return;
    }
    const touched = new Map<Subject, Set<string>>();
    for (const entry of entries) this.#stamp(entry, touched);
    for (const [subject, keys] of touched) this.#wakeNews(subject, keys);
    this.#wakeConcerned(entries.filter(({ touchesRights }) => touchesRights));
    this.#grownBy += entries.length;
    if (this.#grownBy > foldedAtOnce) {
      this.#grownBy = 0;
      this.#onGrown(this.log.tenantId);
    }
    const last = entries.at(-1);
    if (this.#fields > this.#maxFields && last !== undefined) this.#forget({ seq: last.seq, at: last.recordedAt });
  }

  #stamp(entry: TailEntry, touched: Map<Subject, Set<string>>): void {
    const stamp: Stamp = { seq: entry.seq, at: entry.recordedAt };
    // Recorded times increase with the entries: whatever came after the one before this is here.
    this.#completeAfter.at = Math.min(this.#completeAfter.at, entry.recordedAt - 1);
    for (const { subject, keys } of touchedBy(entry.facts)) {
      const known = this.#subjects.get(subject) ?? { newest: stamp, byField: new Map<string, Stamp>() };
      this.#fields -= known.byField.size;
      known.newest = stamp;
      for (const key of keys) known.byField.set(key, stamp);
      this.#fields += known.byField.size;
      this.#subjects.set(subject, known);
      const all = touched.get(subject) ?? new Set<string>();
      for (const key of keys) all.add(key);
      touched.set(subject, all);
    }
  }

  #wakeNews(subject: Subject, keys: ReadonlySet<string>): void {
    for (const waiter of [...(this.#waiters.get(subject) ?? [])]) {
      if (waiter.fields === null || [...waiter.fields].some((field) => keys.has(field))) waiter.wake('news');
    }
  }

  #wakeConcerned(entries: readonly TailEntry[]): void {
    if (entries.length === 0) return;
    const concern = rightsConcern(entries.map(({ facts }) => facts));
    for (const waiter of this.#everybody()) if (concern(waiter.watched)) waiter.wake('rights');
  }

  #wakeAll(by: WokenBy): void {
    for (const waiter of this.#everybody()) waiter.wake(by);
  }

  #everybody(): Waiter[] {
    return [...this.#waiters.values()].flatMap((waiters) => [...waiters]);
  }

  /** Which of them are gone only the database knows. */
  #forgetPruned(): void {
    if (this.log.floor === this.#floor) return;
    this.#floor = this.log.floor;
    this.#forget({ seq: this.log.position, at: Number.POSITIVE_INFINITY });
  }

  #forget(completeAfter: { seq: number; at: Micros }): void {
    this.#subjects.clear();
    this.#fields = 0;
    this.#completeAfter = completeAfter;
  }

  #add(waiter: Waiter): void {
    const waiters = this.#waiters.get(waiter.subject) ?? new Set();
    waiters.add(waiter);
    this.#held += 1;
    this.#waiters.set(waiter.subject, waiters);
  }

  #remove(waiter: Waiter): void {
    const waiters = this.#waiters.get(waiter.subject);
    if (waiters?.delete(waiter) === true) this.#held -= 1;
    if (waiters?.size === 0) this.#waiters.delete(waiter.subject);
  }
}

const foldedAtOnce = 5_000;
const none: Stamps = new Map();

function wanted(byField: ReadonlyMap<string, Stamp>, fields: ReadonlySet<string> | null): Iterable<[string, Stamp]> {
  if (fields === null) return byField;
  return [...fields].flatMap((field): [string, Stamp][] => {
    const stamp = byField.get(field);
    return stamp === undefined ? [] : [[field, stamp]];
  });
}
