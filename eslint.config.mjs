// What is checked at the keyboard: types, promises, and who may import whom, with messages that say where the thing belongs.
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { beginsWithComment } from './test/architecture/begins-with-comment.rule.mjs';

// Written a second time, over the whole graph, in .dependency-cruiser.cjs.
const layers = {
  domain: {
    packages: ['zod', '@noble/hashes', 'ipaddr\\.js'],
    neverFolders: ['db', 'activities', 'workflows', 'api', 'realtime', 'console', 'bin', 'bench', 'test'],
    teaches:
      'The domain is pure: it imports zod, @noble/hashes, ipaddr.js and itself. What it needs from the world is given to it as a value or a function.',
  },
  db: {
    neverFolders: ['activities', 'workflows', 'api', 'realtime', 'console', 'bin', 'bench', 'test'],
    teaches: 'db remembers; it knows the domain and nobody above it. What a caller needs is returned to it.',
  },
  activities: {
    neverFolders: ['workflows', 'api', 'realtime', 'console', 'bin', 'bench', 'test'],
    teaches: 'An activity does one thing to the world it is given. What a workflow and an activity share belongs to domain.',
  },
  workflows: {
    packages: ['zod', '@noble/hashes', '@temporalio/workflow', '@temporalio/common'],
    neverFolders: ['db', 'api', 'realtime', 'console', 'bin', 'bench', 'test'],
    typesOnlyFolders: ['activities'],
    teaches:
      'A workflow is replayed: it may know the domain, and activities by their types alone. Reading and writing is the work of an activity.',
  },
  api: {
    neverFolders: ['activities', 'console', 'bin', 'bench', 'test'],
    neverPaths: ['realtime/(?!hub(?:/|\\.))', 'workflows/(?!(?:.*/)?[^/]+\\.messages\\.ts$)'],
    teaches: 'A door speaks to work that takes time by its *.messages.ts, and to the live side by realtime/hub alone.',
  },
  realtime: {
    neverFolders: ['activities', 'workflows', 'console', 'bin', 'bench', 'test'],
    neverPaths: ['api/(?!auth/)'],
    teaches: 'The live door shares api/auth with the REST door and nothing else; what both need belongs to domain or db.',
  },
  bin: {
    neverFolders: ['test', 'bench'],
    teaches: 'What runs in production does not lean on tests or measurements.',
  },
};

const oneWordForFolders = 'A file or folder is named after what it is responsible for.';

export default defineConfig(
  globalIgnores(['node_modules/', '.holdfast/', '.spike/', 'coverage/', 'console/dist/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { holdfast: { rules: { 'begins-with-comment': beginsWithComment } } },
    rules: {
      'holdfast/begins-with-comment': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Export by name: a thing has one name everywhere.' },
        { selector: 'ExportAllDeclaration', message: 'No barrels: import from the file that is responsible.' },
        {
          selector: "MemberExpression[object.name='process'][property.name='env']",
          message: 'The environment is read once, in bin/config. Take what you need as a parameter.',
        },
      ],
      'no-restricted-exports': [
        'error',
        { restrictDefaultExports: { direct: true, named: true, defaultFrom: true, namedFrom: true, namespaceFrom: true } },
      ],
      '@typescript-eslint/ban-ts-comment': ['error', { minimumDescriptionLength: 10, 'ts-expect-error': 'allow-with-description' }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // Our objects are made by factories over closures: their methods know no `this`.
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // `void` marks a promise whose failure is handled where it is made.
      '@typescript-eslint/no-floating-promises': ['error', { ignoreVoid: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
    },
  },
  Object.entries(layers).map(([folder, layer]) => ({
    files: [`${folder}/**/*.ts`],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns: importPatterns(layer) }] },
  })),
  {
    files: ['realtime/hub/**/*.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: folderPattern('(?:api|activities|workflows|console|bin|bench|test|db/(?!journal/))'),
              message: 'The hub reads the log and nothing else: db/journal and domain.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['bin/**/*.ts', 'test/harness/**/*.ts', 'bench/**/*.ts'],
    rules: {
      'no-console': 'off',
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Export by name: a thing has one name everywhere.' },
      ],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // Jest's matchers (`expect.any(String)`) are of type any by design, and stand where a value is expected.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      // Tests look into answers as they came; what they find there is what is tested.
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    // Jest asks for the default export of a set-up file and of an environment.
    files: ['test/harness/global-*.ts', 'test/harness/test-environment.ts'],
    rules: { 'no-restricted-syntax': 'off', 'no-restricted-exports': 'off' },
  },
);

function importPatterns({ packages, neverFolders = [], neverPaths = [], typesOnlyFolders = [], teaches }) {
  const patterns = [
    { regex: folderPattern(`(?:${[...neverFolders.map((name) => `${name}/`), ...neverPaths].join('|')})`), message: teaches },
    { regex: '(?:^|/)(?:utils?|helpers?|common|lib)(?:/|\\.ts$)', message: oneWordForFolders },
  ];
  if (packages !== undefined) patterns.push({ regex: `^(?!\\.|(?:${packages.join('|')})(?:/|$))`, message: teaches });
  for (const folder of typesOnlyFolders) patterns.push({ regex: folderPattern(`${folder}/`), allowTypeImports: true, message: teaches });
  return patterns;
}

/** Relative imports climb to the top first: `../../db/pool.ts`. */
function folderPattern(folders) {
  return `^(?:\\.\\./)+${folders}`;
}
