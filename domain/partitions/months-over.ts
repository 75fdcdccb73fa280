// Which partitions are of months that are over: their text may be indexed, and without a row they may go.

/** By name, the oldest first. A day after its end no transaction that was under way can still write into a month. */
export function monthsOver(partitions: readonly string[], nowMs: number): string[] {
  return partitions.filter((name) => (endOf(name) ?? Number.POSITIVE_INFINITY) <= nowMs - dayMs).sort();
}

const dayMs = 86_400_000;

function endOf(partition: string): number | null {
  const [, year, month] = /^entry_(\d{4})_(\d{2})$/.exec(partition) ?? [];
  return year === undefined || month === undefined ? null : Date.UTC(Number(year), Number(month));
}
