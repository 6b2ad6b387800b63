import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { built } from '../support/build.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { openScene, type Scene, WHO } from '../support/scene.js';

const run = promisify(execFile);

const PLAN = `plan: new-checkout
title: New checkout
channel: "#shop"
people: { operators: ["@release-team"], engineering-lead: ["@engineering-lead"] }
targets:
  flag:
    kind: postgres
    url: \${FLAGS_DATABASE_URL}
    table: feature_flags
    rows: { name: [NEW_CHECKOUT] }
    columns: { exposure: rollout_percentage, enabled: enabled }
checks:
  error-rate: { title: Error rate, unit: "%", probe: { kind: memory, name: $ERRORS }, critical: { above: 5 } }
stages: [{ stage: early, exposure: 10, bake: 1h }, { stage: half, exposure: 50, bake: 1h }]
rollback: { to: off }
`;

let flags: TestDatabase;
let table: pg.Client;
let scene: Scene;

beforeEach(async () => {
  flags = await createDatabase({ template: false });
  table = new pg.Client({ connectionString: flags.url });
  await table.connect();
  await table.query(
    'create table feature_flags (name text primary key, enabled boolean not null, rollout_percentage int not null)',
  );
  await table.query(`insert into feature_flags values ('NEW_CHECKOUT', false, 0)`);
  scene = await openScene({
    transport: 'socket',
    plan: PLAN,
    fill: (value) => value.replace(/\$\{FLAGS_DATABASE_URL\}/, flags.url),
  });
});

afterEach(async () => {
  await scene.close();
  await table.end();
  await flags.drop();
});

const flag = async () =>
  (await table.query<{ enabled: boolean; rollout_percentage: number }>('select * from feature_flags')).rows[0];

function rollout(...words: string[]) {
  const env = { PATH: process.env.PATH ?? '', DATABASE_URL: scene.config.databaseUrl, FLAGS_DATABASE_URL: flags.url };
  return run(process.execPath, [built('src/cli.js'), ...words], { env });
}

test('with the bot dead and Slack down the command line takes the flag to off, and Slack hears of it once afterwards', async () => {
  expect((await scene.command(WHO.opal, 'start new-checkout')).answer).toContain('starting');
  expect(await flag()).toMatchObject({ enabled: true, rollout_percentage: 10 });
  await scene.stop();
  scene.slack.setDown(true);

  const { stdout } = await rollout('rollback', 'new-checkout', 'off', 'checkout', 'is', 'broken');
  expect(stdout).toContain('Rolled back to 0 % and read back.');
  expect(await flag()).toMatchObject({ enabled: false, rollout_percentage: 0 });
  expect(await scene.phase()).toBe('rolled_back');

  scene.slack.setDown(false);
  await scene.restart();
  await scene.pass(60_000);
  const incidents = scene.posts().filter((post) => String(post.metadata?.event_payload.slot).startsWith('incident:'));
  expect(incidents).toHaveLength(1);
  expect(scene.read(incidents[0])).toContain('Rolled back New checkout');
  expect(scene.read(incidents[0])).toContain('checkout is broken');
});

test('the command line says so when there is no such rollout, and names those there are', async () => {
  const { answer } = await scene.command(WHO.opal, 'start new-checkout');
  expect(answer).toContain('starting');
  await expect(rollout('rollback', 'old-checkout')).rejects.toMatchObject({
    code: 2,
    stdout: expect.stringContaining('there is no rollout "old-checkout" Under way: new-checkout#1.'),
  });
  expect(await flag()).toMatchObject({ enabled: true, rollout_percentage: 10 });
});

test('when the flag table does not answer the command line says not yet, why, and what to do by hand', async () => {
  const { answer } = await scene.command(WHO.opal, 'start new-checkout');
  expect(answer).toContain('starting');
  await scene.stop();
  await table.query('alter table feature_flags rename to gone');
  const child = rollout('rollback', 'new-checkout');
  const heard = new Promise<string>((resolve) => {
    let said = '';
    child.child.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('NOT YET APPLIED')) resolve(said);
    });
  });
  expect(await heard).toContain('feature_flags');
  await table.query('alter table gone rename to feature_flags');
  await scene.db.query(`update test_clock set at = at + interval '10 seconds'`);
  expect((await child).stdout).toContain('Rolled back to 0 % and read back.');
  expect(await flag()).toMatchObject({ enabled: false, rollout_percentage: 0 });
});

/** The database answers, but takes no writes: the disk is full, or a standby answers. */
const NO_WRITES: readonly [string, (database: string) => string, string][] = [
  [
    'its disk is full',
    () => `create function no_room() returns trigger language plpgsql as $$ begin
        raise exception 'could not extend file' using errcode = '53100'; end $$;
      create trigger no_room before insert on workers for each statement execute function no_room();
      create trigger no_room before insert on events for each statement execute function no_room();
      create trigger no_room before update on clock for each statement execute function no_room()`,
    'the disk of the bot’s database is full',
  ],
  [
    'it only reads',
    (database) => `alter database "${database}" set default_transaction_read_only = on`,
    'the bot’s database only reads',
  ],
];

test.each(NO_WRITES)(
  'when %s the flag is taken to off all the same, and what is not recorded is said',
  async (_, sql, words) => {
    await scene.command(WHO.opal, 'start new-checkout');
    expect(await flag()).toMatchObject({ enabled: true, rollout_percentage: 10 });
    const database = new URL(scene.config.databaseUrl).pathname.slice(1);
    await scene.db.query(sql(database));
    try {
      const ended = await rollout('rollback', 'new-checkout').catch((error: { code: number; stdout: string }) => error);
      expect(ended).toMatchObject({ code: 1, stdout: expect.stringContaining(`cannot be recorded: ${words}`) });
      expect(ended.stdout).toContain('Give the rollback again as soon as the database takes writes.');
      expect(await flag()).toMatchObject({ enabled: false, rollout_percentage: 0 });
      expect(await scene.phase()).toBe('baking');
    } finally {
      await flagsAdmin(`alter database "${database}" reset default_transaction_read_only`);
      await scene.db.query(`set default_transaction_read_only = off;
      drop function if exists no_room cascade`);
    }
  },
);

/** The server of both databases. */
async function flagsAdmin(sql: string): Promise<void> {
  const admin = new pg.Client({ connectionString: flags.url });
  await admin.connect();
  await admin.query(sql);
  await admin.end();
}
