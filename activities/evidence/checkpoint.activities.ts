// Signs the head of a log, as a step of a workflow.
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { ActivityWorld } from '../world.ts';
import { signHead } from './sign-head.ts';

export type CheckpointOutcome =
  | { readonly outcome: 'signed'; readonly number: number; readonly head_seq: number }
  | { readonly outcome: 'unchanged'; readonly number: number | null; readonly head_seq: number };

export interface CheckpointActivities {
  /** Run again it finds the head signed and changes nothing. */
  signHead(log: { readonly tenantId: string }): Promise<CheckpointOutcome>;
}

export function createCheckpointActivities(world: Pick<ActivityWorld, 'pool' | 'clock' | 'signer'>): CheckpointActivities {
  return {
    async signHead({ tenantId }) {
      const context = Context.current();
      const signed = await signHead(world, {
        tenantId,
        onSegment: (number) => {
          context.heartbeat(number);
          context.cancellationSignal.throwIfAborted();
        },
      });
      if (signed.kind === 'no log') throw ApplicationFailure.nonRetryable(`there is no log of ${tenantId}`, 'NoLog');
      // A signature under a log that does not hold together would vouch for it: it must wait until a person has looked.
      if (signed.kind === 'broken') throw ApplicationFailure.nonRetryable(`entry ${String(signed.fault.seq)}: ${signed.fault.reason}`, 'BrokenLog');
      const { kind: outcome, number, headSeq: head_seq } = signed;
      return outcome === 'signed' ? { outcome, number, head_seq } : { outcome, number, head_seq };
    },
  };
}
