// GET /metrics: the figures of this process in the text form of Prometheus.
import { defineRoute } from '../route/define-route.ts';
import { answer, media } from '../route/reply.ts';

export const metricsRoute = defineRoute({
  method: 'GET',
  path: '/metrics',
  summary: 'Figures of this process for Prometheus',
  tag: 'operations',
  access: 'public',
  reply: media('text/plain; version=0.0.4; charset=utf-8'),
  refusals: [],
  quiet: true,
  handle: async (_request, { metrics: { registry } }) =>
    answer({ headers: { 'content-type': registry.contentType }, body: await registry.metrics() }),
});
