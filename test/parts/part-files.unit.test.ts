// Files of parts: whole or not there, never written over, and never outside their place.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createPartFiles } from '../../db/parts/part-files.ts';
import type { PartFiles } from '../../db/parts/part-files.ts';

let folder: string;
let files: PartFiles;
let places = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-parts-'));
  files = createPartFiles(folder);
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const newPlace = () => ({ kind: 'archives' as const, tenantId: 't', id: `R${String((places += 1))}` });

async function contentOf(place: ReturnType<typeof newPlace>, name: string, range?: { start: number; end: number }): Promise<string | null> {
  const part = await files.find(place, name);
  return part === null ? null : text(part.read(range));
}

describe('parts', () => {
  it('when one was written, then it is there with its size and sum, in whole and in ranges', async () => {
    const place = newPlace();
    const written = await files.write(place, 'a.ndjson', ['one\n', Buffer.from('zwei ü\n')]);
    const whole = 'one\nzwei ü\n';
    expect(written).toEqual({ bytes: Buffer.byteLength(whole), sha256: createHash('sha256').update(whole).digest('hex') });
    expect(await contentOf(place, 'a.ndjson')).toBe(whole);
    expect(await contentOf(place, 'a.ndjson', { start: 1, end: 4 })).toBe('ne\nz');
    expect(await files.names(place)).toEqual(['a.ndjson']);
  });

  it('when writing breaks off, then nothing is there', async () => {
    const place = newPlace();
    const breaking = function* (): Generator<string> {
      yield 'half';
      throw new Error('the reader broke');
    };
    await expect(files.write(place, 'a', breaking())).rejects.toThrow('the reader broke');
    expect(await files.names(place)).toEqual([]);
    expect(await files.find(place, 'a')).toBeNull();
  });

  it('when a name is taken, then what is there stays as it is', async () => {
    const place = newPlace();
    await files.write(place, 'a', ['first']);
    await expect(files.write(place, 'a', ['second'])).rejects.toThrow(/EEXIST/);
    expect(await contentOf(place, 'a')).toBe('first');
    expect(await files.names(place)).toEqual(['a']);
  });

  it('when a name would lead out of its place, then it is refused', async () => {
    const place = newPlace();
    for (const name of ['../a', 'a/b', '.a', '', '..', 'a\0b']) await expect(files.write(place, name, ['x'])).rejects.toThrow('no part can be named');
    await expect(files.write({ ...place, tenantId: '..' }, 'a', ['x'])).rejects.toThrow('no folder can be named');
    await expect(files.find({ ...place, id: 'a/b' }, 'a')).rejects.toThrow('no folder can be named');
  });

  it('when all is removed, then nothing is left, and removing what is not there does no harm', async () => {
    const place = newPlace();
    await files.write(place, 'a', ['x']);
    await files.remove(place, 'b');
    await files.removeAll(place);
    expect(await files.names(place)).toEqual([]);
    await files.removeAll(place);
  });
});
