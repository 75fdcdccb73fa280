// What the identity provider's webhook decides without asking anybody: the order of deliveries, and their signatures.
import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { decideDelivery } from '../../domain/directory/decide-delivery.ts';
import { judgeSignature, signatureOf } from '../../domain/directory/identity-signature.ts';

describe('when something is delivered', () => {
  it('then of two events at one instant the later delivery counts, but what was closed stays closed', () => {
    const newest = { at: 5, closed: false };
    expect(decideDelivery({ at: 5, closes: false, isKnown: false, newest })).toBe('apply');
    expect(decideDelivery({ at: 5, closes: true, isKnown: false, newest })).toBe('apply');
    expect(decideDelivery({ at: 5, closes: false, isKnown: false, newest: { at: 5, closed: true } })).toBe('stale');
    expect(decideDelivery({ at: 4, closes: true, isKnown: false, newest })).toBe('stale');
    expect(decideDelivery({ at: 9, closes: false, isKnown: true, newest: null })).toBe('duplicate');
  });

  it('then the signature is that of the provider’s own description', () => {
    const body = new TextEncoder().encode('{"a":1}');
    const timestamp = '1700000000';
    const expected = createHmac('sha256', 's').update('1700000000.{"a":1}').digest('hex');
    expect(signatureOf({ secret: 's', timestamp, body })).toBe(expected);
    expect(judgeSignature({ header: `t=${timestamp},v1=${expected}`, body, secrets: ['s'], nowSeconds: 1_700_000_300 })).toBe('valid');
    expect(judgeSignature({ header: `t=${timestamp},v1=${expected}`, body, secrets: ['s'], nowSeconds: 1_700_000_301 })).toBe('outside the window');
  });
});
