// What a test file starts ends with the file, also where the file's own clean-up does not come to it: servers first of all.
export type End = () => Promise<void>;

/** The environment is loaded apart from the file it runs: the file's globals are what they share. */
export interface FileGlobals {
  holdfastStarted?: Set<End>;
}

/** Answers the end for the file to call; what it has not called when it is through is called then, what was started last first. An end that fails in a hook of the file is told of there. */
export function endsWithFile(end: End): End {
  const { holdfastStarted: started } = Object.assign(globalThis, { holdfastStarted: (globalThis as FileGlobals).holdfastStarted ?? new Set<End>() });
  const known: End = () => {
    started.delete(known);
    return end();
  };
  started.add(known);
  return known;
}

/** One that fails keeps none of the others. */
export async function endWhatIsLeft({ holdfastStarted: started = new Set() }: FileGlobals): Promise<void> {
  const failures: unknown[] = [];
  for (const end of [...started].reverse()) {
    await withinLimit(end).catch((failure: unknown) => {
      failures.push(failure);
    });
  }
  // The runner shows the message alone.
  if (failures.length > 0) throw new AggregateError(failures, `what a test file had started could not be ended: ${failures.map(String).join('; ')}`);
}

const limitMs = 60_000;

async function withinLimit(end: End): Promise<void> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    late.reject(new Error(`it did not end within ${String(limitMs / 1000)} s`));
  }, limitMs);
  try {
    await Promise.race([end(), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
