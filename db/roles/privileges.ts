// What the application's role may do with each table and function; everything not named here is refused to it.
import { searchFunctions } from './search-role.ts';

export type Privilege = 'SELECT' | 'INSERT' | 'UPDATE' | 'DELETE' | 'UPDATE (floor_seq)' | 'UPDATE (removed, next_part, after_seq)';

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
  lockout_pair: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
  lockout_account: ['SELECT', 'INSERT', 'UPDATE'],
  identity_event: ['SELECT', 'INSERT', 'DELETE'],
  identity_newest: ['SELECT', 'INSERT', 'UPDATE'],
  identity_awaited: ['SELECT', 'INSERT', 'DELETE'],
  sync_device: ['SELECT', 'INSERT', 'UPDATE'],
  sync_cursor: ['SELECT', 'INSERT', 'UPDATE'],
  sync_preference: ['SELECT', 'INSERT', 'UPDATE'],
  session: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
  session_bar: ['SELECT', 'INSERT', 'UPDATE'],
  tenant_settings: ['SELECT', 'INSERT', 'UPDATE'],
  job: ['SELECT', 'INSERT', 'UPDATE'],
  job_schedule: ['SELECT', 'INSERT', 'UPDATE'],
  checkpoint: ['SELECT', 'INSERT'],
  chain_segment: ['SELECT', 'INSERT'],
  evidence_key: ['SELECT', 'INSERT'],
  live_ticket: ['SELECT', 'INSERT', 'DELETE'],
  presence: ['SELECT', 'INSERT', 'DELETE'],
  presence_process: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
  sync_force_seen: ['SELECT', 'INSERT', 'UPDATE'],
  saved_query: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
  ack_reader: ['SELECT', 'INSERT', 'UPDATE'],
  ack_block: ['SELECT', 'INSERT', 'UPDATE'],
  ack_watermark: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
  activity_stamp: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
  activity_position: ['SELECT', 'INSERT', 'UPDATE'],
  // Without a column for the tenant, because the limiter library writes the table: its keys begin with the tenant, and row security looks there.
  rate_window: ['SELECT', 'INSERT', 'UPDATE'],
  // Whoever locks the gate needs the right to change it; there is nothing in it to change.
  hold_gate: ['SELECT', 'UPDATE'],
  legal_hold: ['SELECT', 'INSERT', 'UPDATE'],
  legal_hold_item: ['SELECT', 'INSERT', 'UPDATE'],
  legal_hold_user: ['SELECT', 'INSERT'],
  held_resource: ['SELECT'],
  retention_policy: ['SELECT', 'INSERT', 'UPDATE'],
  retention_plan: ['SELECT', 'INSERT'],
  retention_plan_part: ['SELECT', 'INSERT'],
  retention_run: ['SELECT', 'INSERT', 'UPDATE'],
  retention_kept: ['SELECT'],
  tombstone: ['SELECT'],
  retention_certificate: ['SELECT', 'INSERT'],
};

export const applicationFunctions: readonly string[] = [
  'iso_utc(timestamptz)',
  'tenant_heads(text[])',
  'tenants_after(text, integer)',
  'ensure_entry_partition(date)',
  'entry_partitions()',
  'index_next_closed_month()',
  'open_jobs(text, text, integer)',
  'job_schedules_after(text, text, integer)',
  'tenants_lacking_schedule(text, integer)',
  'clear_rate_windows(bigint, integer)',
  'claim_lockout_signals(integer)',
  'lockouts_due(integer)',
  'entry_address(text)',
  ...searchFunctions,
];

/** What the pruner's role may: delete entries, inside a registered run alone, and write down that it did. */
export const prunerTables: Readonly<Record<string, readonly Privilege[]>> = {
  tenant_log: ['SELECT', 'UPDATE (floor_seq)'],
  log_month: ['SELECT'],
  log_floor: ['SELECT', 'INSERT', 'UPDATE'],
  entry: ['SELECT', 'DELETE'],
  hold_gate: ['SELECT', 'UPDATE'],
  legal_hold: ['SELECT'],
  legal_hold_item: ['SELECT'],
  legal_hold_user: ['SELECT'],
  held_resource: ['SELECT', 'INSERT'],
  retention_policy: ['SELECT'],
  retention_plan: ['SELECT'],
  retention_plan_part: ['SELECT'],
  // Whether a run may remove is for others to say: the pruner writes down how far it has come.
  retention_run: ['SELECT', 'UPDATE (removed, next_part, after_seq)'],
  retention_kept: ['SELECT', 'INSERT'],
  tombstone: ['SELECT', 'INSERT'],
};

export const prunerFunctions: readonly string[] = ['iso_utc(timestamptz)', 'entry_address(text)'];
