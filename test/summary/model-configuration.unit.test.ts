// The variables of the model and of the ways out: all or nothing, and never shown.
import { describe, expect, it } from '@jest/globals';
import { readConfiguration } from '../../bin/config/read-configuration.ts';

const url = 'https://models.example/v1';

function problemsOf(environment: Record<string, string>): Record<string, string> {
  const result = readConfiguration(environment);
  return result.ok ? {} : Object.fromEntries(result.problems.map(({ variable, problem }) => [variable, problem]));
}

describe('when a model is configured', () => {
  it('then nothing set means none, and no private network is open', () => {
    expect(readConfiguration({})).toMatchObject({ ok: true, configuration: { model: null, egressAllow: [] } });
  });

  it('then address, key, name and fallback are taken; a key is not always needed', () => {
    expect(readConfiguration({ HOLDFAST_AI_BASE_URL: url, HOLDFAST_AI_API_KEY: 'sk-1', HOLDFAST_AI_MODEL: 'm', HOLDFAST_AI_FALLBACK: 'extractive', HOLDFAST_EGRESS_ALLOW: '127.0.0.0/8, fc00::/7' })).toMatchObject({
      ok: true,
      configuration: { model: { baseUrl: url, apiKey: 'sk-1', model: 'm', fallback: 'extractive' }, egressAllow: ['127.0.0.0/8', 'fc00::/7'] },
    });
    expect(readConfiguration({ HOLDFAST_AI_BASE_URL: url, HOLDFAST_AI_MODEL: 'm' })).toMatchObject({ ok: true, configuration: { model: { apiKey: null, fallback: 'null' } } });
  });

  it('then half of it is a problem that names the other half, and no value', () => {
    expect(problemsOf({ HOLDFAST_AI_API_KEY: 'sk-very-secret' })).toEqual({
      HOLDFAST_AI_BASE_URL: 'is needed beside the other HOLDFAST_AI_ variables',
      HOLDFAST_AI_MODEL: 'is needed beside the other HOLDFAST_AI_ variables',
    });
    expect(Object.keys(problemsOf({ HOLDFAST_AI_MODEL: 'm' }))).toEqual(['HOLDFAST_AI_BASE_URL']);
  });

  it.each([
    ['HOLDFAST_AI_BASE_URL', 'https://user:secret@models.example/v1'],
    ['HOLDFAST_AI_BASE_URL', 'ftp://models.example'],
    ['HOLDFAST_AI_BASE_URL', 'https://models.example/v1?key=secret'],
    ['HOLDFAST_AI_API_KEY', 'two words secret'],
    ['HOLDFAST_AI_FALLBACK', 'secret'],
    ['HOLDFAST_EGRESS_ALLOW', '10.0.0.1 secret'],
    ['HOLDFAST_EGRESS_ALLOW', 'secret.example'],
  ])('then a %s that does not fit is named and not shown', (variable, value) => {
    const problems = problemsOf({ HOLDFAST_AI_BASE_URL: url, HOLDFAST_AI_MODEL: 'm', [variable]: value });

    expect(Object.keys(problems)).toEqual([variable]);
    expect(JSON.stringify(problems)).not.toContain('secret');
  });
});
