// A process with a stopwatch of its own, for a test that stops the process meanwhile.
import { startStopwatch } from './stopwatch.ts';

const startedMs = performance.now();
const elapsedMs = startStopwatch();
process.once('message', () => {
  process.send?.({ elapsedMs: elapsedMs(), wallMs: performance.now() - startedMs });
  process.disconnect();
});
process.send?.('running');
