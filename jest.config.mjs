// Jest: native ES modules and types stripped by Node itself; one project per kind of cost.
const common = {
  rootDir: '.',
  transform: {},
  extensionsToTreatAsEsm: ['.ts'],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json'],
  testEnvironment: 'node',
};

const needsServers = { testEnvironment: '<rootDir>/test/harness/test-environment.ts', globalSetup: '<rootDir>/test/harness/global-setup.ts', globalTeardown: '<rootDir>/test/harness/global-teardown.ts' };

export default {
  testTimeout: 30000,
  maxWorkers: 2,
  projects: [
    { ...common, displayName: 'unit', testMatch: ['<rootDir>/test/**/*.{unit,architecture,replay}.test.ts'] },
    { ...common, ...needsServers, displayName: 'servers', testMatch: ['<rootDir>/test/**/*.{route,workflow,contract}.test.ts'] },
  ],
};
