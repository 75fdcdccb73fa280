// Liveness, readiness with its reasons, and the figures.
import { describe, expect, it } from '@jest/globals';
import { createMetrics } from '../../api/metrics.ts';
import { createDependencies } from '../../api/ops/dependencies.ts';
import type { DependencyProbe } from '../../api/ops/dependencies.ts';
import { healthRoutes } from '../../api/ops/health.routes.ts';
import { metricsRoute } from '../../api/ops/metrics.route.ts';
import { createFakeWorld } from './fake-world.ts';
import { bodyOf, withApi } from './with-api.ts';

const routes = [...healthRoutes, metricsRoute];

const database: DependencyProbe = { name: 'database', required: true, check: () => Promise.resolve() };
const temporal: DependencyProbe = {
  name: 'temporal',
  required: false,
  waiting: ['exports', 'checkpoints'],
  check: () => Promise.resolve(),
};

function away(probe: DependencyProbe, reason = 'connect ECONNREFUSED 127.0.0.1:1'): DependencyProbe {
  return { ...probe, check: () => Promise.reject(new Error(reason)) };
}

describe('liveness', () => {
  it('when everything is away, then the process is alive all the same', async () => {
    const world = createFakeWorld({ probes: [away(database), away(temporal)] });
    await withApi({ routes, world }, async ({ url }) => {
      expect(await bodyOf(await fetch(`${url}/healthz`))).toEqual({ status: 'ok', version: '0.0.0-test' });
      expect(await bodyOf(await fetch(`${url}/api/v1/health`))).toEqual({ status: 'healthy', version: '0.0.0-test' });
    });
  });
});

describe('readiness', () => {
  it('when everything is there, then it says so of each', async () => {
    const world = createFakeWorld({ probes: [database, temporal] });
    await withApi({ routes, world }, async ({ url }) => {
      expect(await bodyOf(await fetch(`${url}/readyz`))).toEqual({
        status: 'ready',
        dependencies: [
          { name: 'database', ok: true, required: true },
          { name: 'temporal', ok: true, required: false },
        ],
        waiting: [],
      });
      expect(await bodyOf(await fetch(`${url}/api/v1/ready`))).toEqual({ status: 'ready', checks: { database: true, temporal: true } });
    });
  });

  it('when Temporal is away, then requests are served and the work that waits is named', async () => {
    const world = createFakeWorld({ probes: [database, away(temporal)] });
    await withApi({ routes, world }, async ({ url }) => {
      const response = await fetch(`${url}/readyz`);

      expect(response.status).toBe(200);
      expect(await bodyOf(response)).toMatchObject({
        status: 'degraded',
        dependencies: [
          { name: 'database', ok: true },
          { name: 'temporal', ok: false, reason: 'connect ECONNREFUSED 127.0.0.1:1' },
        ],
        waiting: ['exports', 'checkpoints'],
      });
      expect((await fetch(`${url}/api/v1/ready`)).status).toBe(200);
    });
  });

  it('when the database is away, then no requests are served, and why is said', async () => {
    const world = createFakeWorld({ probes: [away(database), temporal] });
    await withApi({ routes, world }, async ({ url }) => {
      const response = await fetch(`${url}/readyz`);

      expect(response.status).toBe(503);
      expect(await bodyOf(response)).toMatchObject({
        status: 'not_ready',
        dependencies: [{ ok: false, reason: expect.stringContaining('ECONNREFUSED') }, { ok: true }],
      });
      const v1 = await fetch(`${url}/api/v1/ready`);
      expect([v1.status, await bodyOf(v1)]).toEqual([503, { status: 'not_ready', checks: { database: false, temporal: true } }]);
    });
  });

  it('when a dependency does not answer, then it counts as away after its limit, and is told to stop', async () => {
    const signals: AbortSignal[] = [];
    const silent: DependencyProbe = {
      ...database,
      check: (signal) => {
        signals.push(signal);
        return new Promise(() => undefined);
      },
    };
    const dependencies = createDependencies({ probes: [silent], limitMs: 20 });

    expect(await dependencies.report()).toEqual([
      { name: 'database', ok: false, required: true, reason: 'no answer within 20 ms', waiting: [] },
    ]);
    expect(signals[0]?.aborted).toBe(true);
  });

  it('when many ask at once, also while one does not answer, then each probe runs once', async () => {
    let runs = 0;
    const silent: DependencyProbe = {
      ...database,
      check: () => {
        runs += 1;
        return new Promise(() => undefined);
      },
    };
    const dependencies = createDependencies({ probes: [silent], limitMs: 10 });
    await Promise.all(Array.from({ length: 20 }, () => dependencies.report()));
    await dependencies.report();

    expect(runs).toBe(1);
  });

  it('when it was away and comes back, then the next answer says so', async () => {
    let isThere = false;
    const dependencies = createDependencies({
      probes: [{ ...database, check: () => (isThere ? Promise.resolve() : Promise.reject(new Error('away'))) }],
    });
    const before = await dependencies.report();
    isThere = true;

    expect([before, await dependencies.report()].map(([report]) => report?.ok)).toEqual([false, true]);
  });
});

describe('figures', () => {
  it('when requests were answered, then they are counted by method, template and status, and never by path', async () => {
    await withApi({ routes }, async ({ url }) => {
      await fetch(`${url}/healthz`);
      await fetch(`${url}/healthz`, { method: 'POST' });
      await fetch(`${url}/some/secret/path`);
      const response = await fetch(`${url}/metrics`);
      const text = await response.text();

      expect(response.headers.get('content-type')).toContain('text/plain');
      expect(text).toContain('holdfast_requests_total{method="GET",path="/healthz",status="200"} 1');
      expect(text).toContain('holdfast_requests_total{method="POST",path="/healthz",status="405"} 1');
      expect(text).toContain('holdfast_requests_total{method="any",path="none",status="404"} 1');
      expect(text).toMatch(/holdfast_request_duration_seconds_bucket\{le="0.001",method="GET",path="\/healthz",status="200"\} [01]/);
      expect(text).not.toContain('secret');
    });
  });

  it('when a process asks for its own figures, then they carry the prefix', async () => {
    const { registry } = createMetrics({ withProcess: true });

    expect((await registry.getMetricsAsJSON()).map(({ name }) => name).filter((name) => !name.startsWith('holdfast_'))).toEqual([]);
    registry.clear();
  });
});
