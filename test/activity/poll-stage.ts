// A tenant for the tests of polling: places above each other and one without multiplayer, somebody in them, and what a poll answered.
import { expect } from '@jest/globals';
import { tokenFor } from '../harness/api.ts';
import type { Answered, TestApi } from '../harness/api.ts';
import { eventually } from '../harness/eventually.ts';

export interface PollStage {
  readonly tenantId: string;
  readonly admin: string;
  readonly member: string;
  /** Of somebody whom nothing has concerned yet. */
  readonly stranger: string;
  put(path: string, json: unknown): Promise<Answered>;
  write(entry: Readonly<Record<string, unknown>>): Promise<Answered>;
  poll(path: string, token?: string): Promise<Answered>;
}

let tenants = 0;

/** Org org_1 over workspace ws_1 over share shr_1, and share shr_solo without multiplayer; usr_m is a member of ws_1, shr_1 and shr_solo. */
export async function stagePolls(api: TestApi): Promise<PollStage> {
  tenants += 1;
  const tenantId = `act${String(tenants)}`;
  await api.makeTenant(tenantId);
  const admin = await tokenFor({ tenantId, scope: 'tenant:admin' });
  const member = await tokenFor({ tenantId, userId: 'usr_m' });
  const put = async (path: string, json: unknown) => {
    const answer = await api.call(`/api/v1/directory/${path}`, { method: 'PUT', token: admin, json });
    expect(answer.status).toBeLessThan(300);
    return answer;
  };
  await put('profiles/org_1', { type: 'org', name: 'Org' });
  await put('profiles/ws_1', { type: 'workspace', name: 'Work', parent_id: 'org_1' });
  await put('profiles/shr_1', { type: 'share', name: 'Share', parent_id: 'ws_1' });
  await put('profiles/shr_solo', { type: 'share', name: 'Solo', multiplayer: false });
  await put('users/usr_m', { email: 'm@example.com', name: 'M' });
  for (const id of ['ws_1', 'shr_1', 'shr_solo']) await put(`profiles/${id}/members/usr_m`, { role: 'member' });
  return {
    tenantId,
    admin,
    member,
    stranger: await tokenFor({ tenantId, userId: 'usr_s' }),
    put,
    write: (entry) => api.call('/api/v1/events', { method: 'POST', token: admin, json: { event_type: 'file.create', ...entry } }),
    poll: (path, token = member) => api.call(`/current/activity/poll/${path}`, { token }),
  };
}

/** A poll that is held now. What the stage itself wrote may still be coming by and answers a poll at once: then it is asked again, as its clients do. */
export async function held(api: TestApi, ask: () => Promise<Answered>): Promise<{ readonly waiting: Promise<Answered> }> {
  for (let triesLeft = 5; ; triesLeft -= 1) {
    const waiting = ask();
    const early: { answer: Answered | null } = { answer: null };
    void waiting.then((answer) => { early.answer = answer; }, () => undefined);
    await eventually(() => api.world.activity.held === 1 || early.answer !== null);
    if (early.answer === null) return { waiting };
    if (triesLeft === 0 || early.answer.status !== 200) throw new Error(`the poll was answered and not held: ${JSON.stringify(early.answer.body)}`);
  }
}

export const responseOf = ({ body }: Answered) => body.response as { readonly activity: Record<string, string>; readonly lastactivity: string };
export const activityOf = (answer: Answered): Record<string, string> => responseOf(answer).activity;
export const fieldsOf = (answer: Answered): string[] => Object.keys(activityOf(answer)).sort();
export const lastOf = (answer: Answered): string => encodeURIComponent(responseOf(answer).lastactivity);
export const nothing = { result: 'yes', response: { results: 0, activity: [] } };
