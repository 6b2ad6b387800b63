#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { print, surviveClosedPipes } from './cli/terminal.js';
import { asksTheDatabase, readCliWords } from './cli/usage.js';
import { troubleOf } from './store/trouble.js';

/** Each verb is loaded when it is typed: a rollback in a hurry does not wait for what only others need. */
async function main(typed: readonly string[]): Promise<number> {
  const read = readCliWords(typed, ownVersion());
  if (read.kind !== 'run') {
    print(read.text);
    return read.kind === 'show' ? 0 : 2;
  }
  const { verb, words } = read;
  switch (verb) {
    case 'validate':
      return (await import('./cli/validate.js')).validate(words);
    case 'doctor':
      return (await import('./cli/doctor/index.js')).doctor(words);
    case 'init':
      return (await import('./cli/init.js')).init(words);
    case 'list':
      return (await import('./cli/list.js')).list();
    case 'history':
      return (await import('./cli/history.js')).history(words);
    case 'items':
      return (await import('./cli/items.js')).items(words);
    case 'output':
      return (await import('./cli/output.js')).output(words);
    case 'rollback':
    case 'pause':
      return (await import('./cli/order.js')).order(verb, words);
    case 'completion':
      return (await import('./cli/completion.js')).completion(words);
    default:
      return verb satisfies never;
  }
}

/** From the package this file is part of; where that lies depends on how it was built. */
function ownVersion(): string {
  for (const up of ['../', '../../']) {
    try {
      const { name, version } = JSON.parse(readFileSync(new URL(`${up}package.json`, import.meta.url), 'utf8'));
      if (name === 'rollout-bot') return String(version);
    } catch {
      // Not here.
    }
  }
  return 'of an unknown version';
}

surviveClosedPipes();
process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  const said = error instanceof Error ? error.message || error.name : String(error);
  const trouble = asksTheDatabase(process.argv[2] ?? '') ? troubleOf(error) : null;
  process.stderr.write(`rollout: ${trouble ? `${trouble.words} (${said || trouble.code})` : said}\n`);
  return 1;
});
