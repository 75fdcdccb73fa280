// Pages to summarise, made by hand: Ann and Ben at work in Engineering.
import { currentEvents } from '../../domain/vocabulary/current-events.ts';
import type { Entity, EntityKey } from '../../domain/summary/entity.ts';
import type { SummaryEntry, SummaryInput } from '../../domain/summary/summary-input.ts';

export const ann = '@[user:u_ann:Ann Example]';
export const ben = '@[user:u_ben:Ben Example]';
export const engineering = '@[workspace:w_1:Engineering]';
export const report = '@[file:f_1:report.pdf]';
export const plan = '@[file:f_2:plan.md]';

const entities: Entity[] = [
  { type: 'user', id: 'u_ann', name: 'Ann Example' },
  { type: 'user', id: 'u_ben', name: 'Ben Example' },
  { type: 'workspace', id: 'w_1', name: 'Engineering' },
  { type: 'share', id: 's_1', name: 'Client Files' },
  { type: 'file', id: 'f_1', name: 'report.pdf' },
  { type: 'file', id: 'f_2', name: 'plan.md' },
  { type: 'folder', id: 'd_1', name: 'Projects' },
];

export function madeEntry(over: Partial<SummaryEntry> = {}): SummaryEntry {
  return {
    event: 'workspace_storage_file_added',
    outcome: 'success',
    category: 'storage',
    at: '2025-01-20 10:30:45',
    actor: 'user:u_ann',
    actorKind: 'person',
    target: null,
    object: 'file:f_1',
    workspace: 'workspace:w_1',
    share: null,
    ...over,
  };
}

/** Ann added two files on two days, one of them twice; Ben commented on one of them, and added somebody. */
export const page: SummaryInput = {
  userContext: '',
  entities,
  entries: [
    madeEntry(),
    madeEntry({ object: 'file:f_2', at: '2025-01-19 08:00:00' }),
    madeEntry({ object: 'file:f_2', at: '2025-01-19 07:00:00' }),
    madeEntry({ event: 'comment_created', category: 'comments', actor: 'user:u_ben', object: 'file:f_1', at: '2025-01-18 12:00:00' }),
    madeEntry({ event: 'membership_added', category: 'members', actor: 'user:u_ben', object: null, target: 'user:u_ann', at: '2025-01-17 12:00:00' }),
  ],
};

/** Any page at all, from numbers as a generator draws them. */
export function drawnInput(draws: readonly { readonly event: number; readonly actor: number; readonly object: number; readonly place: number; readonly day: number; readonly outcome: number }[]): SummaryInput {
  const users: (EntityKey | null)[] = ['user:u_ann', 'user:u_ben', null];
  const objects: (EntityKey | null)[] = ['file:f_1', 'file:f_2', 'folder:d_1', null];
  const outcomes = ['success', 'failure', 'denied'] as const;
  const entries = draws.map(({ event, actor, object, place, day, outcome }) => {
    const made = currentEvents[event % currentEvents.length];
    return madeEntry({
      event: made?.name ?? 'comment_created',
      outcome: outcomes[outcome % 3] ?? 'success',
      category: made?.sub_category ?? 'storage',
      at: `2025-01-${String(28 - (day % 28)).padStart(2, '0')} 12:00:00`,
      actor: users[actor % 3] ?? null,
      actorKind: users[actor % 3] == null ? (day % 2 === 0 ? 'system' : 'service') : 'person',
      target: users[(actor + 1) % 3] ?? null,
      object: objects[object % 4] ?? null,
      workspace: place % 2 === 0 ? 'workspace:w_1' : null,
      share: place % 3 === 0 ? 'share:s_1' : null,
    });
  });
  return { entries, entities, userContext: '' };
}
