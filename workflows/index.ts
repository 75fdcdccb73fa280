// The list of workflows a worker runs: what is bundled is what stands here.
export { checkpoint } from './evidence/checkpoint.workflow.ts';
export { partitionsAhead } from './partitions/partitions-ahead.workflow.ts';
