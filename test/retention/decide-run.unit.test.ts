// What each command does to a run in each standing, and who may say it.
import { describe, expect, it } from '@jest/globals';
import { decideRun, runCommands } from '../../domain/retention/decide-run.ts';
import type { Commanded, RunCommand } from '../../domain/retention/decide-run.ts';
import { isRefusal } from '../../domain/shared/refusal.ts';

const inForce = { hidden: 3, since: '2026-01-01T00:00:00Z', decision: null, decided_by: null, decided_at: null };
const hiding = { ...inForce, since: null };
const confirmed = { ...inForce, decision: 'confirmed' as const, decided_by: 'second', decided_at: '2026-01-02T00:00:00Z' };
const restored = { ...confirmed, decision: 'restored' as const };

const standings: Readonly<Record<string, Pick<Commanded, 'state' | 'quarantine'>>> = {
  'queued': { state: 'queued', quarantine: null },
  'awaiting approval': { state: 'awaiting_approval', quarantine: null },
  'running': { state: 'running', quarantine: null },
  'paused': { state: 'paused', quarantine: null },
  'completed': { state: 'completed', quarantine: null },
  'failed': { state: 'failed', quarantine: null },
  'cancelled': { state: 'cancelled', quarantine: null },
  'not hidden yet': { state: 'awaiting_approval', quarantine: hiding },
  'hiding': { state: 'running', quarantine: hiding },
  'in quarantine': { state: 'awaiting_approval', quarantine: inForce },
  'being removed': { state: 'running', quarantine: confirmed },
  'confirmed': { state: 'completed', quarantine: confirmed },
  'restored': { state: 'completed', quarantine: restored },
};

/** `no` is refused, `=` is so already. */
const table: Readonly<Record<string, Readonly<Record<RunCommand, string>>>> = {
  'queued': { approve: 'no', cancel: 'cancelled', pause: 'paused', resume: '=', confirm: 'no', restore: 'no' },
  'awaiting approval': { approve: 'queued', cancel: 'cancelled', pause: 'no', resume: 'no', confirm: 'no', restore: 'no' },
  'running': { approve: 'no', cancel: 'cancelled', pause: 'paused', resume: '=', confirm: 'no', restore: 'no' },
  'paused': { approve: 'no', cancel: 'cancelled', pause: '=', resume: 'queued', confirm: 'no', restore: 'no' },
  'completed': { approve: 'no', cancel: 'no', pause: 'no', resume: 'no', confirm: 'no', restore: 'no' },
  'failed': { approve: 'no', cancel: 'no', pause: 'no', resume: 'no', confirm: 'no', restore: 'no' },
  'cancelled': { approve: 'no', cancel: '=', pause: 'no', resume: 'no', confirm: 'no', restore: 'no' },
  'not hidden yet': { approve: 'queued', cancel: 'cancelled', pause: 'no', resume: 'no', confirm: 'no', restore: 'no' },
  'hiding': { approve: 'no', cancel: 'cancelled', pause: 'paused', resume: '=', confirm: 'no', restore: 'no' },
  'in quarantine': { approve: 'no', cancel: 'no', pause: 'no', resume: 'no', confirm: 'queued', restore: 'completed' },
  'being removed': { approve: 'no', cancel: 'cancelled', pause: 'paused', resume: '=', confirm: '=', restore: 'no' },
  'confirmed': { approve: 'no', cancel: 'no', pause: 'no', resume: 'no', confirm: '=', restore: 'no' },
  'restored': { approve: 'no', cancel: 'no', pause: 'no', resume: 'no', confirm: 'no', restore: '=' },
};

const rows = Object.keys(standings).flatMap((standing) => runCommands.map((command) => [standing, command] as const));

describe('a command to a run', () => {
  it.each(rows)('when it is %s and told to %s, then as the table says', (standing, command) => {
    const run = { requested_by: 'officer', ...(standings[standing] ?? { state: 'queued' as const, quarantine: null }) };
    const decided = decideRun(run, command, 'second');
    const said = isRefusal(decided) ? 'no' : (decided ?? '=');
    expect(said).toBe(table[standing]?.[command]);
  });

  it('when who asked for it would be the second pair of eyes, then they are refused', () => {
    const by = (command: RunCommand, standing: string) => {
      const decided = decideRun({ requested_by: 'officer', ...(standings[standing] ?? { state: 'queued' as const, quarantine: null }) }, command, 'officer');
      return isRefusal(decided) ? decided.code : decided;
    };
    expect([by('approve', 'awaiting approval'), by('confirm', 'in quarantine'), by('restore', 'in quarantine'), by('cancel', 'running')]).toEqual([
      'SECOND_PERSON_REQUIRED',
      'SECOND_PERSON_REQUIRED',
      'SECOND_PERSON_REQUIRED',
      'cancelled',
    ]);
  });
});
