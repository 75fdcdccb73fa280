// The arguments of `npm run verify`: read, and all that is wrong with them said at once.
import { describe, expect, it } from '@jest/globals';
import { readVerifyArguments } from '../../bin/verify/verify-arguments.ts';

const nothing = { tenant: null, checkpointFiles: [], publicKeyFiles: [], exportTo: null, from: null, archive: null, certificateFile: null };

function problemsOf(...args: string[]): readonly string[] {
  const read = readVerifyArguments(args);
  return read.ok ? [] : read.problems;
}

describe('when arguments are read', () => {
  it('then none means every log of the database', () => {
    expect(readVerifyArguments([])).toEqual({ ok: true, wanted: nothing });
  });

  it('then files may be given several times', () => {
    expect(readVerifyArguments(['--tenant', 't', '--checkpoint', 'a', '--checkpoint', 'b', '--public-key', 'k'])).toEqual({
      ok: true,
      wanted: { ...nothing, tenant: 't', checkpointFiles: ['a', 'b'], publicKeyFiles: ['k'] },
    });
  });

  it('then what excludes each other is said', () => {
    expect(problemsOf('--export', 'x')).toEqual([expect.stringContaining('name its --tenant')]);
    expect(problemsOf('--from', 'x', '--tenant', 't')).toEqual([expect.stringContaining('leave --tenant out')]);
    expect(problemsOf('--export', 'x', '--from', 'y')).toHaveLength(2);
  });

  it('then an archive is verified by itself', () => {
    expect(readVerifyArguments(['--archive', 'a', '--certificate', 'c'])).toEqual({ ok: true, wanted: { ...nothing, archive: 'a', certificateFile: 'c' } });
    expect(problemsOf('--archive', 'a', '--from', 'x')).toEqual([expect.stringContaining('--archive goes with')]);
    expect(problemsOf('--certificate', 'c')).toEqual([expect.stringContaining('--archive')]);
  });

  it('then what is unknown is said', () => {
    expect(problemsOf('--surprise')).toEqual([expect.stringContaining('surprise')]);
    expect(problemsOf('demo')).toHaveLength(1);
  });
});
