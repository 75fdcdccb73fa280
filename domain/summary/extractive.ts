// The summary that needs no model: the vocabulary's own sentences, filled with what the entries name, and counted.
import { customSentence } from '../vocabulary/custom-names.ts';
import { describeAttempt } from '../vocabulary/describe-current.ts';
import { templateParams } from '../vocabulary/template-params.ts';
import { keyOf, pillOf } from './entity.ts';
import type { Entity, EntityKey } from './entity.ts';
import { groupsOf } from './groups.ts';
import type { Group } from './groups.ts';
import type { SummaryEntry, SummaryInput } from './summary-input.ts';

/** Held to the same checks as the text of a model. */
export function extractiveText(input: SummaryInput): string {
  const known = new Map(input.entities.map((entity) => [keyOf(entity), entity]));
  const groups = groupsOf(input, { words: sentenceForm }).slice(0, mostGroups);
  return [opening(input.entries), ...groups.map((group) => sentence(group, known))].join(' ');
}

const mostGroups = 6;
const mostNamed = 3;

/** "50 events by 5 people from 2025-01-01 to 2025-01-20: storage 30, members 20." */
function opening(entries: readonly SummaryEntry[]): string {
  const people = new Set(entries.flatMap(({ actor }) => actor ?? [])).size;
  const days = entries.map(({ at }) => at.slice(0, 10)).sort();
  const [start = '', end = ''] = [days[0], days.at(-1)];
  const when = start === end ? `on ${start}` : `from ${start} to ${end}`;
  const by = people === 0 ? '' : ` by ${counted(people, { one: 'person', many: 'people' })}`;
  const kinds = [...Map.groupBy(entries, ({ category }) => category)]
    .map(([category, of]) => ({ words: category.replaceAll('_', ' '), count: of.length }))
    .sort((a, b) => b.count - a.count)
    .slice(0, mostGroups);
  const breakdown = kinds.length < 2 ? '' : `: ${kinds.map(({ words, count }) => `${words} ${String(count)}`).join(', ')}`;
  return `${counted(entries.length, { one: 'event', many: 'events' })}${by} ${when}${breakdown}.`;
}

function sentence({ first, entries, objects, targets, place }: Group, known: ReadonlyMap<EntityKey, Entity>): string {
  const actor = first.actor === null ? null : (known.get(first.actor) ?? null);
  const { workspace, share } = first;
  const filled: Readonly<Record<string, string>> = {
    ...generic(first),
    calling_user_name: actor === null ? (first.actorKind === 'service' ? 'A service' : 'The system') : pillOf(actor),
    ...ofObjects(objects),
    ...(targets.length === 0 ? {} : { member_name: list(targets), target_user_name: list(targets), invitee: list(targets) }),
    ...(place === null || workspace === null ? {} : pillAs('workspace_name', known.get(workspace))),
    ...(place === null || share === null ? {} : pillAs('share_name', known.get(share))),
  };
  const form = sentenceForm(first);
  const told = capitalised(form.replaceAll(/\{([a-z_]+)\}/g, (whole, param: string) => filled[param] ?? whole));
  const where = place === null || told.includes(pillOf(place)) ? '' : ` in ${pillOf(place)}`;
  const times = entries.length === 1 ? 'once' : `${String(entries.length)} times`;
  if (entries.length === 1 && told.includes('@[')) return `${told}${where}.`;
  // After other people's names it would be read as theirs.
  return targets.length > 0 ? `${times}: ${told}${where}.` : `${told}${where} (${times}).`;
}

function sentenceForm({ event, outcome }: Pick<SummaryEntry, 'event' | 'outcome'>): string {
  const { description } = describeAttempt({ event, outcome });
  // A notice to somebody is for that person; a summary tells that there was one.
  return /\bYou\b/.test(description) ? customSentence(event) : description;
}

/** What only the entry's own free text could tell is told in general words: a role, a path, the name of a task. */
function generic({ event, outcome }: SummaryEntry): Record<string, string> {
  return templateParams({ event, outcome });
}

function ofObjects(objects: readonly Entity[]): Record<string, string> {
  if (objects.length === 0) return {};
  const named = list(objects);
  return { filename: named, foldername: named, resource_name: named };
}

function pillAs(param: string, entity: Entity | undefined): Record<string, string> {
  return entity === undefined ? {} : { [param]: pillOf(entity) };
}

function list(entities: readonly Entity[]): string {
  const pills = entities.slice(0, mostNamed).map(pillOf);
  const rest = entities.length > mostNamed ? ['others'] : [];
  const parts = [...pills, ...rest];
  const last = parts.pop() ?? '';
  return parts.length === 0 ? last : `${parts.join(', ')} and ${last}`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function counted(count: number, { one, many }: { readonly one: string; readonly many: string }): string {
  return `${String(count)} ${count === 1 ? one : many}`;
}
