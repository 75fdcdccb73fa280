// Tells the workflows that count lockouts, by way of Temporal; every call has a limit.
import { Client, Connection } from '@temporalio/client';
import type { SignallerWorld } from '../../activities/lockout/signaller.ts';
import { lockoutTaskQueue, lockoutWorkflowId, lockoutWorkflowType, pairToldSignal } from '../../workflows/lockout/lockout.messages.ts';

export interface LockoutTeller {
  readonly tellLockout: SignallerWorld['tellLockout'];
  close(): Promise<void>;
}

export function createLockoutTeller({ address, namespace, limitMs = 5_000 }: { readonly address: string; readonly namespace: string; readonly limitMs?: number }): LockoutTeller {
  const connection = Connection.lazy({ address, connectTimeout: limitMs });
  const client = new Client({ connection, namespace });
  return {
    tellLockout: ({ tenantId, id: pairId }, told) =>
      connection.withDeadline(Date.now() + limitMs, async () => {
        await client.workflow.signalWithStart(lockoutWorkflowType, {
          workflowId: lockoutWorkflowId({ tenantId, pairId }),
          taskQueue: lockoutTaskQueue,
          args: [{ tenantId, pairId, counted: null }],
          signal: pairToldSignal,
          signalArgs: [told],
          // One that ended has counted to its end; what comes now is counted by another.
          workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        });
      }),
    close: () => connection.close(),
  };
}
