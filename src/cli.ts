#!/usr/bin/env node
import { print } from './cli/terminal.js';
import { USAGE } from './cli/usage.js';

/** Each verb is loaded when it is typed: a rollback in a hurry does not wait for what only others need. */
async function main([verb, ...rest]: readonly string[]): Promise<number> {
  if (rest.includes('--help')) {
    print(USAGE);
    return 0;
  }
  switch (verb) {
    case 'validate':
      return (await import('./cli/validate.js')).validate(rest);
    case 'doctor':
      return (await import('./cli/doctor.js')).doctor(rest);
    case 'init':
      return (await import('./cli/init.js')).init(rest);
    case 'list':
      return (await import('./cli/list.js')).list();
    case 'rollback':
    case 'pause':
      return (await import('./cli/order.js')).order(verb, rest);
    case undefined:
    case 'help':
    case '--help':
    case '-h':
      print(USAGE);
      return verb === undefined ? 2 : 0;
    default:
      print(`rollout: there is no command "${verb}"\n\n${USAGE}`);
      return 2;
  }
}

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`rollout: ${error instanceof Error ? error.message : String(error)}\n`);
  return 1;
});
