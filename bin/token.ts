// `npm run token`: prints a token signed with the configured secret.
import { configureOrExit, joinOrExit } from './root/configure.ts';
import { exitCodes } from './root/exit-codes.ts';
import { signToken } from './tokens/sign-token.ts';
import { readTokenArguments, tokenUsage } from './tokens/token-arguments.ts';

const wanted = readTokenArguments(process.argv.slice(2));
if (!wanted.ok) {
  process.stderr.write(`${wanted.problems.join('\n')}\n${tokenUsage}\n`);
  process.exit(exitCodes.failed);
}
const { tokenTrust } = joinOrExit(configureOrExit(), ['tokenTrust']);
if (tokenTrust.kind === 'jwks') {
  process.stderr.write(`Tokens are signed by ${tokenTrust.issuer} here: there is no secret to sign one with.\n`);
  process.exit(exitCodes.configuration);
}
const { claims, lifetimeSeconds } = wanted;
process.stdout.write(`${await signToken({ claims, lifetimeSeconds, secret: tokenTrust.secret, nowMs: Date.now() })}\n`);
