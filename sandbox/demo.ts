/**
 * `npm run demo`: a whole rollout and a rollback in about a minute, without a browser. Exits 0 only when the flag, the
 * customers, the record and Slack all say what they should; ended by a signal, with 128 and its number.
 *
 * `--break-user u42`: one customer gets the new checkout whatever the flag says, to see that the demo notices.
 */
import { parseArgs } from 'node:util';
import { runDemo } from './demo/run.js';
import { endWithNpm } from './processes.js';

const { values } = parseArgs({ options: { 'break-user': { type: 'string' } } });
const breakUser = values['break-user'];
const stop = new AbortController();
let stopped = 0;
const end = (number: number) => {
  stopped ||= 128 + number;
  stop.abort();
};
for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const)
  process.on(signal, (_name: string, number: number) => end(number));
endWithNpm('demo', () => end(15));

const code = await runDemo({ signal: stop.signal, ...(breakUser ? { breakUser } : {}) }).catch((error: unknown) => {
  if (stopped === 0) console.error(`The demo does not run: ${error instanceof Error ? error.message : String(error)}`);
  return 1;
});
// Whatever still waits for the acts of a demo that was stopped early is not waited for.
process.exit(stopped || code);
