// What the application's role may do with each table and function; everything not named here is refused to it.
export type Privilege = 'SELECT' | 'INSERT' | 'UPDATE' | 'DELETE';

export const applicationTables: Readonly<Record<string, readonly Privilege[]>> = {
  tenant: ['SELECT', 'INSERT', 'UPDATE'],
  tenant_log: ['SELECT', 'INSERT', 'UPDATE'],
  log_floor: ['SELECT'],
  log_month: ['SELECT', 'INSERT'],
  ingest_key: ['SELECT', 'INSERT'],
  entry: ['SELECT', 'INSERT'],
  dir_user: ['SELECT', 'INSERT', 'UPDATE'],
  dir_group: ['SELECT', 'INSERT', 'UPDATE'],
  dir_group_member: ['SELECT', 'INSERT', 'DELETE'],
  profile: ['SELECT', 'INSERT', 'UPDATE'],
  profile_member: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
  sync_device: ['SELECT', 'INSERT', 'UPDATE'],
  sync_cursor: ['SELECT', 'INSERT', 'UPDATE'],
  sync_preference: ['SELECT', 'INSERT', 'UPDATE'],
  job: ['SELECT', 'INSERT', 'UPDATE'],
  job_schedule: ['SELECT', 'INSERT', 'UPDATE'],
  checkpoint: ['SELECT', 'INSERT'],
  chain_segment: ['SELECT', 'INSERT'],
  evidence_key: ['SELECT', 'INSERT'],
};

export const applicationFunctions: readonly string[] = [
  'iso_utc(timestamptz)',
  'tenant_heads(text[])',
  'tenants_after(text, integer)',
  'ensure_entry_partition(date)',
  'entry_partitions()',
  'open_jobs(text, text, integer)',
  'job_schedules_after(text, text, integer)',
  'tenants_lacking_schedule(text, integer)',
];
