// The lint rules of our own judge what they are there to judge, and their messages say where the thing belongs.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { beforeAll, describe, expect, it } from '@jest/globals';

const root = join(import.meta.dirname, '..', '..');
const imports = '@typescript-eslint/no-restricted-imports';

interface Sample {
  readonly path: string;
  readonly text: string;
}

const bad: readonly (Sample & { readonly rule: string; readonly teaches: RegExp })[] = [
  { path: 'domain/x/a.ts', text: "// A.\nimport { Pool } from 'pg';", rule: imports, teaches: /The domain is pure/ },
  { path: 'domain/x/b.ts', text: "// A.\nimport { hash } from 'node:crypto';", rule: imports, teaches: /The domain is pure/ },
  {
    path: 'domain/x/y/z/c.ts',
    text: "// A.\nimport type { Pool } from '../../../../db/pool.ts';",
    rule: imports,
    teaches: /The domain is pure/,
  },
  { path: 'db/x/a.ts', text: "// A.\nimport { x } from '../../api/world.ts';", rule: imports, teaches: /db remembers/ },
  {
    path: 'activities/x/a.ts',
    text: "// A.\nimport { x } from '../../workflows/x/x.workflow.ts';",
    rule: imports,
    teaches: /An activity does one thing/,
  },
  { path: 'workflows/x/a.ts', text: "// A.\nimport { x } from '../../db/pool.ts';", rule: imports, teaches: /A workflow is replayed/ },
  {
    path: 'workflows/x/b.ts',
    text: "// A.\nimport { x } from '../../activities/x/x.ts';",
    rule: imports,
    teaches: /A workflow is replayed/,
  },
  { path: 'workflows/x/c.ts', text: "// A.\nimport { p } from '@mikro-orm/core';", rule: imports, teaches: /A workflow is replayed/ },
  {
    path: 'api/v1/x/a.ts',
    text: "// A.\nimport { x } from '../../../workflows/x/x.workflow.ts';",
    rule: imports,
    teaches: /\*\.messages\.ts/,
  },
  { path: 'api/v1/x/b.ts', text: "// A.\nimport { x } from '../../../realtime/socket.ts';", rule: imports, teaches: /realtime\/hub/ },
  { path: 'realtime/a.ts', text: "// A.\nimport { x } from '../api/route/reply.ts';", rule: imports, teaches: /api\/auth/ },
  { path: 'realtime/hub/a.ts', text: "// A.\nimport { x } from '../../db/pool.ts';", rule: imports, teaches: /The hub reads the log/ },
  { path: 'bin/a.ts', text: "// A.\nimport { x } from '../test/harness/x.ts';", rule: imports, teaches: /does not lean on tests/ },
  { path: 'api/a.ts', text: "// A.\nimport { x } from './shared/utils.ts';", rule: imports, teaches: /named after/ },
  { path: 'api/b.ts', text: '// A.\nexport const here = process.env;', rule: 'no-restricted-syntax', teaches: /read once, in bin\/config/ },
  { path: 'api/c.ts', text: '// A.\nexport default 1;', rule: 'no-restricted-syntax', teaches: /Export by name/ },
  { path: 'api/d.ts', text: '// A.\nconst a = 1;\nexport { a as default };', rule: 'no-restricted-exports', teaches: /default/ },
  { path: 'api/e.ts', text: "// A.\nexport * from './world.ts';", rule: 'no-restricted-syntax', teaches: /No barrels/ },
  { path: 'api/f.ts', text: 'export const a = 1;', rule: 'holdfast/begins-with-comment', teaches: /first line is a comment/ },
  { path: 'api/g.ts', text: '\n// Late.\nexport const a = 1;', rule: 'holdfast/begins-with-comment', teaches: /first line is a comment/ },
  { path: 'api/h.ts', text: '// A file.\n// @ts-ignore\nexport const a = 1;', rule: '@typescript-eslint/ban-ts-comment', teaches: /ts-/ },
];

const good: readonly Sample[] = [
  {
    path: 'domain/x/a.ts',
    text: "// A file.\nimport { z } from 'zod';\nimport { refuse } from '../shared/refusal.ts';\nexport const a = [z, refuse];",
  },
  { path: 'workflows/x/a.ts', text: "// A file.\nimport type { X } from '../../activities/x/x.ts';\nexport type A = X;" },
  {
    path: 'api/v1/x/a.ts',
    text: "// A file.\nimport { x } from '../../../workflows/x/x.messages.ts';\nimport { h } from '../../../realtime/hub/hub.ts';\nexport const a = [x, h];",
  },
  { path: 'realtime/a.ts', text: "// A file.\nimport { x } from '../api/auth/authenticate.ts';\nexport const a = x;" },
  { path: 'bin/a.ts', text: '// A file.\nexport const here = process.env;' },
  { path: 'test/x/a.unit.test.ts', text: "// A file.\nimport { x } from '../../bin/x.ts';\nexport const a = x;" },
];

const verdicts: { readonly rule: string; readonly message: string }[][] = [];

beforeAll(async () => {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'lint-samples.mjs')], { cwd: root, stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify([...bad, ...good]));
  verdicts.push(...(JSON.parse(await text(child.stdout)) as typeof verdicts));
}, 60_000);

describe('the lint rules', () => {
  it.each(bad.map((sample, index) => ({ ...sample, index })))('when $path says $text, then $rule teaches', ({ index, rule, teaches }) => {
    expect(verdicts[index]).toContainEqual({ rule, message: expect.stringMatching(teaches) });
  });

  it.each(good.map((sample, index) => ({ ...sample, index: bad.length + index })))(
    'when $path says $text, then nobody minds',
    ({ index }) => {
      expect(verdicts[index]).toEqual([]);
    },
  );
});
