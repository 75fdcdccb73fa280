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
}

/** What was pruned or hidden meanwhile is told so long at most. */
const keptMs = 250;
/** Readers at more places than this read for themselves. */
const pagesAtMost = 8;

interface Kept {
  readonly page: Promise<NewsPage | null>;
  readonly timer: NodeJS.Timeout;
}

export function createSharedPages({ readPage, cursorAt }: SharedPagesOptions): SharedPages {
  const kept = new Map<string, Kept>();

  function read(query: LiveQuery): Promise<NewsPage | null> {
    const key = keyOf(query);
    const known = kept.get(key);
    if (known !== undefined) return known.page;
    const page = readPage(query).then((read) => (read === null ? null : withNews(read)));
    if (kept.size >= pagesAtMost) return page;
    const forget = (): void => {
      clearTimeout(timer);
      kept.delete(key);
    };
    const timer = setTimeout(forget, keptMs);
    kept.set(key, { page, timer });
    // Whoever reads next tries again.
    page.catch(forget);
    return page;
  }

  function withNews({ entries, ...bounds }: LivePage): NewsPage {
    return { ...bounds, news: entries.map((entry) => new News(entry, cursorAt)) };
  }

  return {
    read,
    close() {
      for (const { timer } of kept.values()) clearTimeout(timer);
      kept.clear();
    },
  };
}

/** How far it may read is not part of it: who asks later may read farther, and does so in the next page. */
function keyOf({ selection, withEarlier, afterSeq, limit }: LiveQuery): string {
  return JSON.stringify([selection, withEarlier, afterSeq, limit]);
}
