// What the process needs around it, and whether it is there now.
export interface DependencyProbe {
  readonly name: string;
  /** Without it no request can be served. */
  readonly required: boolean;
  /** The work that waits while it is away, in words for people. */
  readonly waiting?: readonly string[];
  /** Rejects with the reason when the dependency is not there; ends early when the signal says so. */
  check(signal: AbortSignal): Promise<void>;
}

export interface DependencyReport {
  readonly name: string;
  readonly ok: boolean;
  readonly required: boolean;
  readonly reason?: string;
  readonly waiting: readonly string[];
}

export interface Dependencies {
  report(): Promise<readonly DependencyReport[]>;
}

/** However many ask, each probe runs once at a time; who asks meanwhile gets the same answer. */
export function createDependencies({
  probes,
  limitMs = 2_000,
}: {
  readonly probes: readonly DependencyProbe[];
  readonly limitMs?: number;
}): Dependencies {
  const watched = probes.map((probe) => new WatchedProbe({ probe, limitMs }));
  return { report: () => Promise.all(watched.map((probe) => probe.report())) };
}

class WatchedProbe {
  readonly #probe: DependencyProbe;
  readonly #limitMs: number;
  /** Outlives its limit when the probe does not heed its signal: no second one is started beside it. */
  #running: Promise<void> | undefined;
  #abort = new AbortController();

  constructor({ probe, limitMs }: { readonly probe: DependencyProbe; readonly limitMs: number }) {
    this.#probe = probe;
    this.#limitMs = limitMs;
  }

  async report(): Promise<DependencyReport> {
    const { name, required, waiting = [] } = this.#probe;
    const reason = await this.#reasonWhyNot();
    if (reason === null) return { name, ok: true, required, waiting: [] };
    return { name, ok: false, required, reason, waiting };
  }

  async #reasonWhyNot(): Promise<string | null> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      const error = new Error(`no answer within ${String(this.#limitMs)} ms`);
      this.#abort.abort(error);
      late.reject(error);
    }, this.#limitMs);
    try {
      await Promise.race([this.#run(), late.promise]);
      return null;
    } catch (error) {
      return reasonOf(error);
    } finally {
      clearTimeout(timer);
    }
  }

  #run(): Promise<void> {
    this.#running ??= this.#start().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #start(): Promise<void> {
    this.#abort = new AbortController();
    await this.#probe.check(this.#abort.signal);
  }
}

/** Bounded and on one line: it goes to whoever asks. */
function reasonOf(error: unknown): string {
  const parts = error instanceof AggregateError ? (error.errors as unknown[]) : [error];
  const text = parts.map((part) => (part instanceof Error ? part.message || part.name : String(part))).join('; ');
  return text.replace(/\s+/g, ' ').slice(0, 200);
}
