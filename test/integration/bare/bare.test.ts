/**
 * The two promises of the README on a Debian with only Node 20 and npm: `npm ci && npm test`, `npm ci && npm run
 * sandbox`. Offline but for the npm registry; as root in a closed home, and as an ordinary user.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Debian, makeDebian, PEOPLE, type Person } from './debian.js';
import { machineNpm, whyNot } from './machine.js';
import type { Ended } from './running.js';

const MINUTE = 60_000;
const reason = await whyNot();
if (reason) console.info(`Skipped: no bare Debian here, because ${reason}.`);

/** All four run the sandbox; two of them also the tests, so that a run stays within its time. */
/** All tests take minutes, and `npm test` as root on a Debian is what the machine itself runs: BARE=all runs it in here too. */
const ROOT = process.env.BARE === 'all' ? 'all' : 'sandbox';
const CASES: readonly Case[] = [
  { suite: 'bookworm', debian: 'Debian 12', who: { root: ROOT, walt: 'sandbox' } },
  { suite: 'trixie', debian: 'Debian 13', who: { root: 'sandbox', walt: 'all' } },
];

interface Case {
  readonly suite: 'bookworm' | 'trixie';
  readonly debian: string;
  readonly who: Readonly<Record<Person, 'all' | 'sandbox'>>;
}

if (ROOT !== 'all')
  console.info('npm test as root on a bare Debian 12: left out for its minutes; BARE=all runs it too');

describe.skipIf(reason !== '').each(CASES)('on a bare $debian', ({ suite, debian, who }) => {
  let machine: Debian;

  beforeAll(async () => {
    machine = await makeDebian(suite);
  }, 10 * MINUTE);

  // What one command left behind, if it failed, is not the next one's fault.
  afterEach(() => machine?.endAll());
  afterAll(() => machine?.remove());

  function tell(person: Person, what: string, { seconds }: Pick<Ended, 'seconds'>): void {
    const versions = `${debian} (${machine.version}), Node ${process.version}, npm ${machineNpm().version}`;
    console.info(`${versions}, ${person}: ${what} took ${seconds.toFixed(1)} s`);
  }

  async function does(person: Person, command: string, limitMs: number): Promise<void> {
    const ended = await machine.run(person, command.split(' '), limitMs);
    tell(person, command, ended);
    expect(ended.code, ended.output.slice(-6_000)).toBe(0);
    expect(machine.processes()).toEqual([]);
  }

  describe.each(PEOPLE)('as %s', (person) => {
    test('npm ci', () => does(person, 'npm ci', 5 * MINUTE), 6 * MINUTE);

    test.runIf(who[person] === 'all')('npm test', () => does(person, 'npm test', 12 * MINUTE), 13 * MINUTE);

    test(
      'npm run sandbox answers at the address it prints, and Ctrl-C leaves nothing',
      async () => {
        const began = performance.now();
        const sandbox = machine.start(person, ['npm', 'run', 'sandbox'], 3 * MINUTE);
        const address = await sandbox.printed(/http:\/\/(127\.0\.0\.1|localhost):\d+/);
        tell(person, 'npm run sandbox, first start', { seconds: (performance.now() - began) / 1000 });
        const answer = await fetch(address);
        expect(answer.status).toBe(200);
        expect(machine.processes().join('\n')).toMatch(/postgres/);
        sandbox.interrupt();
        const { output } = await sandbox.ended;
        expect(machine.processes(), output).toEqual([]);
      },
      4 * MINUTE,
    );
  });
});
