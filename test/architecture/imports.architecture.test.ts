// The import rules judge what they are there to judge: a made-up tree of good and bad imports, each with the verdict it must get.
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const root = join(import.meta.dirname, '..', '..');

/** From a file that imports to what it imports; `type` makes it an import of a type. */
interface Made {
  readonly from: string;
  readonly to: string;
  readonly type?: boolean;
}

const bad: readonly (Made & { readonly rule: string })[] = [
  { rule: 'domain-is-pure', from: 'domain/legal-hold/a.ts', to: 'node:crypto' },
  { rule: 'domain-is-pure', from: 'domain/legal-hold/b.ts', to: 'pg' },
  { rule: 'domain-is-pure', from: 'domain/legal-hold/c.ts', to: 'db/pool.ts' },
  { rule: 'domain-is-pure', from: 'domain/legal-hold/d.ts', to: 'api/world.ts', type: true },
  { rule: 'domain-is-pure', from: 'domain/shared/deep/down/e.ts', to: 'activities/legal-hold/freeze.ts' },
  { rule: 'db-is-below', from: 'db/legal-hold/a.ts', to: 'api/world.ts', type: true },
  { rule: 'db-is-below', from: 'db/legal-hold/b.ts', to: 'activities/legal-hold/freeze.ts' },
  { rule: 'db-is-below', from: 'db/legal-hold/c.ts', to: 'express' },
  { rule: 'db-is-below', from: 'db/legal-hold/d.ts', to: 'node:fs' },
  { rule: 'parts-are-files', from: 'db/parts/a.ts', to: 'pg' },
  { rule: 'activities-are-below', from: 'activities/legal-hold/a.ts', to: 'workflows/legal-hold/legal-hold.workflow.ts' },
  { rule: 'activities-are-below', from: 'activities/legal-hold/b.ts', to: 'api/auth/verify.ts' },
  { rule: 'activities-are-below', from: 'activities/legal-hold/c.ts', to: 'realtime/hub/hub.ts' },
  { rule: 'workflows-are-replayed', from: 'workflows/legal-hold/a.workflow.ts', to: 'db/pool.ts' },
  { rule: 'workflows-are-replayed', from: 'workflows/legal-hold/b.workflow.ts', to: 'node:crypto' },
  { rule: 'workflows-are-replayed', from: 'workflows/legal-hold/c.workflow.ts', to: '@mikro-orm/core' },
  { rule: 'workflows-are-replayed', from: 'workflows/legal-hold/any-name.ts', to: '@temporalio/client' },
  { rule: 'workflows-know-activities-as-types', from: 'workflows/legal-hold/d.workflow.ts', to: 'activities/legal-hold/freeze.ts' },
  { rule: 'api-is-a-door', from: 'api/v1/legal-hold/a.route.ts', to: 'activities/legal-hold/freeze.ts' },
  { rule: 'api-is-a-door', from: 'api/v1/legal-hold/b.route.ts', to: 'realtime/socket-io.ts' },
  { rule: 'api-is-a-door', from: 'api/v1/legal-hold/c.route.ts', to: 'bin/api.ts' },
  { rule: 'api-knows-messages-only', from: 'api/v1/legal-hold/d.route.ts', to: 'workflows/legal-hold/legal-hold.workflow.ts' },
  { rule: 'api-knows-messages-only', from: 'api/v1/legal-hold/e.route.ts', to: 'workflows/legal-hold/legal-hold.workflow.ts', type: true },
  { rule: 'realtime-is-a-door', from: 'realtime/a.ts', to: 'api/route/define-route.ts' },
  { rule: 'realtime-is-a-door', from: 'realtime/b.ts', to: 'workflows/legal-hold/legal-hold.messages.ts' },
  { rule: 'hub-reads-the-log', from: 'realtime/hub/a.ts', to: 'db/pool.ts' },
  { rule: 'hub-reads-the-log', from: 'realtime/hub/b.ts', to: 'api/auth/verify.ts' },
  { rule: 'console-speaks-http', from: 'console/src/a.ts', to: 'domain/shared/refusal.ts', type: true },
  { rule: 'nobody-imports-roots', from: 'db/journal/a.ts', to: 'bin/api.ts' },
  { rule: 'nobody-imports-roots', from: 'api/v1/sync/a.ts', to: 'test/harness/servers.ts' },
  { rule: 'bin-is-no-test', from: 'bin/up.ts', to: 'test/harness/servers.ts' },
  { rule: 'not-sideways-between-features', from: 'domain/legal-hold/f.ts', to: 'domain/retention/policy.ts' },
  { rule: 'not-sideways-between-features', from: 'db/legal-hold/f.ts', to: 'db/retention/policies.ts' },
  { rule: 'not-sideways-between-features', from: 'api/v1/legal-hold/f.route.ts', to: 'db/retention/policies.ts' },
  { rule: 'not-sideways-between-features', from: 'api/v1/legal-hold/g.route.ts', to: 'domain/retention/policy.ts', type: true },
  { rule: 'not-sideways-between-features', from: 'workflows/legal-hold/g.workflow.ts', to: 'workflows/retention/retention.workflow.ts' },
  { rule: 'not-sideways-between-features', from: 'api/current/legal-hold/a.ts', to: 'api/v1/retention/list.route.ts' },
  { rule: 'not-in-a-circle', from: 'domain/shared/circle-a.ts', to: 'domain/shared/circle-b.ts' },
  { rule: 'not-unresolvable', from: 'domain/shared/g.ts', to: 'domain/shared/nowhere.ts' },
  { rule: 'not-undeclared', from: 'api/v1/sync/b.ts', to: 'fast-check' },
  { rule: 'wires-are-apart', from: 'realtime/sse/bad.ts', to: 'realtime/ui-ws/ui-door.ts' },
  { rule: 'wires-share-below', from: 'realtime/wire/bad.ts', to: 'realtime/sse/sse-door.ts' },
];

const good: readonly Made[] = [
  { from: 'domain/legal-hold/good.ts', to: 'domain/shared/refusal.ts' },
  { from: 'domain/legal-hold/good-2.ts', to: 'zod' },
  { from: 'domain/legal-hold/good-3.ts', to: 'domain/journal/entry.ts' },
  { from: 'domain/shared/good.ts', to: '@noble/hashes/sha2.js' },
  { from: 'db/legal-hold/good.ts', to: 'domain/legal-hold/good.ts' },
  { from: 'db/legal-hold/good-2.ts', to: 'pg' },
  { from: 'db/legal-hold/good-3.ts', to: 'node:crypto' },
  { from: 'db/legal-hold/good-4.ts', to: 'db/journal/append.ts' },
  { from: 'db/parts/good.ts', to: 'node:fs' },
  { from: 'activities/legal-hold/good.ts', to: 'db/legal-hold/good.ts' },
  { from: 'workflows/legal-hold/good.workflow.ts', to: 'activities/legal-hold/freeze.ts', type: true },
  { from: 'workflows/legal-hold/good-2.workflow.ts', to: '@temporalio/workflow' },
  { from: 'api/v1/legal-hold/good.route.ts', to: 'workflows/legal-hold/legal-hold.messages.ts' },
  { from: 'api/v1/legal-hold/good-2.route.ts', to: 'realtime/hub/hub.ts' },
  { from: 'api/v1/legal-hold/good-3.route.ts', to: 'api/route/define-route.ts' },
  { from: 'api/v1/legal-hold/good-4.route.ts', to: 'db/access/rights.ts' },
  { from: 'realtime/good.ts', to: 'api/auth/verify.ts' },
  { from: 'realtime/hub/good.ts', to: 'db/journal/append.ts' },
  { from: 'realtime/sse/good.ts', to: 'realtime/wire/live-world.ts' },
  { from: 'bin/good.ts', to: 'api/world.ts' },
  { from: 'test/legal-hold/good.unit.test.ts', to: 'fast-check' },
  { from: 'domain/shared/circle-b.ts', to: 'domain/shared/circle-a.ts' },
  { from: 'domain/shared/half-circle-a.ts', to: 'domain/shared/half-circle-b.ts' },
  { from: 'domain/shared/half-circle-b.ts', to: 'domain/shared/half-circle-a.ts', type: true },
];

const verdicts = new Map<string, string[]>();
let folder = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-imports-'));
  const made = [...bad, ...good];
  for (const { from, ...to } of made) write(from, importLine({ from, ...to }));
  const targets = new Set(made.map(({ to }) => to).filter((to) => to.endsWith('.ts') && to !== 'domain/shared/nowhere.ts'));
  for (const target of targets) if (!made.some(({ from }) => from === target)) write(target, 'export const here = 1;\n');
  for (const name of ['package.json', 'tsconfig.json']) cpSync(join(root, name), join(folder, name));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));

  for (const { from, rule } of await cruise()) verdicts.set(from, [...(verdicts.get(from) ?? []), rule]);
}, 60_000);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('the import rules', () => {
  it.each(bad)('when $from imports $to, then $rule says no', ({ from, rule }) => {
    expect(verdicts.get(from)).toContain(rule);
  });

  it.each(good.filter(({ from }) => from !== 'domain/shared/circle-b.ts'))('when $from imports $to, then nobody minds', ({ from }) => {
    expect(verdicts.get(from)).toBeUndefined();
  });

  it('when a rule stands in the table, then one of the imports above breaks it', () => {
    const table = createRequire(import.meta.url)('../../.dependency-cruiser.cjs') as { forbidden: { name: string }[] };

    expect(table.forbidden.map(({ name }) => name).filter((name) => !bad.some(({ rule }) => rule === name))).toEqual([]);
  });
});

function write(path: string, text: string): void {
  mkdirSync(join(folder, dirname(path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

function importLine({ from, to, type = false }: Made): string {
  const up = '../'.repeat(from.split('/').length - 1);
  const target = to.endsWith('.ts') ? `${up}${to}` : to;
  const use = type
    ? `import type * as it from '${target}';\nexport type It = typeof it;`
    : `import * as it from '${target}';\nexport const here = it;`;
  return `// Made up.\n${use}\n`;
}

async function cruise(): Promise<{ readonly from: string; readonly rule: string }[]> {
  const script = join(root, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs');
  const folders = [...new Set([...bad, ...good].map(({ from }) => String(from.split('/')[0])))];
  const args = [script, '--config', join(root, '.dependency-cruiser.cjs'), '--output-type', 'json', ...folders];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder, maxBuffer: 64 * 1024 * 1024 });
  const { summary } = JSON.parse(stdout) as { summary: { violations: { from: string; rule: { name: string } }[] } };
  return summary.violations.map(({ from, rule }) => ({ from, rule: rule.name }));
}
