// An external authorization decision as the /api dialect shows it, made from the entry that tells of it.

export interface DecisionEntry {
  readonly seq: number;
  readonly request_id: string | null;
  readonly user_id: string | null;
  readonly provider: string | null;
  readonly model: string | null;
  readonly action: string;
  readonly decision: string;
  readonly ip_address: string | null;
  readonly details: Readonly<Record<string, unknown>> | null;
  readonly event_time: string;
  readonly recorded_at: string;
}

export interface DecisionRow {
  readonly id: number;
  readonly request_id: string | null;
  readonly auth_id: string | null;
  readonly api_key_id: string | null;
  readonly user_key_id: string | null;
  readonly provider: string | null;
  readonly model: string | null;
  readonly action: string;
  readonly decision: 'permit' | 'forbid';
  readonly diagnostics: { readonly reason: string[]; readonly errors: string[] };
  readonly estimated_cost: number | null;
  readonly actual_cost: number | null;
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly request_time: string;
  readonly evaluation_time_ms: number | null;
  readonly total_time_ms: number | null;
  readonly ip_address: string | null;
  readonly created_at: string;
}

export function decisionRow({ details, ...entry }: DecisionEntry): DecisionRow {
  const said = details ?? {};
  return {
    id: entry.seq,
    request_id: entry.request_id,
    auth_id: entry.user_id,
    api_key_id: textOf(said['api_key_id']),
    user_key_id: textOf(said['user_key_id']),
    provider: entry.provider,
    model: entry.model,
    action: textOf(said['action']) ?? entry.action,
    decision: entry.decision === 'permit' ? 'permit' : 'forbid',
    diagnostics: diagnosticsOf(said['diagnostics']),
    estimated_cost: numberOf(said['estimated_cost']),
    actual_cost: numberOf(said['actual_cost']),
    input_tokens: numberOf(said['input_tokens']),
    output_tokens: numberOf(said['output_tokens']),
    request_time: entry.event_time,
    evaluation_time_ms: numberOf(said['evaluation_time_ms']),
    total_time_ms: numberOf(said['total_time_ms']),
    ip_address: entry.ip_address,
    created_at: entry.recorded_at,
  };
}

function diagnosticsOf(said: unknown): DecisionRow['diagnostics'] {
  if (typeof said !== 'object' || said === null) return { reason: [], errors: [] };
  return { reason: textsOf('reason' in said ? said.reason : null), errors: textsOf('errors' in said ? said.errors : null) };
}

function textsOf(said: unknown): string[] {
  if (typeof said === 'string') return [said];
  return Array.isArray(said) ? said.filter((one): one is string => typeof one === 'string') : [];
}

function textOf(said: unknown): string | null {
  if (typeof said === 'number') return String(said);
  return typeof said === 'string' ? said : null;
}

function numberOf(said: unknown): number | null {
  return typeof said === 'number' ? said : null;
}
