// Who may import whom, over the whole graph. Arrows point down only: nothing points up, and nothing sideways between features.

/** What every feature may lean on; `job` because every piece of durable work is a job's row first. */
const open = 'journal|filter|access|cursor|vocabulary|shared|job|own-action|settings|held|ack|evidence|rate-limit|parts|feed|egress';
/** Where features have a folder of their own, spelled the same in each. */
const layers = '(?:domain|db|activities|workflows|realtime|api/(?:v1|current|audit))';
/** Folders in these places that are no feature: they serve all of them, or are named after their path (`admin`) or their wire. */
const serving = 'migrations|roles|hub|worker|admin|wire|sync-ws|ui-ws|current-ws|sse|socket-io';

const doors = 'api|realtime|console';
const roots = 'bin|bench|test';

/** A rule whose breach is an error; its comment says where the thing belongs instead. */
function never(name, comment, from, to) {
  return { name, comment, severity: 'error', from, to };
}

module.exports = {
  forbidden: [
    never(
      'domain-is-pure',
      'The domain imports zod, @noble/hashes, ipaddr.js and itself; what it needs from the world is given to it.',
      { path: '^domain/' },
      {
        pathNot: ['^domain/', '(?:^|/)node_modules/(?:zod|@noble/hashes|ipaddr\\.js)/'],
      },
    ),
    never(
      'db-is-below',
      'db remembers: it imports domain, MikroORM, kysely, pg, rate-limiter-flexible and node:crypto; what lies in files is for db/parts.',
      { path: '^db/', pathNot: '^db/parts/' },
      {
        pathNot: ['^(?:db|domain)/', '(?:^|/)node_modules/(?:@mikro-orm/[^/]+|kysely|pg|pg-query-stream|@types/pg|rate-limiter-flexible)/', '^(?:node:)?crypto$'],
      },
    ),
    never(
      'parts-are-files',
      'db/parts imports domain and what of Node touches files.',
      { path: '^db/parts/' },
      {
        pathNot: ['^(?:db/parts|domain)/', '^(?:node:)?(?:crypto|fs|fs/promises|path|stream)$'],
      },
    ),
    never(
      'activities-are-below',
      'An activity acts on the world it is given: it knows db and domain, no workflow and no door.',
      { path: '^activities/' },
      {
        path: `^(?:workflows|${doors}|${roots})/`,
      },
    ),
    never(
      'workflows-are-replayed',
      'A workflow knows domain, activities as types, and Temporal: nothing that reads, writes or waits by itself.',
      { path: '^workflows/' },
      {
        pathNot: ['^(?:workflows|domain|activities)/', '(?:^|/)node_modules/(?:@temporalio/(?:workflow|common)|zod|@noble/hashes)/'],
      },
    ),
    never(
      'workflows-know-activities-as-types',
      'A value imported from an activity carries db into the bundle: use `import type`.',
      { path: '^workflows/' },
      {
        path: '^activities/',
        dependencyTypesNot: ['type-only'],
      },
    ),
    never(
      'api-is-a-door',
      'A door imports db, domain, the messages of workflows and realtime/hub.',
      { path: '^api/' },
      {
        path: `^(?:activities|console|${roots})/|^realtime/(?!hub(?:/|\\.ts$))`,
      },
    ),
    never(
      'api-knows-messages-only',
      'Work that takes time is spoken to by its *.messages.ts.',
      { path: '^api/' },
      {
        path: '^workflows/',
        pathNot: '\\.messages\\.ts$',
      },
    ),
    never(
      'realtime-is-a-door',
      'The live door imports db, domain and api/auth.',
      { path: '^realtime/' },
      {
        path: `^(?:workflows|activities|console|${roots})/|^api/(?!auth/)`,
      },
    ),
    never(
      'hub-reads-the-log',
      'The hub imports db/journal and domain.',
      { path: '^realtime/hub(?:/|\\.ts$)' },
      {
        path: '^(?:api|db/(?!journal/))|^realtime/(?!hub(?:/|\\.ts$))',
      },
    ),
    never(
      'wires-are-apart',
      'An adapter knows the hub, what all wires share (realtime/wire), and no other adapter.',
      { path: '^realtime/(sync-ws|ui-ws|current-ws|sse|socket-io)/' },
      { path: '^realtime/(?:sync-ws|ui-ws|current-ws|sse|socket-io)/', pathNot: '^realtime/$1/' },
    ),
    never(
      'wires-share-below',
      'What all wires share stands below them.',
      { path: '^realtime/wire/' },
      { path: '^realtime/(?!wire/|hub/)' },
    ),
    never(
      'console-speaks-http',
      'The console imports types made from our OpenAPI document, and no server folder.',
      { path: '^console/' },
      {
        path: `^(?:domain|db|activities|workflows|api|realtime|${roots})/`,
      },
    ),
    never(
      'nobody-imports-roots',
      'bin wires; only tests and measurements start its parts. Nobody imports tests or measurements.',
      { path: `^(?:domain|db|activities|workflows|${doors})/` },
      {
        path: `^(?:${roots})/`,
      },
    ),
    never(
      'bin-is-no-test',
      'What runs in production leans on no test and no measurement.',
      { path: '^bin/' },
      { path: '^(?:test|bench)/' },
    ),
    never(
      'not-sideways-between-features',
      `Features meet by the log, by ids or in bin. What two of them need belongs to one of ${open}.`,
      { path: `^${layers}/([^/]+)/`, pathNot: `^${layers}/(?:${open}|${serving})/` },
      { path: `^${layers}/[^/]+/`, pathNot: [`^${layers}/$1/`, `^${layers}/(?:${open}|${serving})/`] },
    ),
    never(
      'not-in-a-circle',
      'A circle of values has no bottom to start reading from.',
      {},
      { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    ),
    never('not-unresolvable', 'The import leads nowhere.', {}, { couldNotResolve: true }),
    never(
      'not-undeclared',
      'Every package is in package.json; those of development are for tests and measurements alone.',
      { pathNot: `^(?:test|bench)/` },
      {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['type-only'],
      },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Imports that vanish when types are stripped count too.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json'],
    },
  },
};
