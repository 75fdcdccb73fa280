// How the /current dialect writes its answers as GitHub-flavoured Markdown, for whoever asks with `output=markdown`.
import type { FieldProblem, Refusal } from '../../domain/shared/refusal.ts';

export const markdownType = 'text/markdown; charset=UTF-8';

/** Looks at the bare target: a refusal may come before the query was read. */
export function wantsMarkdown(target: string): boolean {
  const mark = target.indexOf('?');
  if (mark === -1) return false;
  const output = new URLSearchParams(target.slice(mark + 1)).get('output');
  return output !== null && output.split(',').includes('markdown');
}

export interface ProblemSaid {
  readonly code: number;
  readonly status: number;
  readonly refusal: Refusal;
  readonly method: string;
  readonly target: string;
}

export function markdownProblem({ code, status, refusal, method, target }: ProblemSaid): string {
  const lines = ['**Result:** failure', '', '# Error', '', `- **code:** ${String(code)}`, `- **text:** ${cell(refusal.message)}`, `- **resource:** ${cell(resourceOf({ method, target }))}`];
  const params = status === 400 ? paramsOf(refusal) : [];
  if (params.length > 0) {
    lines.push('', '## params', '', ...table(['name', 'kind', 'message'], params.map(({ field, expected }) => [field, kindOf(expected), expected])));
  }
  return `${lines.join('\n')}\n`;
}

/** Rows of text as a pipe table. */
export function table(names: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(names), `| ${names.map(() => '---').join(' | ')} |`, ...rows.map(line)];
}

/** Text of others must not end a cell, begin a heading or become markup. */
export function cell(text: string): string {
  return text.replaceAll(/[\\|`*_[\]<>#]/g, '\\$&').replaceAll(/[\r\n\u2028\u2029]+/g, ' ');
}

/** `GET Events Search`, as the public pages call a resource. */
function resourceOf({ method, target }: { method: string; target: string }): string {
  const [path = ''] = target.split('?', 1);
  const words = path.split('/').filter((word) => /^[a-z]+$/.test(word) && word !== 'current');
  return [method, ...words.map((word) => word.charAt(0).toUpperCase() + word.slice(1))].join(' ');
}

function paramsOf({ details }: Refusal): readonly FieldProblem[] {
  const fields = details?.['fields'];
  return Array.isArray(fields) ? (fields as readonly FieldProblem[]) : [];
}

function kindOf(expected: string): 'missing' | 'invalid' {
  return expected.includes('missing') ? 'missing' : 'invalid';
}
