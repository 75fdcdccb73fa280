// Seqs as ranges, read from and written as the text by which the database writes a multirange.

export interface SeqRange {
  readonly from: number;
  readonly through: number;
}

/** `{[3,5),[9,10)}` is 3, 4 and 9. */
export function rangesOf(multirange: string): SeqRange[] {
  return [...multirange.matchAll(/\[(\d+),(\d+)\)/g)].map(([, from, beyond]) => ({ from: Number(from), through: Number(beyond) - 1 }));
}

export function rangesText(ranges: readonly SeqRange[]): string {
  return `{${ranges.map(({ from, through }) => `[${String(from)},${String(through + 1)})`).join(',')}}`;
}

/** Of several such texts in their order, as one: ranges that touch are one range. */
export function joinedRanges(multiranges: readonly string[]): string {
  const joined: { readonly from: number; through: number }[] = [];
  for (const { from, through } of multiranges.flatMap(rangesOf)) {
    const before = joined.at(-1);
    if (before?.through === from - 1) before.through = through;
    else joined.push({ from, through });
  }
  return rangesText(joined);
}

/** The first seq of `some` that is not among `all`; null when `all` has every one. Both in their order, and apart from one another. */
export function firstOutside({ some, all }: { readonly some: readonly SeqRange[]; readonly all: readonly SeqRange[] }): number | null {
  let at = 0;
  for (const { from, through } of some) {
    while ((all[at]?.through ?? Infinity) < from) at += 1;
    const around = all[at];
    if (around === undefined || around.from > from) return from;
    if (around.through < through) return around.through + 1;
  }
  return null;
}
