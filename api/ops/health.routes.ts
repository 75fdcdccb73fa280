// Is the process alive, can it serve requests, and which work waits.
import { z } from 'zod';
import { apiDialect } from '../audit/audit-dialect.ts';
import { defineRoute } from '../route/define-route.ts';
import { answer } from '../route/reply.ts';
import type { DependencyReport } from './dependencies.ts';

const dependency = z.strictObject({
  name: z.string(),
  ok: z.boolean(),
  required: z.boolean(),
  reason: z.string().optional(),
});

const readiness = z.strictObject({
  /** Degraded: requests are served, and some work waits, or the database does not keep what it acknowledges. */
  status: z.enum(['ready', 'degraded', 'not_ready']),
  dependencies: z.array(dependency),
  /** Work that goes on by itself when what it needs is back. */
  waiting: z.array(z.string()),
});

const unreachable = 'A dependency that every request needs is not there.';

const liveness = defineRoute({
  method: 'GET',
  path: '/healthz',
  summary: 'Is the process alive',
  tag: 'operations',
  access: 'public',
  reply: z.strictObject({ status: z.literal('ok'), version: z.string() }),
  refusals: [],
  quiet: true,
  handle: (_request, { version }) => ({ status: 'ok' as const, version }),
});

const readinessOfEach = defineRoute({
  method: 'GET',
  path: '/readyz',
  summary: 'Can requests be served, and what is missing',
  description:
    'Each dependency with the reason when it is away. 200 as long as requests are served; work that waits for a dependency that is not required is named. `durability` says which settings of the database server let it forget what it has acknowledged.',
  tag: 'operations',
  access: 'public',
  reply: readiness,
  otherStatuses: { 503: unreachable },
  refusals: [],
  quiet: true,
  handle: async (_request, { dependencies }) => {
    const reports = await dependencies.report();
    const ready = isReady(reports);
    return answer({
      status: ready ? 200 : 503,
      body: {
        status: !ready ? ('not_ready' as const) : reports.every(({ ok }) => ok) ? ('ready' as const) : ('degraded' as const),
        dependencies: reports.map(({ name, ok, required, reason }) => ({
          name,
          ok,
          required,
          ...(reason === undefined ? {} : { reason }),
        })),
        waiting: reports.flatMap(({ waiting }) => waiting),
      },
    });
  },
});

const v1Health = defineRoute({
  method: 'GET',
  path: '/api/v1/health',
  summary: 'Is the process alive',
  tag: 'operations',
  access: 'public',
  reply: z.strictObject({ status: z.literal('healthy'), version: z.string() }),
  refusals: [],
  quiet: true,
  handle: (_request, { version }) => ({ status: 'healthy' as const, version }),
});

const v1Readiness = defineRoute({
  method: 'GET',
  path: '/api/v1/ready',
  summary: 'Can requests be served',
  tag: 'operations',
  access: 'public',
  reply: z.strictObject({ status: z.enum(['ready', 'not_ready']), checks: z.record(z.string(), z.boolean()) }),
  otherStatuses: { 503: unreachable },
  refusals: [],
  quiet: true,
  handle: async (_request, { dependencies }) => {
    const reports = await dependencies.report();
    const ready = isReady(reports);
    return answer({
      status: ready ? 200 : 503,
      body: {
        status: ready ? ('ready' as const) : ('not_ready' as const),
        checks: Object.fromEntries(reports.map(({ name, ok }) => [name, ok])),
      },
    });
  },
});

const plainHealth = (['/health', '/api/health'] as const).map((path) =>
  defineRoute({
    method: 'GET',
    path,
    summary: 'Is the process alive, and is it still the same one',
    description: '`sessionId` changes when the process is started again.',
    tag: 'operations',
    access: 'public',
    reply: z.strictObject({ status: z.literal('ok'), timestamp: z.string(), sessionId: z.string() }),
    refusals: [],
    ...(path === '/api/health' ? { dialect: apiDialect } : {}),
    quiet: true,
    handle: (_request, { clock, processSession }) => ({
      status: 'ok' as const,
      timestamp: new Date(clock.nowMs()).toISOString(),
      sessionId: processSession,
    }),
  }),
);

export const healthRoutes = [liveness, readinessOfEach, v1Health, v1Readiness, ...plainHealth];

function isReady(reports: readonly DependencyReport[]): boolean {
  return reports.every(({ ok, required }) => ok || !required);
}
