// The README's tour, typed as it is printed on a fresh installation: every answer is the one that is printed beside it.
import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dataFolderAt } from '../../bin/data-folder/data-folder.ts';
import { removePlace } from '../../bin/postgres/place.ts';
import { readTour, sameAnswer } from './read-tour.ts';
import { environmentOf, freshPort, root, startInstallation } from '../harness/installation.ts';
import type { Started } from '../harness/installation.ts';

const readme = readFileSync(join(root, 'README.md'), 'utf8');
const steps = readTour(readme, 'Five minutes');
const printedUrl = 'http://127.0.0.1:3100';
const limitMs = 90_000;
const between = '----- next step -----';

let dataDir: string;
let port: number;
let started: Started;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'holdfast-tour-'));
  chmodSync(dataDir, 0o711);
  port = await freshPort();
  started = startInstallation({ dataDir, port });
  await started.says(/Ready: /);
}, limitMs);
afterAll(async () => {
  started.signal('SIGINT');
  await started.ended;
  removePlace(dataFolderAt(dataDir).postgres);
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
}, limitMs);

/** In one shell, as a person would: what a step sets, the next one uses. */
async function type(commands: readonly string[]): Promise<string[]> {
  const script = ['set -e', ...commands.map((command) => `${command}\necho; echo '${between}'`)].join('\n').replaceAll(printedUrl, `http://127.0.0.1:${String(port)}`);
  const { stdout } = await promisify(execFile)('bash', ['-c', script], { cwd: root, env: environmentOf({ dataDir, port }), timeout: limitMs });
  return stdout.split(`${between}\n`).slice(0, commands.length);
}

describe('the tour in the README', () => {
  it('when it is typed as printed, then every answer is the printed one', async () => {
    const answers = await type(steps.map(({ typed }) => typed));

    expect(steps.length).toBeGreaterThan(4);
    for (const [place, { typed, answered }] of steps.entries()) {
      expect(answered).not.toBeNull();
      const { printed, came } = sameAnswer(answered ?? '', answers[place] ?? '');
      expect({ typed, answer: came }).toEqual({ typed, answer: printed });
    }
  }, limitMs);

  it.each([
    ['another status', '{"status":"created"}', '{"status":"duplicate"}'],
    ['a field too few', '{"id":"evt_01M7Z7RARE0WH81VDDQZJMNCAM","seq":3}', '{"id":"evt_01M7Z7RARE0WH81VDDQZJMNCAM"}'],
    ['a broken chain', 'demo: ok: 4 entries', 'demo: BAD: first bad seq 3'],
  ])('when the README printed %s, then it would be noticed, as a control', (_what, printed, came) => {
    const compared = sameAnswer(printed, came);

    expect(compared.came).not.toEqual(compared.printed);
  });

  it('when only ids, times, cursors and hashes differ, then it is the same answer', () => {
    const compared = sameAnswer(
      '{"id": "evt_01M7Z7RARE0WH81VDDQZJMNCAM", "at": "2026-11-21T14:21:52.719Z", "cursor": "MS5B"}',
      '{"id":"evt_01M7Z7RARE0WH81VDDQZJMNCXX","at":"2027-01-01T00:00:00.000Z","cursor":"QQ"}',
    );

    expect(compared.came).toEqual(compared.printed);
  });
});

describe('the list of features in the README', () => {
  const linked = [...readme.matchAll(/\]\(([^)#]+)\)/g)].map(([, target]) => String(target)).filter((target) => !target.startsWith('http'));

  it('when a link is followed, then something is there', () => {
    expect(linked.filter((target) => !existsSync(join(root, target)))).toEqual([]);
  });

  it('when a feature has a front door, then the list leads to it', () => {
    const features = readdirSync(join(root, 'domain')).filter((name) => existsSync(join(root, 'domain', name, 'README.md')));

    expect(features.filter((name) => !linked.some((target) => dirname(target) === `domain/${name}`))).toEqual([]);
  });

  it('when a script is named, then there is such a script', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
    const named = ['README.md', 'CONTRIBUTING.md', 'ARCHITECTURE.md'].flatMap((file) => [...readFileSync(join(root, file), 'utf8').matchAll(/npm run (?:--silent )?([a-z-]+)/g)].map(([, name]) => String(name)));

    expect([...new Set(named)].filter((name) => scripts[name] === undefined)).toEqual([]);
  });
});
