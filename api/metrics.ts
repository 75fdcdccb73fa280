// The figures of this process for Prometheus: a registry of its own, and those of the REST door.
import { Counter, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

export interface Metrics {
  /** Where every part of the process registers its own figures, each beginning with `holdfast_`. */
  readonly registry: Registry;
  countRequest(request: CountedRequest): void;
}

export interface CountedRequest {
  readonly method: string;
  /** The route's template, never the path itself: ids would make endless labels. */
  readonly path: string;
  readonly status: number;
  readonly seconds: number;
}

/** `withProcess` adds memory, processor time, event loop and garbage collection. */
export function createMetrics({ withProcess }: { readonly withProcess: boolean }): Metrics {
  const registry = new Registry();
  const requests = new Counter({
    name: 'holdfast_requests_total',
    help: 'Requests answered, by method, route and status.',
    labelNames: ['method', 'path', 'status'],
    registers: [registry],
  });
  const durations = new Histogram({
    name: 'holdfast_request_duration_seconds',
    help: 'Time from the arrival of a request to its answer.',
    labelNames: ['method', 'path', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 100],
    registers: [registry],
  });
  if (withProcess) collectDefaultMetrics({ register: registry, prefix: 'holdfast_' });
  return {
    registry,
    countRequest: ({ method, path, status, seconds }) => {
      const labels = { method, path, status };
      requests.inc(labels);
      durations.observe(labels, seconds);
    },
  };
}
