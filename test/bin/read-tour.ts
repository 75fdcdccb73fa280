// The newcomer's tour as the README prints it: what to type, what is answered, and whether an answer is the one that is printed.

export interface TourStep {
  /** Lines of the shell. */
  readonly typed: string;
  /** What the README says comes back; null where it says nothing. */
  readonly answered: string | null;
}

/** The steps between a heading and the next one. */
export function readTour(readme: string, heading: string): TourStep[] {
  const [, after] = readme.split(`\n## ${heading}\n`);
  if (after === undefined) throw new Error(`there is no heading ${heading}`);
  const [section = ''] = after.split('\n## ');
  const blocks = [...section.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = '', text = '']) => ({ language, text: text.trim() }));
  return blocks.flatMap(({ language, text }, place) => {
    if (language !== 'sh') return [];
    const next = blocks[place + 1];
    return [{ typed: text, answered: next === undefined || next.language === 'sh' ? null : next.text }];
  });
}

/** Both without what differs from run to run: ids the server makes, times, cursors, hashes. As JSON where they are JSON. */
export function sameAnswer(printed: string, came: string): { readonly printed: unknown; readonly came: unknown } {
  return { printed: masked(printed), came: masked(came) };
}

function masked(text: string): unknown {
  const plain = text
    .trim()
    .replaceAll(/\b(evt|chg|aud)_[0-9A-Z]{26}\b/g, '$1_…')
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, 'a time')
    .replaceAll(/"cursor":\s*"[^"]+"/g, '"cursor": "…"')
    .replaceAll(/\b[0-9a-f]{64}\b/g, 'a hash')
    // How many have been signed by now depends on when the worker came to it.
    .replaceAll(/checkpoints \d+/g, 'checkpoints …');
  try {
    return JSON.parse(plain) as unknown;
  } catch {
    return plain.split('\n').map((line) => line.trim());
  }
}
