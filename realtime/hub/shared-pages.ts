// Pages of the log for those who catch up: thousands who come back at once from the same place read it once, and its frames are made once.
import type { LivePage, LiveQuery } from '../../db/journal/read-live.ts';
import { News } from './news.ts';

export interface NewsPage extends Omit<LivePage, 'entries'> {
  readonly news: readonly News[];
}

export interface SharedPages {
  read(query: LiveQuery): Promise<NewsPage | null>;
  close(): void;
}

export interface SharedPagesOptions {
  readonly readPage: (query: LiveQuery) => Promise<LivePage | null>;
  readonly cursorAt: (seq: number) => string;
  /** Of the log, as far as it is known here: it rises with whatever is pruned or hidden. */
  readonly floor: () => number;
}

/** Long enough for all who come back at once. */
const keptMs = 250;
/** Readers at more places than this read for themselves. */
const pagesAtMost = 8;

interface Kept {
  readonly page: Promise<NewsPage | null>;
  readonly timer: NodeJS.Timeout;
}

export function createSharedPages({ readPage, cursorAt, floor }: SharedPagesOptions): SharedPages {
  const kept = new Map<string, Kept>();
  let keptAtFloor = floor();

  function read(query: LiveQuery): Promise<NewsPage | null> {
    forgetBelowFloor();
    const key = keyOf(query);
    const known = kept.get(key);
    if (known !== undefined) return known.page;
    const page = readPage(query).then((read) => (read === null ? null : withNews(read)));
    if (kept.size >= pagesAtMost) return page;
    const forget = (): void => {
      clearTimeout(timer);
      // Another reading may stand there meanwhile.
      if (kept.get(key)?.page === page) kept.delete(key);
    };
    const timer = setTimeout(forget, keptMs);
    kept.set(key, { page, timer });
    // Whoever reads next tries again.
    page.catch(forget);
    return page;
  }

  /** What was read before something was pruned or hidden may hold it. */
  function forgetBelowFloor(): void {
    if (floor() === keptAtFloor) return;
    keptAtFloor = floor();
    forgetAll();
  }

  function forgetAll(): void {
    for (const { timer } of kept.values()) clearTimeout(timer);
    kept.clear();
  }

  function withNews({ entries, ...bounds }: LivePage): NewsPage {
    return { ...bounds, news: entries.map((entry) => new News(entry, cursorAt)) };
  }

  return { read, close: forgetAll };
}

/** How far it may read is not part of it: who asks later may read farther, and does so in the next page. */
function keyOf({ selection, withEarlier, afterSeq, limit }: LiveQuery): string {
  return JSON.stringify([selection, withEarlier, afterSeq, limit]);
}
