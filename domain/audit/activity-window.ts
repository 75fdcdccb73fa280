// The windows of the Activity Log: how far back each looks. None looks further than the log's last 30 days.
const hourMs = 3_600_000;

export const activityWindows = ['hour', 'day', 'week', 'month'] as const;
export type ActivityWindow = (typeof activityWindows)[number];

export const windowMs: Readonly<Record<ActivityWindow, number>> = { hour: hourMs, day: 24 * hourMs, week: 7 * 24 * hourMs, month: 30 * 24 * hourMs };
