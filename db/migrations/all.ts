// The list of migrations, in their order.
import { Migration0001Log } from './0001-log.ts';
import { Migration0002Directory } from './0002-directory.ts';
import { Migration0003Sync } from './0003-sync.ts';
import { Migration0004JobsAndEvidence } from './0004-jobs-and-evidence.ts';
import { Migration0005AuditSearch } from './0005-audit-search.ts';
import { Migration0006Ack } from './0006-ack.ts';
import { Migration0007RateLimit } from './0007-rate-limit.ts';
import { Migration0014Identity } from './0014-identity.ts';
import { Migration0015Lockout } from './0015-lockout.ts';
import { Migration0008Activity } from './0008-activity.ts';
import { Migration0009OwnAction } from './0009-own-action.ts';
import { Migration0010Session } from './0010-session.ts';
import { Migration0011Live } from './0011-live.ts';
import { Migration0012LegalHold } from './0012-legal-hold.ts';
import { Migration0013Retention } from './0013-retention.ts';
import { Migration0017Summary } from './0017-summary.ts';
import { Migration0018RetentionActions } from './0018-retention-actions.ts';
import { Migration0019RetentionSchedules } from './0019-retention-schedules.ts';
import { Migration0021AcrossProcesses } from './0021-across-processes.ts';
import { Migration0016Export } from './0016-export.ts';
import { Migration0022SyncPlace } from './0022-sync-place.ts';
import { Migration0023SaidBefore } from './0023-said-before.ts';

export const migrations = [
  { name: '0001-log', class: Migration0001Log },
  { name: '0002-directory', class: Migration0002Directory },
  { name: '0003-sync', class: Migration0003Sync },
  { name: '0004-jobs-and-evidence', class: Migration0004JobsAndEvidence },
  { name: '0005-audit-search', class: Migration0005AuditSearch },
  { name: '0006-ack', class: Migration0006Ack },
  { name: '0007-rate-limit', class: Migration0007RateLimit },
  { name: '0008-activity', class: Migration0008Activity },
  { name: '0009-own-action', class: Migration0009OwnAction },
  { name: '0010-session', class: Migration0010Session },
  { name: '0011-live', class: Migration0011Live },
  { name: '0012-legal-hold', class: Migration0012LegalHold },
  { name: '0013-retention', class: Migration0013Retention },
  { name: '0014-identity', class: Migration0014Identity },
  { name: '0015-lockout', class: Migration0015Lockout },
  { name: '0016-export', class: Migration0016Export },
  { name: '0017-summary', class: Migration0017Summary },
  { name: '0018-retention-actions', class: Migration0018RetentionActions },
  { name: '0019-retention-schedules', class: Migration0019RetentionSchedules },
  { name: '0021-across-processes', class: Migration0021AcrossProcesses },
  { name: '0022-sync-place', class: Migration0022SyncPlace },
  { name: '0023-said-before', class: Migration0023SaidBefore },
];
