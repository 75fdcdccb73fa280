// Recognises an error of the operating system by its code.

/** By its shape: an error may come from another realm than ours, where `instanceof` says no. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' && codes.includes(error.code);
}
