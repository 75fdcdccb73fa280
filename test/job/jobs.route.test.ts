// The doors of jobs: asked for, listed, read and cancelled, by those who may, with an entry for each.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApi, tokenFor } from '../harness/api.ts';
import type { Answered, TestApi } from '../harness/api.ts';
import { queryAsOwner } from '../harness/owner-query.ts';

let api: TestApi;
let tenants = 0;

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(async () => {
  await api.end();
});

const path = '/api/v1/admin/jobs';

interface Home {
  readonly tenantId: string;
  readonly admin: string;
  start(kind?: string, token?: string): Promise<Answered>;
  list(query?: string, token?: string): Promise<Answered>;
  read(id: string, token?: string): Promise<Answered>;
  cancel(id: string, token?: string): Promise<Answered>;
  /** Of what was done; what was refused has entries of its own. */
  entries(): Promise<Record<string, unknown>[]>;
}

async function freshHome(): Promise<Home> {
  tenants += 1;
  const tenantId = `j${String(tenants)}`;
  await api.makeTenant(tenantId);
  const admin = await tokenFor({ tenantId, scope: 'tenant:admin' });
  return {
    tenantId,
    admin,
    start: (kind = 'checkpoint', token = admin) => api.call(path, { method: 'POST', token, json: { kind } }),
    list: (query = '', token = admin) => api.call(`${path}${query}`, { token }),
    read: (id, token = admin) => api.call(`${path}/${id}`, { token }),
    cancel: (id, token = admin) => api.call(`${path}/${id}/cancel`, { method: 'POST', token }),
    entries() {
      return queryAsOwner(
        api.database,
        `SELECT own_action, event_type, user_id, resource_type, resource_id, details FROM entry WHERE tenant_id = $1 AND seq > 1 AND outcome = 'success' ORDER BY seq`,
        [tenantId],
      );
    },
  };
}

const idOf = ({ body }: Answered): string => body.id as string;
const idsOf = ({ body }: Answered): string[] => body.jobs.map(({ id }: { id: string }) => id);

describe('POST /api/v1/admin/jobs', () => {
  it('when an administrator asks, then it is 202 with the job as it waits, and the log tells of it', async () => {
    const { start, entries } = await freshHome();
    const answer = await start();

    expect(answer).toMatchObject({ status: 202, body: { kind: 'checkpoint', state: 'queued', requested_by: 'admin', scheduled_for: null, started_at: null, finished_at: null, result: null, error: null } });
    expect(await entries()).toMatchObject([
      { own_action: 'start_job', event_type: 'admin.job_start', user_id: 'admin', resource_type: 'job', resource_id: idOf(answer), details: { kind: 'checkpoint', state: 'queued' } },
    ]);
  });

  it('when the kind is unknown or another field is sent, then it is refused by name', async () => {
    const { admin, entries } = await freshHome();
    const unknown = await api.call(path, { method: 'POST', token: admin, json: { kind: 'world_peace' } });
    const surplus = await api.call(path, { method: 'POST', token: admin, json: { kind: 'checkpoint', now: true } });

    expect([unknown.status, unknown.body.error.details.fields[0].field]).toEqual([422, 'kind']);
    expect([surplus.status, surplus.body.error.details.fields[0].field]).toEqual([422, 'now']);
    expect(await entries()).toEqual([]);
  });

  it('when twenty of a kind are open, then the next one is told to come back, and another tenant is not', async () => {
    const { start, list } = await freshHome();
    for (let index = 0; index < 20; index += 1) expect((await start()).status).toBe(202);
    const refused = await start();

    expect([refused.status, refused.body.error.code, refused.headers.get('retry-after')]).toEqual([429, 'TOO_BUSY', '30']);
    expect((await list('?limit=100')).body.jobs).toHaveLength(20);
    expect((await (await freshHome()).start()).status).toBe(202);
  });

  it('when work of the installation is asked for, then only an operator may, and sees it', async () => {
    const { tenantId, start, list, read } = await freshHome();
    const operator = await tokenFor({ tenantId, userId: 'operator', scope: 'admin:*' });
    const answer = await start('partitions_ahead', operator);

    expect((await start('partitions_ahead')).status).toBe(403);
    expect(answer).toMatchObject({ status: 202, body: { kind: 'partitions_ahead', requested_by: `${tenantId}/operator` } });
    expect(idsOf(await list('?kind=partitions_ahead', operator))).toContain(idOf(answer));
    expect(idsOf(await list('', operator))).toEqual([]);
    expect((await list('?kind=partitions_ahead')).status).toBe(403);
    expect((await read(idOf(answer), operator)).status).toBe(200);
    expect((await read(idOf(answer))).status).toBe(404);
  });
});

describe('GET /api/v1/admin/jobs', () => {
  it('when there are many, then they come page by page from the newest, each once', async () => {
    const { start, list } = await freshHome();
    const made: string[] = [];
    for (let index = 0; index < 7; index += 1) made.push(idOf(await start()));
    const seen: string[] = [];
    let query = '?limit=3';
    for (let more = true; more; ) {
      const page = await list(query);
      seen.push(...idsOf(page));
      more = page.body.has_more as boolean;
      query = `?limit=3&cursor=${String(page.body.cursor)}`;
    }

    expect(seen).toEqual([...made].sort().reverse());
  });

  it('when a state is asked for, then only these are listed', async () => {
    const { start, cancel, list } = await freshHome();
    const [one, two] = [idOf(await start()), idOf(await start())];
    await cancel(one);

    expect(idsOf(await list('?state=queued'))).toEqual([two]);
    expect(idsOf(await list('?state=cancelled&kind=checkpoint'))).toEqual([one]);
    expect(idsOf(await list('?state=failed'))).toEqual([]);
  });

  it.each(['limit=0', 'limit=1001', 'state=lost', 'kind=unknown', 'surprise=1'])('when %s is asked for, then it is refused and named', async (query) => {
    const { list } = await freshHome();
    const { status, body } = await list(`?${query}`);

    expect([status, body.error.details.fields[0].field]).toEqual([422, query.split('=')[0]]);
  });
});

describe('GET /api/v1/admin/jobs/{id}', () => {
  it('when the job is there, then it is shown as it stands; when not, then it is 404', async () => {
    const { start, read } = await freshHome();
    const started = await start();

    expect(await read(idOf(started))).toMatchObject({ status: 200, body: started.body });
    expect((await read('nowhere')).status).toBe(404);
  });
});

describe('POST /api/v1/admin/jobs/{id}/cancel', () => {
  it('when it waits, then it is cancelled at once, said twice it changes nothing, and the log has one entry', async () => {
    const { start, cancel, read, entries } = await freshHome();
    const id = idOf(await start());
    const first = await cancel(id);
    const second = await cancel(id);

    expect(first).toMatchObject({ status: 200, body: { state: 'cancelled', finished_at: expect.stringMatching(/Z$/) } });
    expect([second.status, second.body]).toEqual([200, first.body]);
    expect((await read(id)).body).toEqual(first.body);
    expect((await entries()).map(({ own_action }) => own_action)).toEqual(['start_job', 'cancel_job']);
  });

  it('when it has ended, then it is a conflict that names how', async () => {
    const { tenantId, start, cancel, entries } = await freshHome();
    const id = idOf(await start());
    await queryAsOwner(api.database, `UPDATE job SET state = 'completed', finished_at = now() WHERE tenant_id = $1 AND id = $2`, [tenantId, id]);

    expect(await cancel(id)).toMatchObject({ status: 409, body: { error: { code: 'CONFLICT', details: { state: 'completed' } } } });
    expect(await entries()).toHaveLength(1);
  });

  it('when it is not there, then it is 404', async () => {
    const { cancel } = await freshHome();

    expect((await cancel('nowhere')).status).toBe(404);
  });
});

describe('who may', () => {
  it.each(['audit:read', 'compliance:manage', 'events:write', ''])('when the token has the scope "%s", then all of it is 403', async (scope) => {
    const { tenantId, start, list, read, cancel } = await freshHome();
    const id = idOf(await start());
    const token = await tokenFor({ tenantId, userId: 'somebody', scope });
    const answers = [await start('checkpoint', token), await list('', token), await read(id, token), await cancel(id, token)];

    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
  });

  it('when the token is of another tenant, then its jobs are not there', async () => {
    const mine = await freshHome();
    const other = await freshHome();
    const id = idOf(await mine.start());

    expect(idsOf(await mine.list('', other.admin))).toEqual([]);
    expect((await mine.read(id, other.admin)).status).toBe(404);
    expect((await mine.cancel(id, other.admin)).status).toBe(404);
    expect((await mine.read(id)).body.state).toBe('queued');
  });
});
