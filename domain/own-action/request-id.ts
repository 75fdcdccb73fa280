// The id by which the entries of our own actions name their request.

const prefix = 'internal_req_';

/** Whoever sends an id of their own finds it again behind the prefix. */
export function internalRequestId(requestId: string): string {
  return requestId.startsWith(prefix) ? requestId : `${prefix}${requestId.replace(/^req_/, '')}`;
}
