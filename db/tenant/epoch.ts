// Makes the name of an epoch: a log whose past may differ from what readers have seen gets another.
import { randomBytes } from 'node:crypto';

export function newEpoch(): string {
  return randomBytes(6).toString('base64url');
}
