// The rules of the house that are about names and texts, as functions from files to complaints.

/** Features stand in these places, each in a folder of its own name. */
const layerOfSlug = /^(?:db|activities|workflows|realtime|api\/(?:v1|current|audit)|domain|test)\/([^/]+)\//;

/** Folders of a layer that serve all features. */
const noFeatures = new Set([
  'domain/shared',
  'db/migrations',
  'db/roles',
  'realtime/hub',
  'realtime/wire',
  'activities/worker',
  'test/api',
  'test/architecture',
  'test/bin',
  'test/harness',
  'test/histories',
  'test/isolation',
]);

/** Doors that are named after their path, with the slug of what they open. */
const namedAfterPath = new Map([
  ['api/v1/admin', 'tenant'],
  ['api/v1/events', 'journal'],
  ['api/v1/jobs', 'job'],
  // Adapters are named after their wire.
  ['realtime/sync-ws', 'realtime'],
  ['realtime/ui-ws', 'realtime'],
  ['realtime/current-ws', 'realtime'],
  ['realtime/sse', 'realtime'],
  ['realtime/socket-io', 'realtime'],
]);

export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** Every folder of a feature, in any layer, is spelled as in domain, where its front door stands. */
export function slugComplaints(paths: readonly string[]): string[] {
  const slugs = new Set(paths.map((path) => /^domain\/([^/]+)\//.exec(path)?.[1]).filter((slug) => slug !== undefined));
  const complaints = [...slugs]
    .filter((slug) => !noFeatures.has(`domain/${slug}`) && !paths.includes(`domain/${slug}/README.md`))
    .map((slug) => `domain/${slug} has no README.md`);
  for (const folder of featureFolders(paths)) {
    const slug = namedAfterPath.get(folder) ?? folder.slice(folder.lastIndexOf('/') + 1);
    if (!noFeatures.has(folder) && !slugs.has(slug)) complaints.push(`${folder} has no domain/${slug}`);
  }
  return complaints;
}

/** A name says what a thing is responsible for; these say only that nobody knew. */
export function nameComplaints(paths: readonly string[]): string[] {
  const nameless = /(?:^|[/.-])(?:utils?|helpers?|common|lib|misc|manager)(?:[/.-]|$)/;
  return paths.flatMap((path) => {
    if (nameless.test(path)) return [`${path} is named after nothing it does`];
    return /^[a-z0-9./_-]+$/.test(path) || /(?:^|\/)[A-Z]+\.md$/.test(path) ? [] : [`${path} is not in kebab-case`];
  });
}

/** A test's name tells what it costs. */
export function testNameComplaints(paths: readonly string[]): string[] {
  return paths
    .filter((path) => /\.(?:test|spec)\.[a-z]+$/.test(path))
    .filter((path) => !/^test\/[a-z0-9-]+\/[a-z0-9.-]+\.(?:unit|workflow|replay|route|contract|architecture)\.test\.ts$/.test(path))
    .map((path) => `${path} does not tell what it costs (unit, workflow, replay, route, contract or architecture)`);
}

/** The first line of every file says what it is responsible for. */
export function firstLineComplaints(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ text }) => !/^(?:#![^\n]*\n)?(?:\/\/ |\/\*\* ?)\S.*\p{L}{2}/u.test(text))
    .map(({ path }) => `${path} does not begin with a comment`);
}

/** Whoever switches a check off says why, on the same line. */
export function exceptionComplaints(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) => {
      const unexplained =
        (/\beslint-disable/.test(line) && !/eslint-disable\S* \S.* -- \S/.test(line)) ||
        (/@ts-(?:ignore|expect-error|nocheck)/.test(line) && !/@ts-expect-error\W+\w.{9}/.test(line)) ||
        (/\bas unknown as\b|\bas any\b/.test(line) && !/\/\/ \S/.test(line));
      return unexplained ? [`${path}:${String(index + 1)} makes an exception without its reason`] : [];
    }),
  );
}

function featureFolders(paths: readonly string[]): Set<string> {
  const folders = paths.map((path) => layerOfSlug.exec(path)?.[0].slice(0, -1));
  return new Set(folders.filter((folder) => folder !== undefined));
}
