// Every route, called with the token of one tenant and the ids of another: no id and no word of that other comes back, nothing of it changes, and its things are as unknown as things that never were.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { routes } from '../../api/routes.ts';
import type { Route } from '../../api/route/define-route.ts';
import { startTestApi, tokenFor } from '../harness/api.ts';
import type { Answered, TestApi } from '../harness/api.ts';
import { inputsOf, notTried } from './route-inputs.ts';
import type { InputSource, RouteInput } from './route-inputs.ts';
import { tenantTables } from './tenant-tables.ts';
import { stageTenant, tenantScopes } from './tenant-stage.ts';
import type { TenantStage } from './tenant-things.ts';

let api: TestApi;
let owner: pg.Client;
let victim: TenantStage;
let attacker: TenantStage;

beforeAll(async () => {
  api = await startTestApi();
  owner = new pg.Client({ connectionString: api.database.ownerUrl });
  await owner.connect();
  victim = await stageTenant(api, 'alpha');
  attacker = await stageTenant(api, 'beta');
}, 60_000);
afterAll(async () => {
  await owner.end();
  await api.end();
});

const nameOf = ({ method, path }: Route): string => `${method} ${path}`;
const tried = routes.filter((route) => !notTried.has(nameOf(route)));
const reads = tried.filter(({ method }) => method === 'GET');
const removals = tried.filter(({ method }) => method === 'DELETE');
const writes = tried.filter(({ method }) => method !== 'GET' && method !== 'DELETE');

interface Trial {
  readonly route: Route;
  readonly input: RouteInput;
  readonly answer: Answered;
}

/** First what names nobody: what is asked with an id may stand in the caller's own log afterwards. */
async function tryAll(list: readonly Route[], from: InputSource, as: string): Promise<Trial[]> {
  const calls = list.flatMap((route) => inputsOf(route, from).map((input) => ({ route, input, plain: input.path === route.path })));
  const trials: Trial[] = [];
  for (const { route, input } of [...calls.filter(({ plain }) => plain), ...calls.filter(({ plain }) => !plain)]) {
    trials.push({ route, input, answer: await api.call(input.path, { token: as, ...input.call }) });
  }
  return trials;
}

/** What answers say of the victim, but for what the caller itself had said by then. */
function leaksIn(trials: readonly Trial[]): string[] {
  const said: string[] = [];
  return trials.flatMap(({ route, input, answer }) => {
    const isPlain = input.path === route.path && input.call.json === undefined;
    if (!isPlain) said.push(JSON.stringify(input));
    const heard = JSON.stringify([answer.body, Object.fromEntries(answer.headers)]);
    const found = [victim.word, ...victim.allIds].filter((text) => heard.includes(text) && !said.some((one) => one.includes(text)));
    return found.map((text) => `${nameOf(route)} (${input.path}) answered ${String(answer.status)} with ${text}: ${heard.slice(0, 300)}`);
  });
}

function failuresIn(trials: readonly Trial[]): string[] {
  return trials.filter(({ answer }) => answer.status >= 500 && answer.status !== 503).map(({ route, input, answer }) => `${nameOf(route)} (${input.path}) answered ${String(answer.status)}`);
}

/** Ids of the same form that never were. */
function unknownInsteadOf({ ids, made, cursor, ...rest }: TenantStage): InputSource {
  const never = (id: string): string => (/^alphaid/.test(id) ? id.replace('alpha', 'never') : id.replace(/.{6}$/, 'ZZZZZZ'));
  return {
    ...rest,
    ids: { user: never(ids.user), group: never(ids.group), org: never(ids.org), workspace: never(ids.workspace), share: never(ids.share), device: never(ids.device), resource: never(ids.resource) },
    made: new Map([...made].map(([segment, list]) => [segment, list.map(never)])),
    allIds: rest.allIds.map(never),
    tenantId: never(rest.tenantId),
    cursor: `${cursor.slice(0, -4)}AAAA`,
  };
}

/** An answer without what differs between any two calls. */
function shapeOf({ route, answer }: Trial): string {
  const text = JSON.stringify(answer.body)
    .replaceAll(/req_[0-9A-Z]{26}/g, 'req')
    .replaceAll(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?Z?/g, 'time')
    .replaceAll(/"cursor":"[^"]+"/g, '"cursor":"some"')
    .replaceAll(/"complete_through_seq":\d+/g, '"complete_through_seq":0')
    .replaceAll(/alphaid|neverid/g, 'someid');
  return `${nameOf(route)} ${String(answer.status)} ${text.slice(0, 2_000)}`;
}

async function victimRows(): Promise<Record<string, string>> {
  const rows: Record<string, string> = {};
  for (const { name } of await tenantTables(owner)) {
    const { rows: found } = await owner.query<{ print: string }>(`SELECT count(*) || ' ' || md5(coalesce(string_agg(t::text, '' ORDER BY t::text), '')) AS print FROM ${name} t WHERE tenant_id = $1`, [victim.tenantId]);
    rows[name] = found[0]?.print ?? '';
  }
  return rows;
}

describe('every route, with the ids of another tenant', () => {
  it('when the stage is set, then every route took what was made for it', () => {
    // A route named here needs an entry in test/isolation/route-inputs.ts, or more words there.
    expect([...victim.notValid, ...attacker.notValid]).toEqual([]);
  });

  it('when the other tenant reads its own, then its ids and words are found, as a control', async () => {
    const trials = await tryAll(reads, victim, victim.token);
    const telling = new Set(trials.filter((trial) => leaksIn([trial]).length > 0).map(({ route }) => nameOf(route)));

    expect(telling.size).toBeGreaterThan(15);
    expect(failuresIn(trials)).toEqual([]);
  });

  it('when they are read and removed, then nothing of it comes back, and it is as if it never was', async () => {
    const before = await victimRows();
    const trials = await tryAll([...reads, ...removals], victim, attacker.token);
    const unknown = await tryAll([...reads, ...removals], unknownInsteadOf(victim), attacker.token);
    const withIds = trials.map(({ input }) => victim.allIds.some((id) => input.path.includes(id)));

    expect(leaksIn(trials)).toEqual([]);
    expect(trials.map(shapeOf).filter((_, place) => withIds[place])).toEqual(unknown.map(shapeOf).filter((_, place) => withIds[place]));
    expect(failuresIn(trials)).toEqual([]);
    expect(await victimRows()).toEqual(before);
  }, 60_000);

  it('when they are written, then nothing of it comes back or changes, and nothing of it is read afterwards', async () => {
    const before = await victimRows();
    // The ids are the victim's, the words the attacker's own: whatever of the victim's words comes back was not sent.
    const trials = await tryAll(writes, { ...victim, word: attacker.word }, attacker.token);
    const afterwards = await tryAll(reads, { ...victim, word: attacker.word }, attacker.token);

    expect(leaksIn([...trials, ...afterwards])).toEqual([]);
    expect(failuresIn([...trials, ...afterwards])).toEqual([]);
    expect(await victimRows()).toEqual(before);
  }, 60_000);

  it('when the caller has the same user id in a tenant of its own, then nothing of it comes back either', async () => {
    const { tenantId } = await stageTenant(api, 'gamma');
    const namesake = await tokenFor({ tenantId, userId: victim.ids.user, scope: tenantScopes });
    const trials = await tryAll(reads, victim, namesake);

    expect(leaksIn(trials).filter((leak) => !leak.includes(`with ${victim.ids.user}:`))).toEqual([]);
    expect(failuresIn(trials)).toEqual([]);
  }, 60_000);

  it.each([...notTried])('when %s is left out, then there is such a route, and a reason', (name, reason) => {
    expect(routes.map(nameOf)).toContain(name);
    expect(reason).not.toBe('');
  });
});
