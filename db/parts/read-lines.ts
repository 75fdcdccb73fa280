// The lines of a file, with the size and the sum of all its bytes at the end.
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { WrittenPart } from './part-files.ts';

export interface SummedLines {
  readonly lines: AsyncIterable<string>;
  /** Once the lines were read to their end. */
  sum(): WrittenPart;
}

/** Longer than any line of ours: a file of something else must not fill the memory. */
const mostCharacters = 4 * 1024 * 1024;

export function readLines(source: Readable): SummedLines {
  const hash = createHash('sha256');
  let bytes = 0;
  let sum: WrittenPart | null = null;

  async function* lines(): AsyncGenerator<string> {
    const decoder = new TextDecoder();
    let rest = '';
    for await (const chunk of source as AsyncIterable<Buffer>) {
      hash.update(chunk);
      bytes += chunk.byteLength;
      const pieces = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = pieces.pop() ?? '';
      if (rest.length > mostCharacters) throw new Error('a line is longer than any that is written');
      yield* pieces;
    }
    rest += decoder.decode();
    if (rest !== '') yield rest;
    sum = { bytes, sha256: hash.digest('hex') };
  }

  return {
    lines: lines(),
    sum() {
      if (sum === null) throw new Error('the lines were not read to their end');
      return sum;
    },
  };
}
