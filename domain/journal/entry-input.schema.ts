// What a producer may send as one entry: the fields of ingest, each with what it must look like.
import { z } from 'zod';
import { currentCategory, currentSubcategory, notification, permission, visibility } from '../vocabulary/current-words.ts';
import { outcome, v1CategoryInput, v1SeverityInput } from '../vocabulary/v1-words.ts';
import { producerId } from '../shared/ids.ts';
import { parseInstant } from '../shared/instant.ts';
import type { JsonObject } from '../shared/json.ts';

const name = z.string().regex(/^[A-Za-z0-9_.:-]{1,100}$/, 'expected 1 to 100 characters of A-Z a-z 0-9 _ . : -');
const text = (max: number) => z.string().min(1, 'expected text that is not empty').max(max, `expected at most ${String(max)} characters`);
const jsonObject = z.custom<JsonObject>((value) => typeof value === 'object' && value !== null && !Array.isArray(value), 'expected an object');

export const changeInput = z.strictObject({
  change_type: z.enum(['created', 'updated', 'deleted', 'moved', 'renamed']),
  old_path: text(4_096).nullish(),
  new_path: text(4_096).nullish(),
  version_id: text(256).nullish(),
  metadata: jsonObject.nullish(),
});

export const entryInput = z.strictObject({
  event_type: name.nullish(),
  event: name.nullish(),
  category: v1CategoryInput.nullish(),
  severity: v1SeverityInput.nullish(),
  action: name.nullish(),
  current_category: currentCategory.nullish(),
  sub_category: currentSubcategory.nullish(),
  visibility: visibility.nullish(),
  permission: permission.nullish(),
  notification: notification.nullish(),
  event_time: z
    .string()
    .refine((value) => parseInstant(value) !== null, 'expected an ISO 8601 instant with a zone, such as 2026-04-23T10:15:05Z')
    .nullish(),
  user_id: producerId.nullish(),
  user_email: text(320).nullish(),
  user_name: text(256).nullish(),
  service_account: text(256).nullish(),
  target_user_id: producerId.nullish(),
  org_id: producerId.nullish(),
  workspace_id: producerId.nullish(),
  share_id: producerId.nullish(),
  resource_type: name.nullish(),
  resource_id: text(256).nullish(),
  resource_name: text(1_024).nullish(),
  path: text(4_096).nullish(),
  outcome: outcome.nullish(),
  change: changeInput.nullish(),
  parent_event_id: z
    .string()
    .regex(/^(?:evt_|aud_|chg_)?[A-Za-z0-9]{1,64}$/, 'expected an event id')
    .nullish(),
  activity: z
    .array(z.string().regex(/^[a-z_]{1,64}(?::[A-Za-z0-9_-]{1,256})?$/, 'expected an activity key such as storage:{id}'))
    .max(30, 'expected at most 30 keys')
    .nullish(),
  ip_address: z.union([z.ipv4(), z.ipv6()], 'expected an IPv4 or IPv6 address').nullish(),
  user_agent: text(1_024).nullish(),
  session_id: text(256).nullish(),
  request_id: text(256).nullish(),
  decision: z.enum(['permit', 'forbid']).nullish(),
  provider: text(256).nullish(),
  model: text(256).nullish(),
  details: jsonObject.nullish(),
  idempotency_key: text(255).nullish(),
});

export type EntryInput = z.output<typeof entryInput>;
