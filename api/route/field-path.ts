// How a place inside a body is written for people: `events[3].details.size`.

/** The whole value is called by `rootName`. */
export function fieldPath({ path, rootName }: { readonly path: readonly PropertyKey[]; readonly rootName: string }): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${String(step)}]`;
    else if (plainName.test(String(step))) text += text === '' ? String(step) : `.${String(step)}`;
    else text += `[${JSON.stringify(String(step).slice(0, nameLimit))}]`;
  }
  return text === '' ? rootName : text;
}

const plainName = /^[A-Za-z_][A-Za-z0-9_-]{0,127}$/;
/** A name longer than this is cut: an answer must not grow with what was sent. */
const nameLimit = 128;
