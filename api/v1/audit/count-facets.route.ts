// GET /api/v1/enterprise/audit/facets: how the entries of a filter divide.
import { z } from 'zod';
import { countFacets } from '../../../db/audit/count-facets.ts';
import { auditSelection } from '../../../domain/audit/audit-selection.ts';
import { filterFields } from '../../../domain/filter/filter.schema.ts';
import { costs } from '../../../domain/rate-limit/limits.ts';
import { isRefusal } from '../../../domain/shared/refusal.ts';
import { defineRoute } from '../../route/define-route.ts';
import { queryFlag } from '../../route/query-values.ts';
import { mayReadAudit } from './audit-page.ts';

const counts = z.record(z.string(), z.int());

export const countFacetsRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/enterprise/audit/facets',
  summary: 'Count the audit log by category, severity, outcome and day',
  description: 'Of the same filters as the search. Where counting takes too long, complete is false: then what was recorded in the oldest months is not counted in.',
  tag: 'audit',
  access: mayReadAudit,
  cost: costs.search,
  ownAction: { action: 'view_audit_facets' },
  query: z.strictObject({ ...filterFields, held: queryFlag().optional() }),
  reply: z.strictObject({
    total: z.int(),
    category: counts,
    severity: counts,
    outcome: counts,
    /** By the day of the event time, UTC. */
    day: counts,
    complete: z.boolean(),
    complete_through_seq: z.int(),
  }),
  refusals: ['FORBIDDEN'],
  async handle({ query, principal }, world) {
    const selection = auditSelection(query);
    if (isRefusal(selection)) return selection;
    const facets = await countFacets(world, { principal, selection });
    if (isRefusal(facets)) return facets;
    return { total: facets.total, ...facets.counts, complete: facets.complete, complete_through_seq: facets.completeThroughSeq };
  },
});
