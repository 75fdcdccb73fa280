// The log of our processes: JSON lines in which no secret appears, wherever it was put.
import { describe, expect, it } from '@jest/globals';
import { createLogger } from '../../bin/logger.ts';

const token = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1MSJ9.c2lnbmF0dXJl';

function lineOf(log: (logger: ReturnType<typeof createLogger>) => void): string {
  const lines: string[] = [];
  log(createLogger({ service: 'api', level: 'info', destination: { write: (line: string) => lines.push(line) } }));
  expect(lines).toHaveLength(1);
  return lines[0] ?? '';
}

describe('the log', () => {
  it('when something is logged, then it is one line of JSON with its time and its service', () => {
    const line: unknown = JSON.parse(lineOf((logger) => { logger.info({ request_id: 'r1', tenant_id: 't1' }, 'served'); }));

    expect(line).toMatchObject({ service: 'api', msg: 'served', request_id: 'r1', tenant_id: 't1', pid: process.pid });
    expect((line as { time: string }).time).toMatch(/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/);
  });

  it.each<[string, Record<string, unknown>]>([
    ['a header', { req: { headers: { authorization: `Bearer ${token}` } } }],
    ['a field', { token }],
    ['a nested field', { request: { query: { token } } }],
    ['a query string', { url: `/api/v1/realtime/ws?device=1&token=${token}&x=1` }],
    ['a ticket in a query string', { url: '/api/events?ticket=tk_0123456789' }],
    ['the message of an error', { err: new Error(`bad header Bearer ${token}`) }],
    ['a database address', { err: new Error('connect postgres://holdfast:tk_0123456789@127.0.0.1:5432/holdfast failed') }],
  ])('when a secret is logged in %s, then it does not appear', (_where, fields) => {
    const line = lineOf((logger) => { logger.info(fields, 'seen'); });

    expect(line).not.toContain(token);
    expect(line).not.toContain('tk_0123456789');
    expect(line).toContain('[redacted]');
    expect(() => { JSON.parse(line); }).not.toThrow();
  });

  it('when a secret is logged in the message itself, then it does not appear', () => {
    expect(lineOf((logger) => { logger.info(`refused ${token}`); })).not.toContain(token);
  });

  it('when ordinary text is logged, then it is left alone', () => {
    expect(lineOf((logger) => { logger.info({ url: '/api/v1/sync/changes?cursor=abc', note: 'bearer of news' }, 'ok'); })).toContain('cursor=abc');
  });
});
