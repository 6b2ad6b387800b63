/**
 * The two promises of the README on a Debian with only Node 20 and npm: `npm ci && npm test`, `npm ci && npm run
 * sandbox`. Offline but for the npm registry; as root in a closed home, and as an ordinary user.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Debian, makeDebian, PEOPLE, type Person } from './debian.js';
import { machineNpm, whyNot } from './machine.js';
import type { Ended } from './running.js';
import { SLACK, seen, TERMINAL, type } from './tutorial.js';

const MINUTE = 60_000;
const reason = await whyNot();
if (reason) console.info(`Skipped: no bare Debian here, because ${reason}.`);

/** All four run the sandbox. All tests take many minutes, and the machine itself runs them; BARE=all runs them in here too. */
const ALL = process.env.BARE === 'all';
/** What root does where everything is asked for. */
export const ROOT = ALL ? 'tests' : 'sandbox';
/** Those that ask the machine for something: a Postgres, processes, ports, files, the built program, whole acts. */
const TESTS = ALL
  ? 'npm test'
  : 'npm test -- test/main.test.ts test/store test/sandbox/postgres test/sandbox/databases test/sandbox/processes test/scenarios/act-one test/scenarios/cli-rollback';
/** Followed once: it waits for a baseline by the clock. */
const TUTORIAL = 'bookworm walt';

export interface Bare {
  readonly suite: 'bookworm' | 'trixie';
  readonly debian: string;
  readonly who: Readonly<Record<Person, 'tests' | 'sandbox'>>;
}

if (!ALL) console.info('on a bare Debian only the tests that ask the machine for something; BARE=all runs all of them');

/** The lines of a test run that say what failed and why. */
function failuresIn(output: string): string {
  const telling = output.split('\n').filter((line) => /×|FAIL|Error|expected|failed/.test(line));
  return telling.slice(-60).join('\n');
}

export function onABareDebian({ suite, debian, who }: Bare): void {
  describe.skipIf(reason !== '')(`on a bare ${debian}`, () => {
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

    /** Everything the tutorial has people type, beside the sandbox that runs. */
    async function followTutorial(person: Person, address: string): Promise<void> {
      for (const commands of TERMINAL) {
        const ended = await machine.run(person, ['bash', '-euc', commands], MINUTE);
        tell(person, commands.split('\n')[0] ?? '', ended);
        expect(ended.code, ended.output.slice(-6_000)).toBe(0);
      }
      const [start = '', rollback = ''] = SLACK;
      const began = performance.now();
      await type(address, start);
      await seen(address, '10 % started');
      tell(person, `${start}, baseline and first stage`, { seconds: (performance.now() - began) / 1000 });
      await seen(address, 'Error rate');
      await type(address, rollback);
      await seen(address, 'Rolled back');
    }

    async function does(person: Person, command: string, limitMs: number): Promise<void> {
      const ended = await machine.run(person, command.split(' '), limitMs);
      tell(person, command, ended);
      // Also when a second try passes: what failed the first time has a name.
      if (ended.code !== 0) console.info(failuresIn(ended.output));
      const left = machine.processes();
      if (left.length > 0) console.info(`still there when ${command} had ended: ${left.join('; ')}`);
      expect(ended.code, ended.output.slice(-6_000)).toBe(0);
      expect(left).toEqual([]);
    }

    describe.each(PEOPLE)('as %s', (person) => {
      test('npm ci', () => does(person, 'npm ci', 5 * MINUTE), 6 * MINUTE);

      test.runIf(who[person] === 'tests')('npm test', () => does(person, TESTS, 14 * MINUTE), 15 * MINUTE);

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
          if (TUTORIAL === `${suite} ${person}`) await followTutorial(person, address);
          sandbox.interrupt();
          const { output } = await sandbox.ended;
          expect(machine.processes(), output).toEqual([]);
        },
        4 * MINUTE,
      );
    });
  });
}
