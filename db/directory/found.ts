// Says that a row must be there, since it was written in the same transaction.
export function found<Row>(row: Row | null): Row {
  if (row === null) throw new Error('what was written is not there');
  return row;
}
