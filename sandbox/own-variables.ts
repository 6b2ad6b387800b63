/**
 * What a person's own plans need, such as the address of their flag table, from `.env.sandbox`. The project's `.env` and this
 * shell are not read: they may lead to production, and what is only tried out must not get there by accident.
 */
import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'dotenv';
import { isBotVariable } from '../src/plans/values/variables.js';

export const OWN_VARIABLES = '.env.sandbox';

/** What would change how the bot itself runs, not what a plan reads. */
const OF_THE_PROCESS = /^(?:PATH|HOME|NODE_.*|LD_.*|PG.*|PLANS_DIR|PORT|LOG_LEVEL)$/;

/** Those of the file that plans may read; `say` names what was taken and what was not. No file: nothing. */
export function ownVariables(
  file: string,
  bySandbox: Readonly<Record<string, string | undefined>>,
  say: (line: string) => void,
): Record<string, string> {
  if (!existsSync(file)) return {};
  const all = Object.entries(parse(readFileSync(file, 'utf8')));
  const isTaken = (name: string) => name in bySandbox || isBotVariable(name) || OF_THE_PROCESS.test(name);
  const own = all.filter(([name]) => !isTaken(name));
  const refused = all.map(([name]) => name).filter(isTaken);
  if (own.length > 0) say(`From ${OWN_VARIABLES}, for your plans: ${own.map(([name]) => name).join(', ')}`);
  if (refused.length > 0) {
    say(`Not taken from ${OWN_VARIABLES}, the sandbox sets its own or needs none: ${refused.join(', ')}`);
  }
  return Object.fromEntries(own);
}
