// The values of a sentence's params, taken from one entry; every param gets words, so that a sentence always reads.
import { currentEvents } from './current-events.ts';
import { describeCurrent } from './describe-current.ts';

type Text = string | null | undefined;

/** What of an entry a sentence may speak of; the names of profiles and users are the directory's, where the caller knows them. */
export interface TemplateEntry {
  readonly event: string;
  readonly outcome?: Text;
  readonly user_id?: Text;
  readonly user_name?: Text;
  readonly user_email?: Text;
  readonly service_account?: Text;
  readonly target_user_id?: Text;
  readonly target_user_name?: Text;
  readonly org_id?: Text;
  readonly org_name?: Text;
  readonly workspace_id?: Text;
  readonly workspace_name?: Text;
  readonly share_id?: Text;
  readonly share_name?: Text;
  readonly resource_type?: Text;
  readonly resource_id?: Text;
  readonly resource_name?: Text;
  readonly path?: Text;
  readonly change?: { readonly old_path?: Text; readonly new_path?: Text } | null | undefined;
  readonly ip_address?: Text;
  readonly details?: Readonly<Record<string, unknown>> | null | undefined;
}

type Source = (entry: TemplateEntry) => string;

/** A value in the entry's details under the param's own name comes first. */
const sources: ReadonlyMap<string, Source> = new Map<string, Source>([
  ['filename', (entry) => nameOfNode(entry) ?? 'a file'],
  ['foldername', (entry) => nameOfNode(entry) ?? 'a folder'],
  ['resource_name', (entry) => nameOfNode(entry) ?? 'something'],

  ['member_name', (entry) => nameOfTarget(entry) ?? 'somebody'],
  ['target_user_name', (entry) => nameOfTarget(entry) ?? nameOf(entry, 'user') ?? 'a user'],
  ['invitee', (entry) => nameOfTarget(entry) ?? said(entry.resource_name) ?? 'somebody'],
  ['role', () => 'another role'],
  ['org_name', (entry) => said(entry.org_name) ?? nameOf(entry, 'org') ?? said(entry.org_id) ?? 'the organization'],
  ['workspace_name', (entry) => said(entry.workspace_name) ?? nameOf(entry, 'workspace') ?? said(entry.workspace_id) ?? 'the workspace'],
  ['share_name', (entry) => said(entry.share_name) ?? nameOf(entry, 'share') ?? said(entry.share_id) ?? 'the share'],
  ['tenant_name', (entry) => nameOf(entry, 'tenant') ?? 'the tenant'],
  ['group_name', (entry) => nameOf(entry, 'group') ?? 'a group'],

  ['chat_name', named('without a name')],
  ['template_name', named('without a name')],
  ['view_name', named('without a name')],
  ['source_name', named('its source')],
  ['plan_name', () => 'a plan'],
  ['list_name', named('without a name')],
  ['task_name', named('a task')],
  ['todo_name', named('a to-do')],
  ['approval_name', named('something')],
  ['status', () => 'another status'],

  ['account', named('somebody')],
  ['blocked_until', () => 'further notice'],
  ['device_name', named('a device')],
  ['endpoint', named('an endpoint')],
  ['setting_group', () => 'general'],
  ['hold_name', named('without a name')],
  ['policy_name', named('without a name')],
  ['query_name', named('without a name')],
  ['report_name', named('without a name')],
]);

/** What the entry itself states goes before what its details say. */
const fixedSources: ReadonlyMap<string, Source> = new Map<string, Source>([
  ['calling_user_name', nameOfActor],
  ['outcome', (entry) => said(entry.outcome) ?? 'success'],
  ['ip_address', (entry) => said(entry.ip_address) ?? fromDetails(entry, 'ip_address') ?? 'an unknown address'],
  ['old_path', (entry) => said(entry.change?.old_path) ?? fromDetails(entry, 'old_path') ?? 'something'],
  ['new_path', (entry) => said(entry.change?.new_path) ?? said(entry.path) ?? fromDetails(entry, 'new_path') ?? 'another place'],
]);

refuseUnknownParams();

export function templateParams(entry: TemplateEntry): Record<string, string> {
  const params: Record<string, string> = {};
  for (const name of describeCurrent(entry.event).required_params) params[name] = valueOf(name, entry);
  return params;
}

function valueOf(name: string, entry: TemplateEntry): string {
  const fixed = fixedSources.get(name);
  if (fixed !== undefined) return fixed(entry);
  const source = sources.get(name);
  if (source === undefined) throw new Error(`no entry can fill the param "${name}"`);
  return fromDetails(entry, name) ?? source(entry);
}

function nameOfActor(entry: TemplateEntry): string {
  return said(entry.user_name) ?? said(entry.user_email) ?? said(entry.user_id) ?? said(entry.service_account) ?? 'The system';
}

function nameOfTarget(entry: TemplateEntry): string | null {
  return said(entry.target_user_name) ?? said(entry.target_user_id);
}

function nameOfNode(entry: TemplateEntry): string | null {
  return said(entry.resource_name) ?? lastOf(said(entry.change?.new_path) ?? said(entry.path)) ?? said(entry.resource_id);
}

/** The resource's name where the resource is of this type. */
function nameOf(entry: TemplateEntry, type: string): string | null {
  return entry.resource_type === type ? (said(entry.resource_name) ?? said(entry.resource_id)) : null;
}

function named(otherwise: string): Source {
  return (entry) => said(entry.resource_name) ?? said(entry.resource_id) ?? otherwise;
}

function fromDetails(entry: TemplateEntry, name: string): string | null {
  const details = entry.details;
  if (details === null || details === undefined || !Object.hasOwn(details, name)) return null;
  const value = details[name];
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' ? said(value) : null;
}

function lastOf(path: string | null): string | null {
  return path === null ? null : said(path.slice(path.lastIndexOf('/') + 1));
}

function said(text: Text): string | null {
  return text === undefined || text === '' ? null : text;
}

/** A sentence that nobody can fill is found when the process starts, not when somebody reads. */
function refuseUnknownParams(): void {
  for (const event of currentEvents) {
    const unknown = event.required_params.find((name) => !sources.has(name) && !fixedSources.has(name));
    if (unknown !== undefined) throw new Error(`the sentence of "${event.name}" names "${unknown}", which no entry can fill`);
  }
}
