// Guards the table of our own actions, and what follows from an entry of one.
import { describe, expect, it } from '@jest/globals';
import { ownEntry } from '../../domain/journal/own-entry.ts';
import type { OwnAction } from '../../domain/journal/own-entry.ts';
import { outcomeOfRefusal } from '../../domain/own-action/outcome-of-refusal.ts';
import { internalRecord, isLive, touchesRights } from '../../domain/own-action/own-entry-facts.ts';
import { ownActions } from '../../domain/own-action/own-actions.ts';
import type { OwnActionName, OwnActionWords } from '../../domain/own-action/own-actions.ts';
import { internalRequestId } from '../../domain/own-action/request-id.ts';
import { roleOf } from '../../domain/own-action/role-of.ts';
import { findV1Event } from '../../domain/vocabulary/v1-events.ts';

const table = Object.entries(ownActions) as [OwnActionName, OwnActionWords][];

function own(parts: Partial<OwnAction>): OwnAction {
  return {
    id: 'x',
    nowMs: Date.UTC(2026, 0, 1),
    ownAction: 'create_legal_hold',
    actor: { userId: 'u', email: null, name: null, serviceAccount: null, sessionId: 's' },
    requestId: 'req_1',
    resourceType: 'legal_hold',
    resourceId: 'hld_1',
    ...parts,
  };
}

describe('the table of our own actions', () => {
  it('when an action is named, then its words follow one pattern and its v1 name is known', () => {
    for (const [action, words] of table) {
      expect([action, findV1Event(words.eventType)?.name]).toEqual([action, words.eventType]);
      expect(action).toMatch(/^[a-z]+(?:_[a-z]+)+$/);
      expect(words.code).toMatch(/^[A-Z]+(?:_[A-Z]+)+$/);
      expect(words.stem).toMatch(/^[A-Z]+(?:_[A-Z]+)+$/);
    }
  });

  it('when two actions succeed, then their codes differ', () => {
    expect(new Set(table.map(([, { code }]) => code)).size).toBe(table.length);
  });

  it('when a setting is changed, then the words are those the stream of events shows', () => {
    expect(ownActions.update_config).toMatchObject({
      resourceType: 'config',
      resourceId: 'global',
      code: 'CONFIG_UPDATED',
      stem: 'CONFIG_UPDATE',
      eventType: 'admin.settings_change',
    });
  });

  it('when an action only looks, then it touches no rights', () => {
    expect(table.filter(([, { kind, touchesRights: rights }]) => kind === 'read' && rights)).toEqual([]);
  });
});

describe('what follows from an entry', () => {
  it('when it tells of a look, then it is delivered live only if it was refused, and never if it was at the internal log; everything else is delivered', () => {
    for (const [action, { kind }] of table) {
      for (const outcome of ['success', 'denied', 'failure']) {
        const isTold = kind === 'effect' || (outcome === 'denied' && action !== 'view_internal_audit');
        expect([action, outcome, isLive({ own_action: action, outcome })]).toEqual([action, outcome, isTold]);
      }
    }
    expect(isLive({ own_action: null, outcome: 'success' })).toBe(true);
    expect(isLive({ own_action: 'of_a_newer_release', outcome: 'success' })).toBe(true);
  });

  it('when it changed who may do what, then rights are asked for anew; when it was refused or failed, then not', () => {
    const touching = table.filter(([action]) => touchesRights({ own_action: action, outcome: 'success' })).map(([action]) => action);
    expect(touching.sort()).toEqual([
      'add_member', 'close_device', 'create_group', 'create_profile', 'create_tenant', 'create_user', 'delete_group', 'delete_profile', 'delete_user',
      'remove_member', 'revoke_all_sessions', 'revoke_session', 'update_group', 'update_member', 'update_profile', 'update_user',
    ]);
    expect(touchesRights({ own_action: 'delete_user', outcome: 'denied' })).toBe(false);
    expect(touchesRights({ own_action: 'delete_user', outcome: 'failure' })).toBe(false);
    expect(touchesRights({ own_action: null, outcome: 'success' })).toBe(false);
    expect(touchesRights({ own_action: 'of_a_newer_release', outcome: 'success' })).toBe(true);
  });

  it('when it is shown in the internal log, then outcome, code and decision follow from table and outcome', () => {
    const entry = { own_action: 'update_config', outcome: 'success', resource_id: null, details: null };
    expect(internalRecord(entry)).toEqual({
      action: 'update_config',
      resourceType: 'config',
      resourceId: 'global',
      outcomeStatus: 'success',
      outcomeCode: 'CONFIG_UPDATED',
      decision: 'permit',
    });
    expect(internalRecord({ ...entry, outcome: 'denied', details: { outcome_code: 'ACCESS_DENIED' } })).toMatchObject({
      outcomeStatus: 'denied_before_action',
      outcomeCode: 'ACCESS_DENIED',
      decision: 'forbid',
    });
    expect(internalRecord({ ...entry, outcome: 'failure', details: { outcome_code: 'CONFIG_UPDATE_ERROR' } })).toMatchObject({
      outcomeStatus: 'failed',
      outcomeCode: 'CONFIG_UPDATE_ERROR',
      decision: 'permit',
    });
  });
});

describe('ownEntry', () => {
  it('when an action is of the administration, then its entry is for administrators, whatever its names say', () => {
    for (const [action, words] of table.filter(([, { audience }]) => audience === 'admins')) {
      for (const shareId of [null, 'shr_1']) {
        const { visibility, permission } = ownEntry(own({ ownAction: action, resourceType: words.resourceType, shareId }));
        expect([action, visibility]).not.toEqual([action, 'external']);
        expect([action, permission]).not.toEqual([action, 'member']);
      }
    }
  });

  it('when it was refused, then it is at least a warning, with its code, and stamps nothing', () => {
    expect(ownEntry(own({ outcome: { outcome: 'denied', code: 'ACCESS_DENIED' } }))).toMatchObject({
      own_action: 'create_legal_hold',
      event_type: 'compliance.legal_hold_create',
      outcome: 'denied',
      severity: 'warning',
      activity: [],
      request_id: 'internal_req_1',
      details: { outcome_code: 'ACCESS_DENIED' },
    });
  });

  it('when it only tells of a look, then it stamps nothing', () => {
    expect(ownEntry(own({ ownAction: 'view_audit_events' })).activity).toEqual([]);
  });

  it('when it came through a door, then where from stands in it', () => {
    const origin = { method: 'POST', path: '/x', ipAddress: '203.0.113.7', userAgent: 'curl', role: 'admin', authMs: 1 };
    const entry = ownEntry(own({ actor: { userId: 'u', email: null, name: null, serviceAccount: null, sessionId: 's', origin }, details: { a: 1 } }));
    expect(entry).toMatchObject({
      ip_address: '203.0.113.7',
      user_agent: 'curl',
      details: { a: 1, request: { method: 'POST', path: '/x', role: 'admin', auth_ms: 1 } },
    });
  });

  it('when nobody acted through our doors, then there must be a v1 name', () => {
    expect(ownEntry(own({ ownAction: null, eventType: 'auth.login' }))).toMatchObject({ own_action: null, event_type: 'auth.login', request_id: 'req_1' });
    expect(() => ownEntry(own({ ownAction: null }))).toThrow('event type');
  });
});

describe('outcomeOfRefusal', () => {
  it.each([
    ['FORBIDDEN', false, { outcome: 'denied', code: 'ACCESS_DENIED' }],
    ['AUTHZ_USER_SUSPENDED', false, { outcome: 'denied', code: 'ACCESS_DENIED' }],
    ['NOT_FOUND', true, { outcome: 'denied', code: 'ENTITY_NOT_FOUND' }],
    ['NOT_FOUND', false, { outcome: 'failure', code: 'LEGAL_HOLD_RELEASE_NOT_FOUND' }],
    ['CONFLICT', false, { outcome: 'failure', code: 'LEGAL_HOLD_RELEASE_CONFLICT' }],
    ['VALIDATION_FAILED', false, { outcome: 'failure', code: 'LEGAL_HOLD_RELEASE_INVALID' }],
    ['UNAVAILABLE', false, { outcome: 'failure', code: 'LEGAL_HOLD_RELEASE_ERROR' }],
    ['TOO_BUSY', false, null],
    ['AUTH_TOKEN_INVALID', false, null],
  ] as const)('when refused with %s (may be hidden: %s), then it is %j', (code, mayBeHidden, expected) => {
    expect(outcomeOfRefusal({ action: 'release_legal_hold', refusal: { code }, mayBeHidden })).toEqual(expected);
  });
});

describe('the words of a call', () => {
  it.each([
    ['req_1', 'internal_req_1'],
    ['mine', 'internal_req_mine'],
    ['internal_req_1', 'internal_req_1'],
  ])('when its request is %s, then the entry names %s', (requestId, expected) => {
    expect(internalRequestId(requestId)).toBe(expected);
  });

  it.each([
    ['tenant:admin', 'admin'],
    ['*', 'admin'],
    ['compliance:manage', 'compliance_officer'],
    ['audit:read', 'auditor'],
    ['events:write', 'producer'],
    ['', 'user'],
  ])('when the scopes are "%s", then the role is %s', (scope, role) => {
    expect(roleOf({ scopes: new Set(scope.split(' ').filter((word) => word !== '')) })).toBe(role);
  });
});
