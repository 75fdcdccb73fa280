// What the tokens and the cursors of tests are signed with.
export const testSecret = 'a secret for tests, known to everybody who reads them';

export const testCursorSecret = 'another secret for tests, known just as widely';
