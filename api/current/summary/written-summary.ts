// The text for a page of events: extractive where no model is set up, else the model's as far as it holds against what this reader was shown.
import { askForSummary, readSummary } from '../../../db/summary/summaries.ts';
import type { SummaryRef } from '../../../db/summary/summaries.ts';
import { checkText } from '../../../domain/summary/check-text.ts';
import { extractiveText } from '../../../domain/summary/extractive.ts';
import { summaryKey } from '../../../domain/summary/summary-key.ts';
import type { SummaryInput } from '../../../domain/summary/summary-input.ts';
import type { SummarySource } from '../../../domain/summary/summary.schema.ts';
import type { ApiWorld } from '../../world.ts';

export interface Writing {
  readonly tenantId: string;
  readonly input: SummaryInput;
  readonly signal: AbortSignal;
}

export interface WrittenText {
  readonly text: string;
  readonly source: SummarySource;
  /** Somebody waited for it: what was read before may be another's to read by now. */
  readonly tookTime: boolean;
}

export type Written = WrittenText | { readonly text: null; readonly tookTime: boolean };

export type WritingWorld = Pick<ApiWorld, 'pool' | 'summaries' | 'checkSummary'>;

export async function writtenSummary({ tenantId, input, signal }: Writing, world: WritingWorld): Promise<Written> {
  const { pool, summaries: carrier, checkSummary = checkText } = world;
  if (carrier === null) return { text: extractiveText(input), source: 'extractive', tookTime: false };
  const ref: SummaryRef = { tenantId, id: summaryKey({ tenantId, model: carrier.model, input }) };
  let standing = await askForSummary(pool, ref, input);
  const tookTime = standing.state === 'asked';
  if (tookTime) {
    await carrier.carry({ tenantId, summaryId: ref.id }, { signal });
    standing = await readSummary(pool, ref);
  }
  // Checked when it was kept, and again here: this is the reader who must not be lied to, and these are the events they were shown.
  if (standing.state === 'answered' && checkSummary(standing.text, input).length === 0) return { text: standing.text, source: 'model', tookTime };
  return carrier.fallback === 'extractive' ? { text: extractiveText(input), source: 'extractive', tookTime } : { text: null, tookTime };
}
