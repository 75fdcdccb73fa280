// Tells a database that is away for now from one that refuses what we asked of it.

/** Classes of SQLSTATE: connection failures, a login refused, no such database, too many connections, the server going down or coming up. */
const awayStates = /^(?:08|28|3D000|53300|57P0[1-5])/;
const awaySystemCodes = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN']);
/** The driver throws these without a code. */
const awayMessages = /^(?:Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Query read timeout)/;

export function isDatabaseAway(failure: unknown, depth = 0): boolean {
  if (!(failure instanceof Error) || depth > 4) return false;
  const code = 'code' in failure && typeof failure.code === 'string' ? failure.code : '';
  if (awayStates.test(code) || awaySystemCodes.has(code) || awayMessages.test(failure.message)) return true;
  if (failure instanceof AggregateError && failure.errors.some((one) => isDatabaseAway(one, depth + 1))) return true;
  return isDatabaseAway(failure.cause, depth + 1);
}
