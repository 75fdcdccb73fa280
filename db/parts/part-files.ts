// The files of exports and archives: written whole and for good, read in ranges, found and removed by their place.
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { link, mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { isPartName, isPlaceId } from '../../domain/parts/part-place.ts';
import type { PartPlace } from '../../domain/parts/part-place.ts';

export interface WrittenPart {
  readonly bytes: number;
  /** In hex. */
  readonly sha256: string;
}

export interface FoundPart {
  readonly bytes: number;
  /** From `start` through `end`, both included; the whole of it without them. */
  read(range?: ByteRange): Readable;
}

export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface PartFiles {
  /** Seen under its name only when it is whole and on the disk. A name that is taken already is an error: attempts have names of their own. */
  write(place: PartPlace, name: string, chunks: AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>): Promise<WrittenPart>;
  /** Null when there is no such file. */
  find(place: PartPlace, name: string): Promise<FoundPart | null>;
  /** What lies there, unfinished files included. */
  names(place: PartPlace): Promise<string[]>;
  remove(place: PartPlace, name: string): Promise<void>;
  removeAll(place: PartPlace): Promise<void>;
}

export function createPartFiles(filesDir: string): PartFiles {
  const folderOf = ({ kind, tenantId, id }: PartPlace): string => {
    if (!isPlaceId(tenantId) || !isPlaceId(id)) throw new Error(`no folder can be named ${tenantId}/${id}`);
    return join(filesDir, kind, tenantId, id);
  };
  const pathOf = (place: PartPlace, name: string): string => {
    if (!isPartName(name)) throw new Error(`no part can be named ${JSON.stringify(name)}`);
    return join(folderOf(place), name);
  };

  return {
    async write(place, name, chunks) {
      const path = pathOf(place, name);
      const folder = dirname(path);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const unfinished = join(folder, `${unfinishedMark}${randomUUID()}`);
      try {
        const written = await writeSynced(unfinished, chunks);
        await takeName({ from: unfinished, path });
        await syncFolder(folder);
        return written;
      } catch (error) {
        await rm(unfinished, { force: true });
        throw error;
      }
    },
    async find(place, name) {
      const path = pathOf(place, name);
      const bytes = await sizeOf(path);
      // Opened when it is read: who found it and does not read holds nothing.
      return bytes === null ? null : { bytes, read: (range) => createReadStream(path, range === undefined ? {} : { start: range.start, end: range.end }) };
    },
    async names(place) {
      try {
        return (await readdir(folderOf(place))).sort();
      } catch (error) {
        if (isAbsent(error)) return [];
        throw error;
      }
    },
    async remove(place, name) {
      // Unfinished files have names that no part may have.
      if (!name.startsWith(unfinishedMark)) return rm(pathOf(place, name), { force: true });
      if (!isPartName(name.slice(unfinishedMark.length))) throw new Error(`no part can be named ${JSON.stringify(name)}`);
      await rm(join(folderOf(place), name), { force: true });
    },
    removeAll: (place) => rm(folderOf(place), { recursive: true, force: true }),
  };
}

const unfinishedMark = '.unfinished-';

async function writeSynced(path: string, chunks: AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>): Promise<WrittenPart> {
  const file = await open(path, 'wx', 0o600);
  try {
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const data of inBlocks(chunks)) {
      hash.update(data);
      bytes += data.byteLength;
      await writeWhole(file, data);
    }
    await file.sync();
    return { bytes, sha256: hash.digest('hex') };
  } finally {
    await file.close();
  }
}

const blockBytes = 256 * 1024;

/** A line at a time would be a call of the system for each. */
async function* inBlocks(chunks: AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>): AsyncGenerator<Buffer> {
  let waiting: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    const data = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    waiting.push(data);
    bytes += data.byteLength;
    if (bytes < blockBytes) continue;
    yield Buffer.concat(waiting);
    waiting = [];
    bytes = 0;
  }
  if (bytes > 0) yield Buffer.concat(waiting);
}

async function writeWhole(file: FileHandle, data: Uint8Array): Promise<void> {
  for (let at = 0; at < data.byteLength; ) at += (await file.write(data, at)).bytesWritten;
}

/** Renaming would write over what is there; a second name for the same file is refused then. */
async function takeName({ from, path }: { from: string; path: string }): Promise<void> {
  await link(from, path);
  await rm(from);
}

/** Otherwise a power cut may forget the name of a file whose bytes are safe. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

function isAbsent(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT';
}
