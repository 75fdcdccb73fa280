// The words of a summary that need a judgement of their own: numbers spelled out, words that may begin with a capital, words that have no place in it.
import { currentEvents } from '../vocabulary/current-events.ts';

/** A number however it is written; null for any other word. */
export function numberOfWord(word: string): number | null {
  return numbers.get(word.toLowerCase()) ?? null;
}

/** Claims about how many that nothing can be counted for. */
export function isVagueNumber(word: string): boolean {
  return vague.has(word.toLowerCase());
}

/** A capital announces a name, and names are written as pills: only these words may have one without. */
export function mayBeCapital(word: string): boolean {
  return written.has(word) || (/^[A-Z][a-z']*$/.test(word) && ordinary.has(word.toLowerCase()));
}

/** A summary tells; it never turns to its reader or to whoever wrote it. */
export function isAddress(word: string): boolean {
  return addresses.has(word.toLowerCase());
}

const numbers: ReadonlyMap<string, number> = new Map(
  ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve', 'thirteen', 'fourteen', 'fifteen', 'sixteen', 'seventeen', 'eighteen', 'nineteen', 'twenty']
    .map((word, number): [string, number] => [word, number])
    .concat([['thirty', 30], ['forty', 40], ['fifty', 50], ['sixty', 60], ['seventy', 70], ['eighty', 80], ['ninety', 90], ['once', 1], ['twice', 2], ['thrice', 3], ['dozen', 12]]),
);

const vague: ReadonlySet<string> = new Set([
  'dozens', 'hundred', 'hundreds', 'thousand', 'thousands', 'million', 'millions', 'billion', 'billions', 'half', 'quarter', 'third', 'double', 'doubled', 'triple', 'tripled', 'percent',
  'percentage', 'majority', 'countless',
]);

const addresses: ReadonlySet<string> = new Set([
  'you', 'your', 'yours', 'yourself', 'please', 'click', 'visit', 'ignore', 'ignored', 'ignoring', 'disregard', 'instruction', 'instructions', 'prompt', 'prompts', 'http', 'https', 'www',
  'javascript', 'i', 'me', 'my', 'we', 'us', 'our',
]);

const ordinary: ReadonlySet<string> = new Set([
  'a', 'about', 'across', 'activity', 'actions', 'additionally', 'afterwards', 'after', 'all', 'also', 'among', 'an', 'and', 'another', 'as', 'at', 'before', 'besides', 'between', 'both', 'by', 'changes', 'comments', 'did',
  'downloads', 'during', 'each', 'earlier', 'events', 'file', 'files', 'finally', 'first', 'folder', 'folders', 'for', 'from', 'further', 'he', 'however', 'in', 'it', 'its', 'later', 'latest', 'meanwhile', 'members', 'most',
  'moreover', 'no', 'nobody', 'nothing', 'of', 'on', 'one', 'only', 'other', 'others', 'over', 'overall', 'people', 'recent', 'recently', 'several', 'she', 'shares', 'since', 'some', 'somebody', 'storage', 'summary', 'that',
  'the', 'their', 'then', 'there', 'these', 'they', 'this', 'those', 'through', 'throughout', 'to', 'together', 'total', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'under', 'until', 'uploads',
  'users', 'utc', 'was', 'were', 'when', 'while', 'with', 'within', 'without', 'workspace', 'workspaces', 'service', 'system', 'refused', 'failed',
]);

/** As the vocabulary's own sentences write them: SIEM, ZIP, and what they begin with. */
const written: ReadonlySet<string> = new Set(['UTC', ...currentEvents.flatMap(({ description }) => description.match(/\b[A-Z][A-Za-z']*/g) ?? [])]);
