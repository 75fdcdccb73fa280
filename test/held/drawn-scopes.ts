// Entries and scopes drawn at random from few values, so that they meet often.
import fc from 'fast-check';
import { containsText, filterOf, isIn } from '../../domain/filter/filter.ts';
import { globOf } from '../../domain/held/glob.ts';
import type { HeldScope, ScopeBy } from '../../domain/held/held-scope.ts';
import type { EntryFacts } from '../../domain/journal/entry.ts';
import { madeFacts } from '../journal/made-facts.ts';

const users = ['u1', 'u2', 'u3'];
const shares = ['s1', 's2'];
const resources = ['r1', 'r2', 'r3', 'f1', 'f2'];
const paths = ['/', '/Docs', '/Docs/', '/Docs/a.docx', 'Docs/sub/b.txt', '/Docs2/a.docx', '/Trash/a.docx', '/x/.hidden', '/Docs/Ünï (1).docx'];
const globs = ['**/*.docx', 'Trash/**', '*', 'Docs/**', '**', '{a,b}.{docx,txt}', 'sub/?.txt', '**/.*', '* (1).docx'];

const maybe = (values: readonly string[]) => fc.option(fc.constantFrom(...values), { nil: null });

export const drawnFacts: fc.Arbitrary<EntryFacts> = fc
  .record({
    user_id: maybe(users),
    target_user_id: maybe(users),
    share_id: maybe(shares),
    resource_id: maybe(resources),
    resource_type: fc.constantFrom('file', 'folder', 'legal_hold', null),
    path: maybe(paths),
    old_path: maybe(paths),
    new_path: maybe(paths),
    change_type: fc.constantFrom('created', 'updated', 'moved', null),
    own_action: fc.constantFrom(null, null, 'create_legal_hold'),
    severity: fc.constantFrom('info', 'warning'),
    details: fc.constantFrom(null, { hold_ids: ['r1'] }, { hold_ids: 'r1' }, { word: 'Invoice' }),
  })
  .map((drawn) => ({ ...madeFacts(), ...drawn }));

const folder = fc.constantFrom('f1', 'f2');

/** The roots of folders are for whoever knows the entries to fill in. */
const by: fc.Arbitrary<ScopeBy> = fc.oneof(
  fc.subarray(users, { minLength: 0 }).map((userIds): ScopeBy => ({ kind: 'users', userIds })),
  fc.constantFrom(...shares).map((shareId): ScopeBy => ({ kind: 'share', shareId })),
  folder.map((folderId): ScopeBy => ({ kind: 'folder', folderId, roots: [] })),
  fc.subarray(resources, { minLength: 1 }).map((resourceIds): ScopeBy => ({ kind: 'resource', resourceIds })),
  fc.constantFrom(filterOf([isIn('severity', ['warning'])]), filterOf([containsText('invoice')])).map((filter): ScopeBy => ({ kind: 'query', filter })),
);

const glob = fc.option(fc.constantFrom(...globs).map(globOf), { nil: null });

export const drawnScope: fc.Arbitrary<HeldScope> = fc
  .record({ holdId: fc.constantFrom('r1', 'r2'), itemId: fc.uuid(), by, include: glob, exclude: glob })
  .map((scope) => scope);
