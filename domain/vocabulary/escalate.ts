// The severity of one entry: that of its name, raised by its outcome or by what its details say.
import type { Escalation, V1Event } from './v1-event.ts';
import { v1Severities } from './v1-words.ts';
import type { Outcome, V1Severity } from './v1-words.ts';

export interface Circumstances {
  readonly outcome: Outcome;
  readonly details?: Readonly<Record<string, unknown>> | null | undefined;
}

export function escalate(input: { readonly event: V1Event; readonly entry: Circumstances }): V1Severity {
  let severity = input.event.severity;
  for (const rule of input.event.escalations) {
    if (applies(rule, input.entry) && isGraver({ than: severity, severity: rule.severity })) severity = rule.severity;
  }
  return severity;
}

function applies(rule: Escalation, entry: Circumstances): boolean {
  if ('outcome' in rule) return entry.outcome === rule.outcome;
  const said = entry.details?.[rule.detail];
  return said === rule.equals || (Array.isArray(said) && said.includes(rule.equals));
}

function isGraver(pair: { readonly than: V1Severity; readonly severity: V1Severity }): boolean {
  return v1Severities.indexOf(pair.severity) > v1Severities.indexOf(pair.than);
}
