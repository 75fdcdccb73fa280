// The id by which one request is found again in answers and in logs.
import type { Ids } from '../../domain/shared/ids.ts';

/** The caller's own id when it is short and plain, otherwise a new one. */
export function requestIdOf(incoming: string | string[] | undefined, ids: Ids): string {
  if (typeof incoming === 'string' && plain.test(incoming)) return incoming;
  return `req_${ids.next()}`;
}

const plain = /^[A-Za-z0-9_.:-]{1,64}$/;
