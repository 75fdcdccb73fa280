// The /current dialect's refusals: number, status, envelope, and the same as Markdown.
import { describe, expect, it } from '@jest/globals';
import { currentAckDialect, currentDialect, currentPollDialect, currentSearchDialect } from '../../api/current/current-dialect.ts';
import type { Dialect } from '../../api/route/dialect.ts';
import { refusalCatalogue } from '../../domain/shared/refusal-catalogue.ts';
import { refuse, refuseFields } from '../../domain/shared/refusal.ts';
import type { Refusal, RefusalCode } from '../../domain/shared/refusal.ts';

const said = (dialect: Dialect, refusal: Refusal, target = '/current/events/search/') => dialect.translate({ refusal, requestId: 'req_1', method: 'GET', target });

describe('a refusal of /current', () => {
  it.each<[RefusalCode, number, number]>([
    ['VALIDATION_FAILED', 1605, 400],
    ['BAD_REQUEST', 1605, 400],
    ['CURSOR_INVALID', 1605, 400],
    ['CURSOR_EXPIRED', 1605, 400],
    ['PAYLOAD_TOO_LARGE', 1605, 400],
    ['NOT_FOUND', 1609, 404],
    ['AUTH_TOKEN_MISSING', 1650, 401],
    ['AUTH_TOKEN_INVALID', 1650, 401],
    ['AUTH_TOKEN_EXPIRED', 1650, 401],
    ['TENANT_UNKNOWN', 1650, 401],
    ['METHOD_NOT_ALLOWED', 1651, 400],
    ['FORBIDDEN', 1680, 403],
    ['AUTHZ_USER_SUSPENDED', 1680, 403],
    ['RATE_LIMITED', 1671, 429],
    ['TOO_BUSY', 1671, 429],
  ])('when it is %s, then it is %i with the status %i and nothing else in the envelope', (code, number, status) => {
    const problem = said(currentDialect, refuse(code, { retryAfterSeconds: 1.2 }));

    expect(problem).toMatchObject({ status, body: { result: 'no', error: { code: number, text: refusalCatalogue[code] } } });
    expect(Object.keys(problem.body as object)).toEqual(['result', 'error']);
    expect(problem.headers['retry-after']).toBe('2');
  });

  it.each([
    [currentDialect, 1654],
    [currentSearchDialect, 1600],
    [currentAckDialect, 1664],
    [currentPollDialect, 1665],
  ])('when it is a failure of ours, then each door has its own number', (dialect, number) => {
    for (const code of ['INTERNAL', 'UNAVAILABLE'] as const) expect(said(dialect, refuse(code))).toMatchObject({ status: 500, body: { error: { code: number } } });
  });

  it('when its document is asked for, then every code there is fits it', () => {
    for (const code of Object.keys(refusalCatalogue) as RefusalCode[]) {
      const { status, body } = said(currentSearchDialect, refuse(code));
      expect(currentSearchDialect.documentProblem([code]).safeParse(body).success).toBe(true);
      expect(currentSearchDialect.statusOf(code)).toBe(status);
    }
  });

  it('when Markdown is asked for, then it is Markdown with the params that were wrong, whatever they hold', () => {
    const refusal = refuseFields([
      { field: 'limit', expected: 'expected 1 to 250' },
      { field: 'a|b', expected: 'expected text, but it is missing' },
    ]);
    const { headers, body } = said(currentSearchDialect, refusal, '/current/events/search/?output=terse,markdown');

    expect(headers['content-type']).toBe('text/markdown; charset=UTF-8');
    expect(body).toBe(
      '**Result:** failure\n\n# Error\n\n- **code:** 1605\n- **text:** limit: expected 1 to 250\n- **resource:** GET Events Search\n\n' +
        '## params\n\n| name | kind | message |\n| --- | --- | --- |\n| limit | invalid | expected 1 to 250 |\n| a\\|b | missing | expected text, but it is missing |\n',
    );
    expect(said(currentSearchDialect, refusal, '/current/events/search/?output=terse').headers['content-type']).toBeUndefined();
  });
});
