// Lints made-up files by the real configuration: reads [{ path, text }] from standard input, writes the rules each one breaks.
import { text } from 'node:stream/consumers';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';

// The files do not exist, so nothing is known of their types; the rules asked for here need none.
const withoutTypes = { files: ['**/*.ts'], ...tseslint.configs.disableTypeChecked };
const eslint = new ESLint({ overrideConfig: [withoutTypes] });

const samples = JSON.parse(await text(process.stdin));
const verdicts = [];
for (const { path, text: sample } of samples) {
  const [result] = await eslint.lintText(sample, { filePath: path });
  verdicts.push(result.messages.map(({ ruleId, message }) => ({ rule: ruleId, message })));
}
process.stdout.write(JSON.stringify(verdicts));
