// Guards the cursors of plain lists: they come back as they went, and nothing else is taken for one.
import { describe, expect, it } from '@jest/globals';
import { listCursor, readListCursor } from '../../domain/cursor/list-cursor.ts';

describe('list cursors', () => {
  it.each(['a', 'shr_01J3K', '-', '_', '1234567890123456789', 'x'.repeat(64)])(
    'when a page ends at %s, then the next begins after it',
    (id) => {
      expect(readListCursor(listCursor(id))).toEqual({ afterId: id });
    },
  );

  it('when there is none, then the list begins before every id', () => {
    expect(readListCursor(undefined)).toEqual({ afterId: '' });
  });

  it.each(['', '!', 'YQ==', 'YR', listCursor('a').repeat(100), btoa('a b').replaceAll('=', ''), btoa("'--").replaceAll('=', '')])(
    'when it is %s, then it is refused',
    (cursor) => {
      expect(readListCursor(cursor)).toMatchObject({ kind: 'refused', code: 'CURSOR_INVALID' });
    },
  );
});
