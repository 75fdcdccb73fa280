// GET, POST, PATCH and DELETE /api/v1/enterprise/audit/saved-queries: filters with a name, one's own and those shared in the tenant.
import { z } from 'zod';
import { askingIn } from '../../../db/access/ask.ts';
import { readAsker } from '../../../db/access/read-asker.ts';
import { findSavedQuery, listSavedQueries } from '../../../db/filter/saved-queries.ts';
import { createSavedQuery, deleteSavedQuery, patchSavedQuery } from '../../../db/filter/write-saved-query.ts';
import { inTenantEm } from '../../../db/orm.ts';
import type { Em } from '../../../db/orm.ts';
import { may } from '../../../domain/access/may.ts';
import type { Principal } from '../../../domain/access/principal.ts';
import { auditSelection } from '../../../domain/audit/audit-selection.ts';
import { savedFilter, savedQuery, savedQueryInput, savedQueryPatch } from '../../../domain/filter/saved-query.schema.ts';
import { costs } from '../../../domain/rate-limit/limits.ts';
import { isRefusal, refuse } from '../../../domain/shared/refusal.ts';
import type { Refusal } from '../../../domain/shared/refusal.ts';
import { defineRoute } from '../../route/define-route.ts';
import { listQuery, pageAsked, pageFields as listFields, pageShown } from '../../route/list-page.ts';
import { noContent } from '../../route/reply.ts';
import type { ApiWorld } from '../../world.ts';
import { auditPageRefusals, auditPageReply, cursorAsked, mayReadAudit, searchPage, walkFields } from './audit-page.ts';

const path = '/api/v1/enterprise/audit/saved-queries';
const params = z.strictObject({ id: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/) });

export const listSavedQueriesRoute = defineRoute({
  method: 'GET',
  path,
  summary: 'List saved queries',
  tag: 'audit',
  access: mayReadAudit,
  cost: costs.list,
  query: listQuery,
  reply: z.strictObject({ saved_queries: z.array(savedQuery), ...listFields }),
  refusals: ['CURSOR_INVALID', 'FORBIDDEN'],
  async handle({ query, principal }, world) {
    const asked = pageAsked(query);
    if (isRefusal(asked)) return asked;
    const page = await asAuditor(world, principal, (em) => listSavedQueries(em, principal, asked));
    return isRefusal(page) ? page : { saved_queries: [...page.rows], ...pageShown(page, query) };
  },
});

export const createSavedQueryRoute = defineRoute({
  method: 'POST',
  path,
  summary: 'Save a query',
  tag: 'audit',
  access: mayReadAudit,
  ownAction: { action: 'create_saved_query' },
  body: savedQueryInput,
  reply: savedQuery,
  status: 201,
  refusals: ['CONFLICT', 'FORBIDDEN'],
  async handle({ body, principal, requestId }, world) {
    const problem = contradiction(body.filter);
    return problem ?? createSavedQuery(world, { principal, requestId }, body);
  },
});

export const readSavedQueryRoute = defineRoute({
  method: 'GET',
  path: `${path}/{id}`,
  summary: 'Read a saved query',
  tag: 'audit',
  access: mayReadAudit,
  params,
  reply: savedQuery,
  refusals: ['NOT_FOUND', 'FORBIDDEN'],
  handle: ({ params: { id }, principal }, world) => asAuditor(world, principal, async (em) => (await findSavedQuery(em, principal, id)) ?? refuse('NOT_FOUND')),
});

export const patchSavedQueryRoute = defineRoute({
  method: 'PATCH',
  path: `${path}/{id}`,
  summary: 'Change a saved query',
  description: 'By its maker, or by whoever manages compliance.',
  tag: 'audit',
  access: mayReadAudit,
  ownAction: { action: 'update_saved_query' },
  params,
  body: savedQueryPatch,
  reply: savedQuery,
  refusals: ['NOT_FOUND', 'FORBIDDEN'],
  async handle({ params: { id }, body: patch, principal, requestId }, world) {
    const problem = patch.filter === undefined ? null : contradiction(patch.filter);
    return problem ?? patchSavedQuery(world, { principal, requestId }, { id, patch });
  },
});

export const deleteSavedQueryRoute = defineRoute({
  method: 'DELETE',
  path: `${path}/{id}`,
  summary: 'Delete a saved query',
  description: 'By its maker, or by whoever manages compliance.',
  tag: 'audit',
  access: mayReadAudit,
  ownAction: { action: 'delete_saved_query' },
  params,
  reply: noContent,
  refusals: ['NOT_FOUND', 'FORBIDDEN'],
  handle: ({ params: { id }, principal, requestId }, world) => deleteSavedQuery(world, { principal, requestId }, id),
});

export const runSavedQueryRoute = defineRoute({
  method: 'GET',
  path: `${path}/{id}/run`,
  summary: 'Search the audit log by a saved query',
  description: 'As the search with the same filter; its cursors go on here and there.',
  tag: 'audit',
  access: mayReadAudit,
  cost: costs.search,
  ownAction: { action: 'run_saved_query' },
  params,
  query: z.strictObject(walkFields),
  reply: auditPageReply,
  refusals: [...auditPageRefusals, 'NOT_FOUND'],
  async handle({ params: { id }, query: { cursor, limit, order, min_seq: minSeq }, principal, signal }, world) {
    const saved = await asAuditor(world, principal, (em) => findSavedQuery(em, principal, id));
    if (saved === null) return refuse('NOT_FOUND');
    if (isRefusal(saved)) return saved;
    const selection = auditSelection(savedFilter.parse(saved.filter));
    if (isRefusal(selection)) return selection;
    const { tenantId } = principal;
    return searchPage({ principal, selection, order, limit, minSeq: minSeq ?? null, cursor: cursorAsked(cursor, { tenantId, world }) }, signal, world);
  },
});

function contradiction(filter: z.output<typeof savedFilter>): Refusal | null {
  const selection = auditSelection(filter, { at: 'filter.' });
  return isRefusal(selection) ? selection : null;
}

function asAuditor<T>(world: ApiWorld, principal: Principal, work: (em: Em) => Promise<T>): Promise<T | Refusal> {
  return inTenantEm(world.orm, principal.tenantId, async (em) => {
    const asker = await readAsker(askingIn(em), principal);
    if (!may({ asker, deed: 'read-audit', subject: { kind: 'tenant' } })) return refuse('FORBIDDEN');
    return work(em);
  });
}
