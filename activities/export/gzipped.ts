// Bytes as one gzip file, compressed beside the thread that reads them.
import { Readable, pipeline } from 'node:stream';
import { createGzip } from 'node:zlib';

export function gzipped(blocks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const gzip = createGzip();
  // A failure of the source destroys the stream, and reaches whoever reads it.
  pipeline(Readable.from(blocks), gzip, () => undefined);
  return gzip;
}
