// How much one ingest call and one entry may hold.
const kib = 1024;

export const ingestLimits = {
  entriesPerCall: 10_000,
  entryBytes: 128 * kib,
  detailsBytes: 64 * kib,
  detailsLevels: 64,
  eventTimeAheadMs: 5 * 60 * 1000,
} as const;
