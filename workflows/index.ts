// The list of workflows a worker runs: what is bundled is what stands here.
export { checkpoint } from './evidence/checkpoint.workflow.ts';
export { legalHold } from './legal-hold/legal-hold.workflow.ts';
export { lockout } from './lockout/lockout.workflow.ts';
export { partitionsAhead } from './partitions/partitions-ahead.workflow.ts';
export { retentionRun } from './retention/retention-run.workflow.ts';
