// Reads the environment once and reports everything that is wrong with it at once, never showing a value.
import type { Configuration } from './environment.ts';
import { environmentSchema } from './environment.ts';

export interface VariableProblem {
  readonly variable: string;
  readonly problem: string;
}

export type ConfigurationResult =
  | { readonly ok: true; readonly configuration: Configuration; readonly unknown: readonly string[] }
  | { readonly ok: false; readonly problems: readonly VariableProblem[] };

export function readConfiguration(environment: NodeJS.ProcessEnv): ConfigurationResult {
  const set = withoutEmpty(environment);
  const parsed = environmentSchema.safeParse(set);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => ({ variable: String(issue.path[0] ?? ''), problem: issue.message }));
    return { ok: false, problems };
  }
  const known: ReadonlySet<string> = new Set(Object.keys(environmentSchema.in.shape));
  const unknown = Object.keys(set).filter((name) => name.startsWith('HOLDFAST_') && !known.has(name));
  return { ok: true, configuration: parsed.data, unknown };
}

/** The problems as lines for a person. */
export function describeProblems(problems: readonly VariableProblem[]): string {
  const lines = problems.map(({ variable, problem }) => `  ${variable}: ${problem}`);
  return ['The configuration does not fit:', ...lines].join('\n');
}

/** An empty variable is how compose files and shells say "not set". */
function withoutEmpty(environment: NodeJS.ProcessEnv): Record<string, string> {
  const set: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && value.trim() !== '') set[name] = value;
  }
  return set;
}
