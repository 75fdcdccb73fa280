// The parameter `output`: one level of detail at most, modifiers beside it, and whatever nobody knows is passed over.
import { refuseFields } from '../shared/refusal.ts';
import type { Refusal } from '../shared/refusal.ts';
import { detailLevels } from './present-event.ts';
import type { DetailLevel } from './present-event.ts';

export interface Output {
  readonly level: DetailLevel;
  readonly isMarkdown: boolean;
}

export function readOutput(text: string | undefined): Output | Refusal {
  const tokens = new Set(text?.split(',').map((token) => token.trim()));
  const [level = 'full', ...others] = detailLevels.filter((known) => tokens.has(known));
  if (others.length > 0) return refuseFields([{ field: 'output', expected: `expected one of ${detailLevels.join(', ')}, not several` }]);
  return { level, isMarkdown: tokens.has('markdown') };
}
