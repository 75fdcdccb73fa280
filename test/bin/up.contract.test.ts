// `npm start`: serves, prints what to paste, refuses a second one, survives the killing of its parts and of itself, and leaves nothing behind.
import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dataFolderAt } from '../../bin/data-folder/data-folder.ts';
import { removePlace } from '../../bin/postgres/place.ts';
import { childrenOf, commandLine, signalProcess } from '../../bin/process/process-table.ts';
import { eventually } from '../harness/eventually.ts';
import { processesNaming } from '../harness/leaks.ts';
import { freshPort, startInstallation } from '../harness/installation.ts';
import type { Started } from '../harness/installation.ts';

let dataDir: string;
let port: number;
let started: Started;
const limitMs = 90_000;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'holdfast-up-'));
  chmodSync(dataDir, 0o711);
  port = await freshPort();
  started = startInstallation({ dataDir, port });
  await started.says(/Ready: /);
}, limitMs);
afterAll(async () => {
  started.signal('SIGINT');
  await started.ended;
  for (const { pid } of processesNaming(dataDir)) signalProcess(pid, 'SIGKILL');
  removePlace(dataFolderAt(dataDir).postgres);
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
}, limitMs);

/** The line that is printed to be pasted, pasted. */
async function paste({ printed }: Started): Promise<{ changes: { resource_id: string }[] }> {
  const line = /^curl .*$/m.exec(printed())?.[0] ?? 'false';
  const { stdout } = await promisify(execFile)('bash', ['-c', line], { timeout: 20_000 });
  return JSON.parse(stdout) as { changes: { resource_id: string }[] };
}

async function tell({ printed }: Started, resourceId: string): Promise<number> {
  const [, token = ''] = /Bearer (\S+)'/.exec(printed()) ?? [];
  const answer = await fetch(`http://127.0.0.1:${String(port)}/api/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ event_type: 'file.create', share_id: 'shr_1', resource_type: 'file', resource_id: resourceId, change: { change_type: 'created' } }),
    signal: AbortSignal.timeout(20_000),
  });
  return answer.status;
}

function secrets(): Record<string, { mode: number; text: string }> {
  const { secrets: folder } = dataFolderAt(dataDir);
  return Object.fromEntries(
    readdirSync(folder).map((name) => [name, { mode: statSync(join(folder, name)).mode & 0o777, text: readFileSync(join(folder, name), 'utf8') }]),
  );
}

function postmaster(): number {
  return Number(readFileSync(join(dataFolderAt(dataDir).postgres, '18', 'postmaster.pid'), 'utf8').split('\n')[0]);
}

describe('npm start', () => {
  it('when it serves, then the line it prints can be pasted, and shows the log of an admin', async () => {
    expect(started.printed()).toContain(`Ready: http://127.0.0.1:${String(port)}`);
    expect((await paste(started)).changes).toEqual([]);
    expect(await tell(started, 'first')).toBe(201);
    expect((await paste(started)).changes).toMatchObject([{ resource_id: 'first' }]);
  }, limitMs);

  it('when it runs on the PostgreSQL that it brings, then what is acknowledged is kept', async () => {
    const readiness = await fetch(`http://127.0.0.1:${String(port)}/readyz`, { signal: AbortSignal.timeout(20_000) });

    expect(await readiness.json()).toMatchObject({ dependencies: expect.arrayContaining([{ name: 'durability', ok: true, required: false }]) });
    expect(started.printed()).not.toContain('may be lost');
  }, limitMs);

  it('when it is started twice, then the second refuses, says who runs, and the first goes on', async () => {
    const second = startInstallation({ dataDir, port: await freshPort() });

    expect(await second.ended).toBe(1);
    expect(second.printed()).toMatch(new RegExp(`Holdfast already runs from ${dataDir} \\(process \\d+, since .*\\)`));
    expect(second.printed()).toContain('HOLDFAST_DATA_DIR');
    expect(await tell(started, 'second')).toBe(201);
  }, limitMs);

  it('when PostgreSQL is killed, then it comes back by itself with all that was acknowledged', async () => {
    const victim = postmaster();
    signalProcess(victim, 'SIGKILL');
    await eventually(() => postmaster() !== victim, { limitMs: 30_000 });
    await eventually(async () => (await tell(started, 'third')) === 201, { limitMs: 30_000 });

    expect((await paste(started)).changes.map(({ resource_id: id }) => id)).toEqual(['first', 'second', 'third']);
  }, limitMs);

  it('when the API is killed, then it comes back by itself', async () => {
    const up = childrenOf(started.pid)[0] ?? 0;
    const victim = childrenOf(up).find((pid) => commandLine(pid)?.endsWith('api.ts') === true) ?? 0;
    signalProcess(victim, 'SIGKILL');

    await eventually(async () => (await tell(started, 'fourth')) === 201, { limitMs: 30_000 });
  }, limitMs);

  it('when it is asked to stop, then it says so, ends with 0, and leaves no process', async () => {
    started.signal('SIGINT');

    expect(await started.ended).toBe(0);
    expect(started.printed()).toMatch(/Holdfast +stopped\n/);
    expect(processesNaming(dataDir)).toEqual([]);
  }, limitMs);

  it('when it is started again, then data and secrets are as they were', async () => {
    const before = secrets();
    started = startInstallation({ dataDir, port });
    await started.says(/Ready: /);

    expect((await paste(started)).changes.map(({ resource_id: id }) => id)).toEqual(['first', 'second', 'third', 'fourth']);
    expect(secrets()).toEqual(before);
    expect(Object.keys(before).sort()).toEqual(['cursor-secret', 'evidence-key.pem', 'jwt-secret', 'postgres-password']);
    expect(Object.values(before).map(({ mode }) => mode)).toEqual([0o600, 0o600, 0o600, 0o600]);
  }, limitMs);

  it('when only the program itself is killed, then the next start ends what it had left running', async () => {
    const up = childrenOf(started.pid)[0] ?? 0;
    const left = postmaster();
    for (const pid of [started.pid, up]) signalProcess(pid, 'SIGKILL');
    await started.ended;
    started = startInstallation({ dataDir, port });
    await started.says(/Ready: /);

    expect(started.printed()).toContain(`an earlier run left PostgreSQL running (pid ${String(left)})`);
    expect((await paste(started)).changes).toHaveLength(4);
  }, limitMs);
});
