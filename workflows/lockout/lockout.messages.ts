// How the workflow that counts behind the gate is started, and what it is told.
import type { Counted, PairTold } from '../../domain/lockout/count-behind.ts';

export const lockoutWorkflowType = 'lockout';
export const lockoutTaskQueue = 'lockout';

export interface LockoutInput {
  readonly tenantId: string;
  readonly pairId: string;
  /** What was counted when one history became too long for the next. */
  readonly counted: Counted | null;
}

/** With `PairTold`; the first one starts the workflow. */
export const pairToldSignal = 'pairTold';
export type PairToldArgs = [PairTold];

export function lockoutWorkflowId({ tenantId, pairId }: { tenantId: string; pairId: string }): string {
  return `lockout:${tenantId}:${pairId}`;
}
