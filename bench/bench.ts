// `npm run bench`: each path beside its floor, in one run, as a table and as NDJSON. Arguments: names of scenarios, --rounds n, --large [--entries n] [--keep folder].
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { startBenchInstallation } from './installation.ts';
import type { BenchInstallation } from './installation.ts';
import { measureLarge } from './large-log.ts';
import { compare } from './measure.ts';
import type { Comparison, Measured } from './measure.ts';
import { changesPage } from './scenarios/changes-page.ts';
import { exportCsv, exportNdjson } from './scenarios/export.ts';
import { feedOffset } from './scenarios/feed-offset.ts';
import { fanOutSocketIo, fanOutWebSocket } from './scenarios/fan-out.ts';
import { ingestNdjson, ingestNdjsonBesideMany } from './scenarios/ingest-ndjson.ts';
import { ingestSingle } from './scenarios/ingest-single.ts';
import { lockoutDecisions, lockoutOnePair } from './scenarios/lockout.ts';
import { pollAtHead } from './scenarios/poll-at-head.ts';
import { protectedCount } from './scenarios/protected-count.ts';
import { prune } from './scenarios/prune.ts';
import { searchByFilter, searchByText } from './scenarios/search.ts';
import { unreadCount } from './scenarios/unread-count.ts';
import { updateRoundTrip, workflowsPerSecond } from './scenarios/workflows.ts';

interface Scenario {
  readonly comparison: Comparison;
  /** Measured after it in the same installation. */
  readonly beside?: readonly Comparison[];
  readonly end: () => Promise<void>;
  readonly statements?: () => Promise<number>;
}

const scenarios: Readonly<Record<string, (installation: BenchInstallation) => Promise<Scenario>>> = {
  'ingest-ndjson': ingestNdjson,
  'ingest-ndjson-beside-many': ingestNdjsonBesideMany,
  'ingest-single': ingestSingle,
  'changes-page': changesPage,
  'poll-at-head': pollAtHead,
  'feed-offset': feedOffset,
  'unread-count': unreadCount,
  'search-filter': searchByFilter,
  'search-text': searchByText,
  prune,
  'protected-count': protectedCount,
  'export-csv': exportCsv,
  'export-ndjson': exportNdjson,
  'fan-out-socket-io': fanOutSocketIo,
  'fan-out-ws': fanOutWebSocket,
  'lockout-decisions': lockoutDecisions,
  'lockout-one-pair': lockoutOnePair,
  workflows: workflowsPerSecond,
  'update-round-trip': updateRoundTrip,
};

const { values, positionals } = parseArgs({ allowPositionals: true, options: { rounds: { type: 'string', default: '5' }, large: { type: 'boolean', default: false }, entries: { type: 'string', default: '10000000' }, keep: { type: 'string' } } });
const rounds = Math.max(5, Number(values.rounds));
const unknown = positionals.filter((name) => !(name in scenarios));
const largeEntries = Number(values.entries);
if (unknown.length > 0 || !Number.isInteger(rounds) || !/^10+$/.test(values.entries)) {
  process.stderr.write(`usage: npm run bench [-- --rounds n] [--large [--entries <a power of ten>] [--keep <folder>]] [${Object.keys(scenarios).join(' | ')}]\n`);
  process.exit(2);
}

process.stdout.write(`${String(cpus().length)} cores, Node ${process.version}, ${String(rounds)} alternating rounds each, warmed up\n\n`);
const lines: string[] = [];
if (values.large) {
  const say = (line: string): void => { process.stdout.write(`${line}\n`); };
  for (const measured of await measureLarge({ entries: largeEntries, rounds, say, ...(values.keep === undefined ? {} : { keptIn: values.keep }) })) {
    const { name, p50Ms, smallP50Ms, ratio, target, entries, smallEntries } = measured;
    say(`${name}\n  ${entries.toLocaleString('en')} entries  p50 ${p50Ms.toFixed(1)} ms\n  ${smallEntries.toLocaleString('en')} entries  p50 ${smallP50Ms.toFixed(1)} ms`);
    say(`  ratio  ${ratio.toFixed(2)}  (target ${String(target)}: ${ratio <= target ? 'met' : 'NOT met'})\n`);
    lines.push(JSON.stringify(measured));
  }
}
for (const [name, make] of values.large ? [] : Object.entries(scenarios)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  // Each in an installation of its own: what one leaves behind must not weigh on the next.
  const installation = await startBenchInstallation();
  try {
    const scenario = await make(installation);
    const measured = await compare(scenario.comparison, { rounds });
    const statements = await scenario.statements?.();
    show(measured, statements);
    lines.push(JSON.stringify({ ...measured, ...(statements === undefined ? {} : { statements }) }));
    for (const comparison of scenario.beside ?? []) {
      const measuredBeside = await compare(comparison, { rounds });
      show(measuredBeside, undefined);
      lines.push(JSON.stringify(measuredBeside));
    }
    await scenario.end();
  } finally {
    await installation.stop();
  }
}
mkdirSync(new URL('results/', import.meta.url), { recursive: true });
const file = new URL('results/latest.ndjson', import.meta.url);
writeFileSync(file, `${lines.join('\n')}\n`);
process.stdout.write('as NDJSON: bench/results/latest.ndjson\n');

function show(measured: Measured, statements: number | undefined): void {
  const { name, unit, oursIs, floorIs, oursPerSecond, floorPerSecond, ratio, ratioMin, ratioMax, target } = measured;
  const verdict = target === null ? '' : ratio >= target ? `  (target ${String(target)}: met)` : `  (target ${String(target)}: NOT met)`;
  process.stdout.write(
    `${name}\n` +
      `  ours   ${Math.round(oursPerSecond).toLocaleString('en')} ${unit}/s  ${oursIs}\n` +
      `  floor  ${Math.round(floorPerSecond).toLocaleString('en')} ${unit}/s  ${floorIs}\n` +
      `  ratio  ${ratio.toFixed(2)} median, ${ratioMin.toFixed(2)} to ${ratioMax.toFixed(2)}${verdict}\n` +
      (statements === undefined ? '' : `  database  ${String(statements)} statements during one round of polls\n`) +
      '\n',
  );
}
