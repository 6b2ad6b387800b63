/** Act one and two where the team itself comes first: overrides for named users, then percentages, in a real Postgres. */
import { expect, onTestFinished, test } from 'vitest';
import { type Scene, WHO } from '../support/scene.js';
import { createFlagTable, type FlagTable } from '../targets/flag-table.js';
import { baked, MINUTE, posts, readSlot, SECOND, stage } from './on-stage.js';

const PLAN = `plan: new-checkout
title: Work surfaces
channel: "#shop"
people:
  operators: ["@release-team"]
targets:
  flag:
    kind: postgres
    url: \${SHOP_DATABASE_URL}
    table: feature_flags
    rows: { name: [NEW_CHECKOUT, NEW_CART] }
    columns: { exposure: rollout_percentage, enabled: enabled, updated_at: updated_at }
    users: { table: feature_flag_overrides, flag: flag_name, user: user_id, enabled: enabled }
checks:
  error-rate: { title: Error rate, unit: "%", probe: { kind: memory, name: $ERRORS }, critical: { above: 5 } }
stages:
  - { stage: team, title: Internal users, users: [user_internal_1, user_internal_2], bake: 30s, check_every: 10s }
  - { stage: early, title: Early access, exposure: 10, of: beta group, bake: 30s, check_every: 10s }
  - { stage: everyone, title: Everyone, exposure: on, bake: 30s, check_every: 10s }
rollback: { to: off, within: 30s }
`;

const ALL = [
  'NEW_CART user_internal_1',
  'NEW_CART user_internal_2',
  'NEW_CHECKOUT user_internal_1',
  'NEW_CHECKOUT user_internal_2',
];

async function opened(): Promise<{
  scene: Scene;
  table: FlagTable;
  overrides(): Promise<string[]>;
  flags(): Promise<string[]>;
}> {
  const table = await createFlagTable();
  onTestFinished(() => table.close());
  await table.sql(`create table feature_flag_overrides (flag_name text, user_id text, enabled boolean not null, primary key (flag_name, user_id));
    grant select, insert, update on feature_flag_overrides to ${table.role}`);
  const lines = async (query: string) => (await table.sql<{ line: string }>(query)).map(({ line }) => line);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the plan's own spelling
  const fill = (value: string) => value.replace('${SHOP_DATABASE_URL}', table.url);
  return {
    table,
    scene: await stage({ plan: PLAN, fill }),
    overrides: () =>
      lines(`select flag_name || ' ' || user_id as line from feature_flag_overrides where enabled order by 1`),
    flags: () =>
      lines(
        `select trim_scale(rollout_percentage) || ' ' || enabled as line from feature_flags where name <> 'UNRELATED' order by name`,
      ),
  };
}

async function onToNext(scene: Scene): Promise<void> {
  await baked(scene);
  await scene.command(WHO.opal, 'advance');
  expect(await scene.phase()).toBe('baking');
}

test('the team, then a tenth, then everybody; the team stays in all the way', async () => {
  const { scene, overrides, flags } = await opened();
  await scene.command(WHO.opal, 'start new-checkout');
  expect(await scene.phase()).toBe('baking');
  expect(await overrides()).toEqual(ALL);
  expect(await flags()).toEqual(['0 false', '0 false']);
  expect(readSlot(scene, 'live')).toContain('🟢 *Baking* · Work surfaces · 2 named users');
  await onToNext(scene);
  expect(await overrides()).toEqual(ALL);
  expect(await flags()).toEqual(['10 true', '10 true']);
  expect(readSlot(scene, 'live')).toContain('10 % of beta group · Early access');
  await onToNext(scene);
  expect(await flags()).toEqual(['100 true', '100 true']);
  await scene.passUntil('completed', async () => (await scene.phase()) === 'completed', { stepMs: 10 * SECOND });
  expect(await overrides()).toEqual(ALL);
  expect(readSlot(scene, 'live')).toContain(' · Work surfaces · on');
});

test('errors while only the team has it: the overrides go back too, and the incident says whose they were', async () => {
  const { scene, overrides } = await opened();
  await scene.command(WHO.opal, 'start new-checkout');
  scene.errors.set(12);
  await scene.passUntil('rolled back', async () => (await scene.phase()) === 'rolled_back', { maxMs: 5 * MINUTE });
  expect(await overrides()).toEqual([]);
  expect(readSlot(scene, 'incident:')).toContain('from 2 named users to off');
  await scene.pass(40 * SECOND, 5 * SECOND);
  expect((await scene.rollout()).exposure.settled).toBe(true);
});

test('a rollback from a percentage takes it from the team as well, by a stage only from everybody else', async () => {
  const { scene, overrides, flags } = await opened();
  await scene.command(WHO.opal, 'start new-checkout');
  await onToNext(scene);
  await scene.command(WHO.opal, 'rollback to team too many questions');
  expect(await scene.phase()).toBe('held');
  expect(await overrides()).toEqual(ALL);
  expect(await flags()).toEqual(['0 false', '0 false']);
  expect(readSlot(scene, 'incident:1')).toContain('from 10 % to 2 named users');
  await scene.command(WHO.opal, 'rollback off');
  expect(await scene.phase()).toBe('rolled_back');
  expect(await overrides()).toEqual([]);
});

test('somebody removes one user’s override: held, told once, and not put back', async () => {
  const { scene, table, overrides } = await opened();
  await scene.command(WHO.opal, 'start new-checkout');
  await onToNext(scene);
  await table.sql(`delete from feature_flag_overrides where flag_name = 'NEW_CART' and user_id = 'user_internal_2'`);
  await scene.pass(MINUTE, 10 * SECOND);
  expect((await scene.rollout()).held?.cause).toBe('drift_down');
  expect(posts(scene, 'alerts:')).toHaveLength(1);
  expect(readSlot(scene, 'alerts:')).toContain('without (user_internal_2)');
  expect(await overrides()).toHaveLength(3);
});

test('a team that has it already is not taken over', async () => {
  const { scene, table, overrides } = await opened();
  const already = ALL.map((line) => `('${line.replace(' ', "', '")}', true)`).join(', ');
  await table.sql(`insert into feature_flag_overrides values ${already}`);
  await scene.command(WHO.opal, 'start new-checkout');
  expect(await scene.phase()).toBe('not_started');
  expect((await scene.rollout()).failure?.detail).toMatchObject({ kind: 'above_first' });
  expect(readSlot(scene, 'not_started')).toContain('named users have it already');
  expect(await overrides()).toEqual(ALL);
});
