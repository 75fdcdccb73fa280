// Every kind of job with the workflow that carries it.
import type { JobCarrier } from '../domain/job/carrier.ts';
import type { JobKind } from '../domain/job/kinds.ts';
import { checkpointCarrier } from './evidence/checkpoint.messages.ts';
import { legalHoldCarrier } from './legal-hold/legal-hold.messages.ts';
import { partitionsAheadCarrier } from './partitions/partitions-ahead.messages.ts';
import { retentionRunCarrier } from './retention/retention-run.messages.ts';

export const carriers: Readonly<Record<JobKind, JobCarrier>> = {
  checkpoint: checkpointCarrier,
  partitions_ahead: partitionsAheadCarrier,
  legal_hold: legalHoldCarrier,
  retention_run: retentionRunCarrier,
};
