// The list of migrations, in their order.
import { Migration0001Log } from './0001-log.ts';
import { Migration0002Directory } from './0002-directory.ts';
import { Migration0003Sync } from './0003-sync.ts';
import { Migration0004JobsAndEvidence } from './0004-jobs-and-evidence.ts';

export const migrations = [
  { name: '0001-log', class: Migration0001Log },
  { name: '0002-directory', class: Migration0002Directory },
  { name: '0003-sync', class: Migration0003Sync },
  { name: '0004-jobs-and-evidence', class: Migration0004JobsAndEvidence },
];
