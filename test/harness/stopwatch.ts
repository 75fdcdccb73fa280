// How long something took for this process, not counting what the machine kept from it: what is promised within a second is not late because others had the processors.
const everyMs = 10;

/** Runs until it is read. */
export function startStopwatch(): () => number {
  const startedMs = performance.now();
  let keptFromUsMs = 0;
  let last = { atMs: startedMs, usedMs: usedMs() };
  const look = () => {
    const seen = { atMs: performance.now(), usedMs: usedMs() };
    const passedMs = seen.atMs - last.atMs;
    // Neither was it time for us, nor did we use it ourselves.
    keptFromUsMs += Math.max(0, passedMs - Math.max(everyMs, seen.usedMs - last.usedMs) - everyMs);
    last = seen;
  };
  const looking = setInterval(look, everyMs);
  looking.unref();
  return () => {
    clearInterval(looking);
    look();
    return performance.now() - startedMs - keptFromUsMs;
  };
}

function usedMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
