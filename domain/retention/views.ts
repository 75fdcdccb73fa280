// How long an entry stays in the views of a log that a tenant's settings bound, and when it has left all of them.

/** How many days each shows; null for ever. */
export interface ViewDays {
  readonly audit: number | null;
  readonly changes: number | null;
}

/** Of the policy that the settings are. */
export const settingsPolicyId = 'settings';

export function viewDaysOf(settings: { readonly audit_retention_days: number | null; readonly changelog_retention_days: number | null }): ViewDays {
  const { audit_retention_days: audit, changelog_retention_days: changes } = settings;
  return { audit, changes: changes ?? audit };
}

/** An entry goes when it has left every view it is in. */
export function removalDays({ audit, changes }: ViewDays, { isChange }: { readonly isChange: boolean }): number | null {
  if (!isChange) return audit;
  return audit === null || changes === null ? null : Math.max(audit, changes);
}

export function isUnbounded({ audit, changes }: ViewDays): boolean {
  return audit === null && changes === null;
}
