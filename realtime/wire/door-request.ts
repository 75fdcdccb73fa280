// What a request says on its way to a live door: its path, its query, and who it claims to be.
import type { IncomingMessage } from 'node:http';

export interface DoorRequest {
  readonly path: string;
  readonly query: URLSearchParams;
  /** As it stood behind the question mark. */
  readonly rawQuery: string;
  readonly authorization: string | undefined;
}

export function readDoorRequest({ url = '/', headers }: IncomingMessage): DoorRequest {
  const mark = url.indexOf('?');
  const rawQuery = mark === -1 ? '' : url.slice(mark + 1);
  return { path: mark === -1 ? url : url.slice(0, mark), query: new URLSearchParams(rawQuery), rawQuery, authorization: headers.authorization };
}

export function nonEmpty(value: string | null | undefined): string | null {
  return value === undefined || value === null || value === '' ? null : value;
}
