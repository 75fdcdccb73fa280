// `npm run bench`: each path beside its floor, in one run, as a table and as NDJSON. Arguments: names of scenarios, --rounds n.
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { startBenchInstallation } from './installation.ts';
import type { BenchInstallation } from './installation.ts';
import { compare } from './measure.ts';
import type { Comparison, Measured } from './measure.ts';
import { changesPage } from './scenarios/changes-page.ts';
import { feedOffset } from './scenarios/feed-offset.ts';
import { fanOutSocketIo, fanOutWebSocket } from './scenarios/fan-out.ts';
import { ingestNdjson, ingestNdjsonBesideMany } from './scenarios/ingest-ndjson.ts';
import { ingestSingle } from './scenarios/ingest-single.ts';
import { pollAtHead } from './scenarios/poll-at-head.ts';
import { searchByFilter, searchByText } from './scenarios/search.ts';
import { unreadCount } from './scenarios/unread-count.ts';

interface Scenario {
  readonly comparison: Comparison;
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
  'fan-out-socket-io': fanOutSocketIo,
  'fan-out-ws': fanOutWebSocket,
};

const { values, positionals } = parseArgs({ allowPositionals: true, options: { rounds: { type: 'string', default: '5' } } });
const rounds = Math.max(5, Number(values.rounds));
const unknown = positionals.filter((name) => !(name in scenarios));
if (unknown.length > 0 || !Number.isInteger(rounds)) {
  process.stderr.write(`usage: npm run bench [-- --rounds n] [${Object.keys(scenarios).join(' | ')}]\n`);
  process.exit(2);
}

process.stdout.write(`${String(cpus().length)} cores, Node ${process.version}, ${String(rounds)} alternating rounds each, warmed up\n\n`);
const lines: string[] = [];
for (const [name, make] of Object.entries(scenarios)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  // Each in an installation of its own: what one leaves behind must not weigh on the next.
  const installation = await startBenchInstallation();
  try {
    const scenario = await make(installation);
    const measured = await compare(scenario.comparison, { rounds });
    const statements = await scenario.statements?.();
    show(measured, statements);
    lines.push(JSON.stringify({ ...measured, ...(statements === undefined ? {} : { statements }) }));
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
