// Keeps one Schedule for every row that asks for one, as the row has it; and the rows that every tenant has from the start.
import { asking } from '../../db/access/ask.ts';
import { recordMissedJob } from '../../db/job/jobs.ts';
import { addSchedule, findSchedule, schedulesAfter, tenantsLackingSchedule } from '../../db/job/schedules.ts';
import { inTenant } from '../../db/tenant-transaction.ts';
import { installationTenant, isJobKind, jobKinds, rulesOfKind } from '../../domain/job/kinds.ts';
import { missedFire } from '../../domain/job/missed-fire.ts';
import type { ScheduleRow } from '../../domain/job/missed-fire.ts';
import { readScheduleId, schedulePrefix } from '../../domain/job/workflow-ids.ts';
import type { ScheduleKey } from '../../domain/job/workflow-ids.ts';
import { formatInstant } from '../../domain/shared/instant.ts';
import { inParallel } from './in-parallel.ts';
import type { ReconcilerWorld, RoundCounts, RoundLimit } from './reconciler-world.ts';
import { wishedSchedule } from './schedule-form.ts';
import { isTemporalAway } from './temporal-door.ts';

export const beforeAllSchedules: ScheduleKey = { tenantId: '', kind: '', subject: '' };

const pageSchedules = 100;
const newRowsAtOnce = 200;
const atOnce = 8;

/** Answers after which row the next round goes on. */
export async function keepSchedules(
  world: ReconcilerWorld,
  { after, counts, limit }: { after: ScheduleKey; counts: RoundCounts; limit: RoundLimit },
): Promise<ScheduleKey> {
  for (let at = after; ; ) {
    const page = await schedulesAfter(world.pool, { after: at, limit: pageSchedules });
    await inParallel(page, { atOnce, work: (row) => keep(world, { row, counts }) });
    const last = page.at(-1);
    if (last === undefined || page.length < pageSchedules) return beforeAllSchedules;
    at = last;
    if (limit.isOver()) return at;
  }
}

/** Tenants made by other hands, or before a kind of job was known, get their rows here. */
export async function addMissingRows({ pool, clock }: ReconcilerWorld): Promise<void> {
  for (const kind of jobKinds) {
    const { defaultCron } = rulesOfKind[kind];
    if (defaultCron === null) continue;
    const owners = rulesOfKind[kind].belongsTo === 'tenant' ? await tenantsLackingSchedule(pool, { kind, limit: newRowsAtOnce }) : [installationTenant];
    for (const tenantId of owners) await addSchedule(pool, { tenantId, kind, cron: defaultCron(tenantId), paused: false, now: formatInstant(clock.nowMs() * 1000) });
  }
}

/** A row that is no more takes its Schedule with it. */
export async function removeOrphans({ pool, temporal, log }: ReconcilerWorld, { counts }: { counts: RoundCounts }): Promise<void> {
  for (const scheduleId of await temporal.listSchedules(schedulePrefix)) {
    const key = readScheduleId(scheduleId);
    if (key === null || (await findSchedule(pool, key)) !== null) continue;
    await temporal.removeSchedule(scheduleId);
    log.info({ schedule: scheduleId }, 'a schedule without a row was removed');
    counts.schedulesRemoved += 1;
  }
}

async function keep(world: ReconcilerWorld, { row, counts }: { row: ScheduleRow; counts: RoundCounts }): Promise<void> {
  const { temporal, carriers, log } = world;
  if (!isJobKind(row.kind)) return;
  const wished = wishedSchedule(row, carriers[row.kind]);
  if (wished === null) {
    counts.failures += 1;
    log.error({ tenant: row.tenantId, kind: row.kind, cron: row.cron }, 'a schedule has no expression that could be read');
    return;
  }
  try {
    const settled = await temporal.settleSchedule(wished);
    if (settled === 'made') counts.schedulesMade += 1;
    if (settled === 'corrected') counts.schedulesCorrected += 1;
    await makeUpFor(world, { row, counts });
  } catch (error) {
    if (isTemporalAway(error)) throw error;
    counts.failures += 1;
    log.error({ schedule: wished.scheduleId, err: error }, 'a schedule could not be kept');
  }
}

/** What Temporal will not catch up with any more: the row of its job is made here, and its workflow follows it like that of another. */
async function makeUpFor({ pool, clock, ids, log }: ReconcilerWorld, { row, counts }: { row: ScheduleRow; counts: RoundCounts }): Promise<void> {
  const nowMs = clock.nowMs();
  const scheduledFor = missedFire(row, nowMs);
  if (scheduledFor === null) return;
  const { tenantId, kind, subject } = row;
  const job = { tenantId, id: ids.next(), kind, subject, requestedBy: 'schedule', scheduledFor, now: formatInstant(nowMs * 1000) };
  if (!(await inTenant(pool, tenantId, (client) => recordMissedJob(asking(client), job)))) return;
  log.warn({ tenant: tenantId, kind, subject, scheduledFor }, 'a schedule had missed its time: it is made up for');
  counts.firesMadeUp += 1;
}
