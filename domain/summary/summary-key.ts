// By what a text is found again: by everything it was made from, so that it can be given only to somebody who was just shown all of that.
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { canonicalJson } from '../shared/json.ts';
import type { SummaryInput } from './summary-input.ts';

export interface SummaryMaking {
  readonly tenantId: string;
  /** Which model is asked. */
  readonly model: string;
  readonly input: SummaryInput;
}

/** Filter, range, head of the log and the reader's rights are in it by what they let through: another page is another key. */
export function summaryKey({ tenantId, model, input: { entries, entities, userContext } }: SummaryMaking): string {
  const made = { form: formOfPrompt, tenantId, model, userContext, entries: entries.map((entry) => ({ ...entry })), entities: entities.map((entity) => ({ ...entity })) };
  return bytesToHex(sha256(new TextEncoder().encode(canonicalJson(made))));
}

/** Raised when what the model is told changes: texts made from the old words are not given out any more. */
const formOfPrompt = 1;
