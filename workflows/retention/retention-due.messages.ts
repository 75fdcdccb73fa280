// How the workflow that a policy's schedule starts is started.
import type { JobCarrier, JobInput } from '../../domain/job/carrier.ts';

export const retentionDueCarrier = { kind: 'retention_due', workflowType: 'retentionDue', taskQueue: 'core' } as const satisfies JobCarrier;

export type RetentionDueInput = JobInput;
