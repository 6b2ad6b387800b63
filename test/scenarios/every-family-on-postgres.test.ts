/**
 * The families of scenarios. Each is played on a real flag table at least once: a plan that was read back from the database is
 * not the text that was written there, columns have types of their own, and reads and writes take their time.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

interface Family {
  /** Played on a table: `each(TARGETS)`, `target: 'postgres'`, or a table of their own. */
  readonly onPostgres: readonly string[];
  readonly inMemory: readonly string[];
}

const FAMILIES: Readonly<Record<string, Family>> = {
  'up by approval, down on a breach': {
    onPostgres: ['breach-while-people-decide'],
    inMemory: ['act-one', 'act-two', 'jumping-is-the-same', 'laws-notice', 'the-nine-laws'],
  },
  'how health is judged': {
    onPostgres: ['judged-by-what-was-measured', 'metrics-are-down'],
    inMemory: ['one-bad-reading-is-not-a-rollback', 'pushed-alerts', 'readings-are-kept'],
  },
  'requests and approvals': {
    onPostgres: ['an-approval-binds-to-one-request'],
    inMemory: [
      'advance-waits-for-its-conditions',
      'asked-again-in-place',
      'clicking-approve-twice',
      'people-change-under-a-request',
      'two-leads-in-the-same-second',
    ],
  },
  'old buttons, forms, and what is delivered twice': {
    onPostgres: ['stale-buttons-are-refused'],
    inMemory: [
      'forms-decide-nothing',
      'no-way-around-a-form',
      'old-buttons-of-a-run-that-is-over',
      'the-same-delivery-again',
      'what-nobody-asked-for',
    ],
  },
  'holding and ending': { onPostgres: ['holding-and-ending'], inMemory: [] },
  'a run after another': {
    onPostgres: ['after-a-rollback-by-the-bot'],
    inMemory: ['a-name-never-means-another-rollout'],
  },
  'what a start is refused for': {
    onPostgres: ['what-a-start-is-refused-for'],
    inMemory: ['a-channel-that-refuses-a-start'],
  },
  'a raise that fails, hangs or comes too late': {
    onPostgres: ['a-raise-that-fails', 'nothing-rises-that-nobody-saw', 'rollback-while-a-raise-hangs'],
    inMemory: ['taken-for-dead'],
  },
  'the way down': {
    onPostgres: ['a-lowering-waits-for-nothing', 'a-real-flag-in-postgres', 'a-rollback-finds-its-way'],
    inMemory: [
      'a-flood-holds-up-no-lowering',
      'a-rollback-that-takes-too-long',
      'odd-characters-never-hold-a-rollback-up',
      'rollback-is-always-open',
    ],
  },
  'somebody else moves the flag': { onPostgres: ['somebody-else-moved-the-flag'], inMemory: [] },
  'waiting and reminders': { onPostgres: ['waiting-for-people'], inMemory: ['reminders-keep-to-the-plan'] },
  'what is to be done': {
    onPostgres: ['lists-of-people', 'planned-until-it-is-done'],
    inMemory: ['forty-clicks', 'items-go-out-once', 'items-of-the-bot', 'who-may-what-of-items'],
  },
  restarts: { onPostgres: ['restart-mid-bake'], inMemory: ['an-upgrade-keeps-a-rollout-running'] },
  'two at once': { onPostgres: ['two-bots-on-one-database'], inMemory: ['two-rollouts-in-one-channel'] },
  'commands, mentions and direct messages': {
    onPostgres: ['words-that-are-a-place'],
    inMemory: [
      'a-mention-is-acked-when-it-is-done',
      'a-mention-never-raises',
      'looking-changes-nothing',
      'many-stages-fit-one-screen',
      'odd-words',
      'where-people-look',
    ],
  },
  'Slack away, its channels and messages gone': {
    onPostgres: ['slack-is-down'],
    inMemory: ['slack-tells-of-a-channel', 'the-bot-loses-its-channel', 'the-live-message-is-deleted'],
  },
  'who hears': {
    onPostgres: ['who-is-told-where'],
    inMemory: ['a-rollout-makes-little-noise', 'who-hears'],
  },
  'who may': {
    onPostgres: ['slash-in-a-shared-channel'],
    inMemory: [
      'in-unusual-workspaces',
      'on-an-enterprise-grid',
      'slack-does-not-say-who-is-who',
      'who-is-refused',
      'who-may-what',
    ],
  },
  'the command line': { onPostgres: ['cli-rollback-with-everything-down', 'who-may-what-by-cli'], inMemory: [] },
  'named users and tenants': { onPostgres: ['named-users-come-first', 'tenants-one-after-another'], inMemory: [] },
  'other targets': { onPostgres: ['on-every-target'], inMemory: ['a-flag-service-over-http'] },
  'the runbooks of examples/': {
    onPostgres: ['runbook-multi-workspace', 'runbook-work-surfaces'],
    inMemory: ['runbook-batch-patches', 'runbook-terp-deploy', 'runbook-workstation'],
  },
};

const ON_A_TABLE = /\.each\(TARGETS\)|target: 'postgres'|kind: postgres|createTeamDatabase\(/;
const OWN = 'every-family-on-postgres';

const played = new Set(
  readdirSync(import.meta.dirname)
    .filter((name) => name.endsWith('.test.ts') && name !== `${OWN}.test.ts`)
    .map((name) => name.slice(0, -'.test.ts'.length)),
);
const onATable = [...played].filter((name) =>
  ON_A_TABLE.test(readFileSync(`${import.meta.dirname}/${name}.test.ts`, 'utf8')),
);

test('every file of scenarios is filed under one family, and each family names files that are there', () => {
  const filed = Object.values(FAMILIES).flatMap(({ onPostgres, inMemory }) => [...onPostgres, ...inMemory]);
  expect(filed.sort()).toEqual([...played].sort());
});

test.each(Object.entries(FAMILIES))('%s: on a real flag table, and said so', (_family, { onPostgres, inMemory }) => {
  expect(onPostgres.length).toBeGreaterThan(0);
  expect(onPostgres.filter((name) => !onATable.includes(name))).toEqual([]);
  expect(inMemory.filter((name) => onATable.includes(name))).toEqual([]);
});
