// How many months of partitions stand ready beyond the current one.

/** Far enough that a worker that is away for a whole quarter is noticed before an append has to wait for a new partition. */
export const monthsAhead = 3;
