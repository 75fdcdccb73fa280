// What the exit codes of our processes mean to whoever started them.

export const exitCodes = {
  ok: 0,
  failed: 1,
  /** Trying again without changing something does not help. The number is sysexits.h's. */
  configuration: 78,
  /** Ended at once, as a shell reports it for Ctrl-C. */
  interrupted: 130,
} as const;
