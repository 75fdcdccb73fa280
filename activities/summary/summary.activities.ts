// Asks the model for the text of a summary, and keeps it only when everything in it can be looked up in the entries.
import { randomBytes } from 'node:crypto';
import { Context } from '@temporalio/activity';
import { answerSummary, giveUpSummary, noteProblems, readAsked } from '../../db/summary/summaries.ts';
import { checkText } from '../../domain/summary/check-text.ts';
import type { TextProblem } from '../../domain/summary/check-text.ts';
import { promptFor } from '../../domain/summary/prompt.ts';
import type { ActivityWorld } from '../world.ts';

export interface SummaryAsked {
  readonly tenantId: string;
  readonly summaryId: string;
}

/** Of words alone: what was asked and answered stays out of histories. */
export type Asked =
  | { readonly outcome: 'answered' | 'over' }
  | { readonly outcome: 'rejected'; readonly problems: readonly TextProblem[] }
  | { readonly outcome: 'failed'; readonly why: string };

export interface SummaryActivities {
  /** Run again it asks again; a text that was kept is not asked for twice. */
  askModel(summary: SummaryAsked): Promise<Asked>;
  giveUp(summary: SummaryAsked): Promise<void>;
}

const beatMs = 2_000;

export function createSummaryActivities({ pool, model, checkSummary = checkText }: Pick<ActivityWorld, 'pool' | 'model' | 'checkSummary'>): SummaryActivities {
  return {
    async askModel({ tenantId, summaryId: id }) {
      const asked = await readAsked(pool, { tenantId, id });
      if (asked === null) return { outcome: 'over' };
      if (model === undefined) return { outcome: 'failed', why: 'no model is set up here' };
      const { input, problems: before } = asked;
      const mark = `entries-${randomBytes(8).toString('hex')}`;
      const reply = await beating((signal) => model.ask(promptFor({ input, problems: before, mark }), { signal }));
      const { log } = Context.current();
      if (reply.kind === 'failed') {
        log.warn('a summary was not written', { tenantId, summaryId: id, why: reply.why });
        return { outcome: 'failed', why: reply.why };
      }
      const problems = checkSummary(reply.text, input);
      if (problems.length === 0) {
        await answerSummary(pool, { tenantId, id }, reply.text);
        return { outcome: 'answered' };
      }
      log.warn('the text of a summary was refused', { tenantId, summaryId: id, problems });
      await noteProblems(pool, { tenantId, id }, problems);
      return { outcome: 'rejected', problems };
    },
    giveUp: ({ tenantId, summaryId: id }) => giveUpSummary(pool, { tenantId, id }),
  };
}

/** A worker that dies while the model thinks is noticed in seconds. */
async function beating<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const context = Context.current();
  const beat = setInterval(() => { context.heartbeat(); }, beatMs);
  try {
    return await work(context.cancellationSignal);
  } finally {
    clearInterval(beat);
  }
}
