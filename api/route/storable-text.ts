// Text that can be kept as it was sent: what PostgreSQL cannot hold is refused at the door.

/** What is wrong with the text, or null. */
export function textProblem(text: string): string | null {
  if (text.includes('\0')) return 'expected no NUL character';
  if (!text.isWellFormed()) return 'expected no lone surrogate';
  return null;
}
