// What the entry of one of our own actions says to those who follow them: live doors, rights, the internal log.
import { findOwnAction, resourceTypes } from './own-actions.ts';
import type { ResourceType } from './own-actions.ts';

export type OutcomeStatus = 'success' | 'failed' | 'denied_before_action';

/** Of any entry; `own_action` is null for what producers sent. */
export interface MaybeOwn {
  readonly own_action: string | null;
  readonly outcome: string;
}

/**
 * Whether live doors deliver the entry. Looking into the log never is: whoever looks again at each frame would look for ever. A look that was refused
 * is an attempt, and no look; only of the internal log nothing is said whatever came of it, so that a page of that log cannot make itself look again.
 */
export function isLive({ own_action: action, outcome }: MaybeOwn): boolean {
  if (action === null || findOwnAction(action)?.kind !== 'read') return true;
  return outcome === 'denied' && action !== 'view_internal_audit';
}

/** Whether what was concluded about rights before the entry may be wrong after it. What was refused or failed changed nothing. */
export function touchesRights({ own_action: action, outcome }: MaybeOwn): boolean {
  if (action === null || outcome !== 'success') return false;
  // An action of a newer release: it is not known to be harmless.
  return findOwnAction(action)?.touchesRights ?? true;
}

export interface OwnEntry extends MaybeOwn {
  readonly own_action: string;
  readonly resource_id: string | null;
  readonly details: Readonly<Record<string, unknown>> | null;
}

export interface InternalRecord {
  readonly action: string;
  readonly resourceType: string;
  readonly resourceId: string | null;
  readonly outcomeStatus: OutcomeStatus;
  readonly outcomeCode: string;
  readonly decision: 'permit' | 'forbid';
}

/** The entry in the words of the internal log. A success has its code from the table; what did not succeed carries its own. */
export function internalRecord({ own_action: action, outcome, resource_id: resourceId, details }: OwnEntry): InternalRecord {
  const words = findOwnAction(action);
  const outcomeStatus = statusOfOutcome(outcome);
  const said = details?.[outcomeCodeKey];
  return {
    action,
    resourceType: words?.resourceType ?? 'other',
    resourceId: words?.resourceId ?? resourceId,
    outcomeStatus,
    outcomeCode: typeof said === 'string' ? said : (words?.code ?? action.toUpperCase()),
    decision: outcomeStatus === 'denied_before_action' ? 'forbid' : 'permit',
  };
}

/** Where an entry that tells of no success keeps its code. */
export const outcomeCodeKey = 'outcome_code';

export function statusOfOutcome(outcome: string): OutcomeStatus {
  if (outcome === 'denied') return 'denied_before_action';
  return outcome === 'failure' ? 'failed' : 'success';
}

export function outcomeOfStatus(status: OutcomeStatus): 'success' | 'failure' | 'denied' {
  if (status === 'denied_before_action') return 'denied';
  return status === 'failed' ? 'failure' : 'success';
}

/** What the audit object calls one thing of this type. */
export function entityOf(resourceType: ResourceType): string {
  return resourceTypes[resourceType];
}
