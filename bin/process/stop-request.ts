// Turns signals, and the end of whoever started us, into one request to stop and at most one to stop at once.

export interface StopHandlers {
  stop(why: string): void;
  kill(why: string): void;
}

/**
 * The first request stops in order; a second signal means "now". A parent that dies without a word is noticed by the
 * closing of the channel it started us with.
 */
export function onStopRequest(handlers: StopHandlers): void {
  let asked = false;
  const ask = (why: string): void => {
    if (asked) return;
    asked = true;
    handlers.stop(why);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (asked) handlers.kill(signal);
      else ask(signal);
    });
  }
  if (process.channel == null) return;
  process.once('disconnect', () => {
    ask('whoever started this process has ended');
  });
  // The channel alone is no reason to stay alive.
  process.channel.unref();
}
