// Which months are over.
import { describe, expect, it } from '@jest/globals';
import { monthsOver } from '../../domain/partitions/months-over.ts';

describe('the months that are over', () => {
  it('when partitions are listed, then those are named of which the end is a day ago or more, the oldest first', () => {
    const names = ['entry_2026_11', 'entry_2026_10', 'entry_2025_12', 'entry_2027_01', 'entry_default', 'entry_2026_9'];
    expect(monthsOver(names, Date.parse('2026-11-21T10:00:00Z'))).toEqual(['entry_2025_12', 'entry_2026_10']);
    expect(monthsOver(names, Date.parse('2026-11-01T23:59:59Z'))).toEqual(['entry_2025_12']);
    expect(monthsOver(names, Date.parse('2026-11-02T00:00:00Z'))).toEqual(['entry_2025_12', 'entry_2026_10']);
  });
});
