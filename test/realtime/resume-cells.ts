// The situations in which a client comes back: the same for our doors and for what they are compared with.
const ways = ['a drop', 'a reload', 'a move to another process', 'kill -9 of the server'] as const;
const counts = [0, 1, 1_000] as const;
const fates = ['kept', 'revoked while away', 'revoked while connected'] as const;

/** One way of coming back. */
export interface Cell {
  readonly way: (typeof ways)[number];
  readonly before: (typeof counts)[number];
  readonly fate: (typeof fates)[number];
}

export const cells: readonly Cell[] = ways.flatMap((way) => counts.flatMap((before) => fates.map((fate) => ({ way, before, fate }))));
