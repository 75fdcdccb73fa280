// The first thing a composition root does: reads the environment, and ends the process when it does not fit.
import { describeProblems, readConfiguration } from '../config/read-configuration.ts';
import type { Configuration } from '../config/environment.ts';
import { joinInstallation } from '../config/join-installation.ts';
import type { Installation, Whole } from '../config/join-installation.ts';
import { exitCodes } from './exit-codes.ts';

export function configureOrExit(): Configuration {
  const result = readConfiguration(process.env);
  if (!result.ok) exitWith(describeProblems(result.problems));
  for (const name of result.unknown) process.stderr.write(`${name} is not a variable of this release: ignored\n`);
  return result.configuration;
}

/** For processes that take part in an installation rather than make one. */
export function joinOrExit<Part extends keyof Installation>(configuration: Configuration, parts: readonly Part[]): Whole<Part> {
  const result = joinInstallation(configuration, parts);
  if (!result.ok) exitWith(`${describeProblems(result.problems)}\nStart an installation with "npm start", or set these variables.`);
  return result.installation;
}

function exitWith(text: string): never {
  process.stderr.write(`${text}\n`);
  process.exit(exitCodes.configuration);
}
