// What a reader is told about a /current name: its sentence, the params it needs, and how a feed row looks.
import { currentEvents } from './current-events.ts';
import { customSentence } from './custom-names.ts';
import type { CurrentSeverity, Notification } from './current-words.ts';
import { outcomes } from './v1-words.ts';
import type { Outcome } from './v1-words.ts';

export interface CurrentDescription {
  readonly description: string;
  /** The names of the params in the sentence; the same list as `required_params`. */
  readonly params: readonly string[];
  readonly severity: CurrentSeverity;
  readonly requires_parent_node: boolean;
  readonly required_params: readonly string[];
  readonly notification: Notification;
}

/** Put before a sentence that tells of something as done, when it was not. */
const prefixes: Readonly<Record<Outcome, string>> = {
  success: '',
  failure: 'Did not succeed: ',
  denied: 'Was refused: ',
};

const byOutcomeAndName: ReadonlyMap<Outcome, ReadonlyMap<string, CurrentDescription>> = new Map(
  outcomes.map((outcome) => [outcome, new Map(knownDescriptions(outcome))]),
);

export function describeCurrent(eventName: string): CurrentDescription {
  return describeAttempt({ event: eventName, outcome: 'success' });
}

/** As above, and true also of what failed or was refused. */
export function describeAttempt(entry: { readonly event: string; readonly outcome: Outcome }): CurrentDescription {
  return byOutcomeAndName.get(entry.outcome)?.get(entry.event) ?? describeCustom(entry);
}

function knownDescriptions(outcome: Outcome): [string, CurrentDescription][] {
  return currentEvents.map((event) => [
    event.name,
    {
      description: event.tells_outcome ? event.description : prefixes[outcome] + event.description,
      params: event.required_params,
      severity: event.severity,
      requires_parent_node: event.requires_parent_node,
      required_params: event.required_params,
      notification: event.notification,
    },
  ]);
}

const customParams: readonly string[] = ['calling_user_name'];

function describeCustom(entry: { readonly event: string; readonly outcome: Outcome }): CurrentDescription {
  return {
    description: prefixes[entry.outcome] + customSentence(entry.event),
    params: customParams,
    severity: 'info',
    requires_parent_node: false,
    required_params: customParams,
    notification: 'none',
  };
}
