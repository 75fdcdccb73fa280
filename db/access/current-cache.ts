// Remembers what was concluded from the directory for as long as the tail shows that nothing has changed since.
import type { TailLog } from '../journal/tail-log.ts';

export interface CurrentCacheOptions<Value> {
  /** Bounds the sum of what the values weigh; the least recently used leave first. */
  readonly maxWeight: number;
  readonly weigh: (value: Value) => number;
  /** False for a value that something else than an entry about rights may change; every value is kept unless given. */
  readonly isWorthKeeping?: (value: Value) => boolean;
}

export interface CurrentCache<Value> {
  /** The load must ask the database as it is when it is called. */
  get(log: TailLog, key: string, load: () => Promise<Value>): Promise<Value>;
  readonly weight: number;
}

interface Kept<Value> {
  readonly as: Seen;
  readonly value: Value;
  readonly weight: number;
}

/** What the tail had seen when a load began. A log that was forgotten and followed anew counts its generations from the start, so it is compared too. */
interface Seen {
  readonly log: TailLog;
  readonly epoch: string;
  readonly generation: number;
}

export function createCurrentCache<Value>({
  maxWeight,
  weigh,
  isWorthKeeping = () => true,
}: CurrentCacheOptions<Value>): CurrentCache<Value> {
  const kept = new Map<string, Kept<Value>>();
  const loading = new Map<string, { readonly as: Seen; readonly value: Promise<Value> }>();
  let weight = 0;

  async function get(log: TailLog, key: string, load: () => Promise<Value>): Promise<Value> {
    // While the tail is behind it cannot vouch for anything: each caller asks for itself.
    if (!log.rightsAreCurrent()) return load();
    const known = kept.get(key);
    if (known !== undefined && isStill(known.as, log)) {
      kept.delete(key);
      kept.set(key, known);
      return known.value;
    }
    forget(key);
    const running = loading.get(key);
    if (running !== undefined && isStill(running.as, log)) {
      const value = await running.value;
      // It was asked before this caller came: good only if nothing was heard since.
      return log.rightsAreCurrent() && isStill(running.as, log) ? value : load();
    }
    return loadAndKeep(log, key, load);
  }

  async function loadAndKeep(log: TailLog, key: string, load: () => Promise<Value>): Promise<Value> {
    const as: Seen = { log, epoch: log.epoch, generation: log.rightsGeneration };
    const flight = { as, value: load() };
    loading.set(key, flight);
    try {
      const value = await flight.value;
      if (isStill(as, log) && isWorthKeeping(value)) keep(key, { as, value, weight: weigh(value) });
      return value;
    } finally {
      if (loading.get(key) === flight) loading.delete(key);
    }
  }

  function keep(key: string, one: Kept<Value>): void {
    forget(key);
    if (one.weight > maxWeight) return;
    kept.set(key, one);
    weight += one.weight;
    for (const oldest of kept.keys()) {
      if (weight <= maxWeight) return;
      forget(oldest);
    }
  }

  function forget(key: string): void {
    weight -= kept.get(key)?.weight ?? 0;
    kept.delete(key);
  }

  return {
    get,
    get weight() {
      return weight;
    },
  };
}

function isStill(as: Seen, log: TailLog): boolean {
  return as.log === log && as.epoch === log.epoch && as.generation === log.rightsGeneration;
}
