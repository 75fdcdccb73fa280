// The workflows with one step changed, as somebody might do it who forgets those that are under way: the control of the replay tests.
import { sleep } from '@temporalio/workflow';
import { checkpoint as unchanged } from '../../workflows/evidence/checkpoint.workflow.ts';
import type { CheckpointInput } from '../../workflows/evidence/checkpoint.messages.ts';
import { partitionsAhead as unchangedToo } from '../../workflows/partitions/partitions-ahead.workflow.ts';

export async function checkpoint(input: CheckpointInput): Promise<string> {
  await sleep('1s');
  return unchanged(input);
}

export async function partitionsAhead(input: CheckpointInput): Promise<string> {
  const state = await unchangedToo(input);
  await sleep('1s');
  return state;
}
