// Seqs as ranges, read from the text by which the database writes a multirange.

export interface SeqRange {
  readonly from: number;
  readonly through: number;
}

/** `{[3,5),[9,10)}` is 3, 4 and 9. */
export function rangesOf(multirange: string): SeqRange[] {
  return [...multirange.matchAll(/\[(\d+),(\d+)\)/g)].map(([, from, beyond]) => ({ from: Number(from), through: Number(beyond) - 1 }));
}

/** Of several such texts in their order, as one: ranges that touch are one range. */
export function joinedRanges(multiranges: readonly string[]): string {
  const joined: { readonly from: number; through: number }[] = [];
  for (const { from, through } of multiranges.flatMap(rangesOf)) {
    const before = joined.at(-1);
    if (before?.through === from - 1) before.through = through;
    else joined.push({ from, through });
  }
  return `{${joined.map(({ from, through }) => `[${String(from)},${String(through + 1)})`).join(',')}}`;
}
