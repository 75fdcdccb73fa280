// What stays of an entry that was lawfully removed: its place, its leaf and its link, without what it said.

export interface RemovedEntry {
  readonly seq: number;
  readonly leaf: Uint8Array;
  readonly link: Uint8Array;
  /** The run whose tombstone it stands in. */
  readonly runId: string;
}
