// How large the pieces of an export are, and how long its things last.

/** Small enough that a lost attempt loses seconds, large enough that making a file safe costs little beside filling it. */
export const partRows = 50_000;

/** Of an export that is answered at once instead of by a job. */
export const mostStreamedRows = 10_000;

/** Of these so many are read at a time, and held until the client has taken them. */
export const streamedRowsAtOnce = 500;

/** What an export still has to read stays so long after its last progress. */
export const leaseHours = 24;

/** After its end, unless a report says otherwise. */
export const usualKeepDays = 7;

/** How long the row of an export stays after its files expired, or after an end that left none: until then it says what became of them. */
export const keepEndedDays = 90;

/** Of one tenant; beyond it, whoever asks waits for what is open already. */
export const mostOpenExports = 20;

export const mostReports = 100;
