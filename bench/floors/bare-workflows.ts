// Workflows that do next to nothing, to measure what Temporal itself takes: empty, with one activity, and a lockout decided by updates.
import { condition, defineUpdate, proxyActivities, setHandler } from '@temporalio/workflow';
import type { nothing } from './bare-activities.ts';

const activities = proxyActivities<{ readonly nothing: typeof nothing }>({ startToCloseTimeout: '10s' });

export function empty(): Promise<void> {
  return Promise.resolve();
}

export async function withActivity(): Promise<void> {
  await activities.nothing();
}

export const decideUpdate = defineUpdate<boolean>('decide');

/** Five attempts pass; it ends when it was asked so often. */
export async function decideByUpdate(questions: number): Promise<void> {
  let asked = 0;
  setHandler(decideUpdate, () => {
    asked += 1;
    return asked <= 5;
  });
  await condition(() => asked >= questions);
}
