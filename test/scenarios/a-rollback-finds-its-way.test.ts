/** Rollbacks of targets that refuse, that lost a row, and that hang: users are out, and what is left is said. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createAdapters } from '../../src/adapters/index.js';
import { createScripts, type Scripts } from '../programs/scripts.js';
import { type Scene, WHO } from '../support/scene.js';
import { createFlagTable } from '../targets/flag-table.js';
import { baked, breach, MINUTE, posts, readSlot, SECOND, stage, words } from './on-stage.js';

const plan = (targets: string, half = '50') => `plan: new-checkout
title: New checkout
channel: "#shop"
timezone: Europe/Berlin
people:
  operators: ["@release-team"]
  engineering-lead: ["@engineering-lead"]
targets:
${targets}
checks:
  error-rate:
    title: Error rate
    unit: "%"
    probe: { kind: memory, name: $ERRORS }
    warning: { above: 2 }
    critical: { above: 5 }
stages:
  - { stage: early, title: Early access, exposure: 10, bake: 30s, check_every: 10s }
  - { stage: half, title: Half, exposure: ${half}, bake: 30s, check_every: 10s, approve: [engineering-lead] }
rollback: { to: off, within: 30s }
`;

const TABLE = `  flag:
    kind: postgres
    url: \${SHOP_DATABASE_URL}
    table: feature_flags
    rows: { name: [NEW_CHECKOUT, NEW_CART] }
    columns: { exposure: rollout_percentage, enabled: enabled, updated_at: updated_at }`;

async function inTable(sql = '', half?: string) {
  const table = await createFlagTable();
  onTestFinished(() => table.close());
  if (sql !== '') await table.sql(sql);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the plan's own spelling
  const fill = (value: string) => value.replace('${SHOP_DATABASE_URL}', table.url);
  const scene = await stage({ plan: plan(TABLE, half), fill });
  const rows = async () => {
    const found = await table.sql<{ line: string }>(
      `SELECT name || ' ' || trim_scale(rollout_percentage::numeric) || CASE WHEN enabled THEN ' on' ELSE ' off' END AS line
       FROM feature_flags WHERE name LIKE 'NEW%' ORDER BY 1`,
    );
    return found.map(({ line }) => line);
  };
  return { scene, table, rows, fill };
}

async function toHalf(scene: Scene): Promise<void> {
  const { answer } = await scene.command(WHO.opal, 'start new-checkout');
  expect(await scene.phase(), answer).toBe('baking');
  await baked(scene);
  await scene.command(WHO.opal, 'advance');
  await scene.click(WHO.lea, 'rollout_approve');
  expect(await scene.phase()).toBe('baking');
}

test('a place the table cannot hold: not started, before anybody approves, and nothing was moved', async () => {
  const { scene, rows } = await inTable(
    'ALTER TABLE feature_flags ALTER rollout_percentage DROP DEFAULT, ALTER rollout_percentage TYPE smallint',
    '12.5',
  );
  await scene.command(WHO.opal, 'start new-checkout');
  expect(await scene.phase()).toBe('not_started');
  expect(readSlot(scene, 'not_started')).toMatch(
    /stage half: target flag: 12\.5 % cannot be written: column rollout_percentage cannot hold 12\.5/,
  );
  expect(await rows()).toEqual(['NEW_CART 0 off', 'NEW_CHECKOUT 0 off']);
});

test('a table that takes no zero: said before, switched off when errors rise, and by hand with the same', async () => {
  const { scene, table, rows, fill } = await inTable(
    'UPDATE feature_flags SET rollout_percentage = 1; ALTER TABLE feature_flags ADD CONSTRAINT pct_range CHECK (rollout_percentage BETWEEN 1 AND 100)',
  );
  await scene.command(WHO.opal, 'start new-checkout');
  expect(words(scene, scene.live())).toMatch(
    /Way back.*only switched off, rollout_percentage keeps its number.*pct_range/,
  );
  await baked(scene);
  const adapters = createAdapters({ fill, network: {} });
  const [byHand = ''] = adapters.byHand({
    ...(await scene.rollout()),
    exposure: { ...(await scene.rollout()).exposure, wanted: 0 },
  });
  await adapters.close();
  await scene.command(WHO.opal, 'advance');
  expect(readSlot(scene, 'request:')).toMatch(/Way back: .*only switched off/);
  await scene.click(WHO.lea, 'rollout_approve');
  await breach(scene);
  expect(await rows()).toEqual(['NEW_CART 50 off', 'NEW_CHECKOUT 50 off']);
  expect(readSlot(scene, 'incident:')).toMatch(
    /Not in the plain way: flag: .*only switched off, rollout_percentage keeps/,
  );
  await table.sql('UPDATE feature_flags SET enabled = true');
  await table.sql(byHand);
  expect(await rows()).toEqual(['NEW_CART 50 off', 'NEW_CHECKOUT 50 off']);
  // A raise afterwards writes the whole state again.
  await scene.pass(MINUTE, 10 * SECOND);
  scene.errors.set(0.3);
  await scene.command(WHO.opal, 'start new-checkout again the cache was cold');
  await scene.passUntil('it is at 10 % again', async () => (await scene.phase()) === 'baking', { stepMs: SECOND });
  expect(await rows()).toEqual(['NEW_CART 10 on', 'NEW_CHECKOUT 10 on']);
});

test('a row that is lost: the other goes down, the rollback ends and settles, and that is said', async () => {
  const { scene, table, rows } = await inTable();
  await toHalf(scene);
  await table.sql("DELETE FROM feature_flags WHERE name = 'NEW_CART'");
  await scene.pass(20 * SECOND, 10 * SECOND);
  // What is there is no whole reading: the bake does not go on with it.
  expect(await rows()).toEqual(['NEW_CHECKOUT 50 on']);
  await scene.command(WHO.opal, 'rollback');
  await scene.passUntil('rolled back', async () => (await scene.phase()) === 'rolled_back', { stepMs: SECOND });
  expect(await rows()).toEqual(['NEW_CHECKOUT 0 off']);
  expect(readSlot(scene, 'incident:')).toContain('no row is named NEW_CART any more, so nobody has it by that row');
  await scene.pass(40 * SECOND, 5 * SECOND);
  expect((await scene.rollout()).exposure.settled).toBe(true);
});

function withPrograms(scripts: Scripts, off: string): string {
  const program = (name: string) => `  ${name}:
    kind: exec
    cwd: ${scripts.dir}
    set: [${scripts.script(`set-${name}`, `echo "$1" >${name}`)}, "{{exposure}}"]
    off: [${scripts.script(`off-${name}`, `echo off >>called-${name}\n${name === 'one' ? off : `echo 0 >${name}`}`)}]
    read: [${scripts.script(`read-${name}`, `cat ${name}`)}]
    timeout: 2s`;
  return [program('one'), program('other')].join('\n');
}

async function ofPrograms(off: string) {
  const scripts = createScripts();
  onTestFinished(() => scripts.close());
  for (const name of ['one', 'other']) scripts.write(name, '0\n');
  const scene = await stage({ plan: plan(withPrograms(scripts, off)) });
  return { scene, scripts, at: (name: string) => readFileSync(join(scripts.dir, name), 'utf8').trim() };
}

test('a program whose off is refused: not called at the start, set is told to be off instead, and that is said', async () => {
  const { scene, scripts, at } = await ofPrograms('echo "no such release" >&2; exit 3');
  const { answer } = await scene.command(WHO.opal, 'start new-checkout');
  expect(answer).toContain('one: off is not tried at the start');
  expect(words(scene, scene.live())).toContain('one: off was not tried');
  expect(scripts.has('called-one')).toBe(false);
  await baked(scene);
  await breach(scene);
  expect([at('one'), at('other')]).toEqual(['0', '0']);
  expect(readSlot(scene, 'incident:')).toMatch(/one: off was refused, so set was told to be off .*no such release/);
});

test('a program that hangs: the other target is down at once, and what is not is said', async () => {
  const { scene, at } = await ofPrograms('exec sleep 1000');
  await scene.command(WHO.opal, 'start new-checkout');
  await scene.command(WHO.opal, 'rollback');
  await expect.poll(() => at('other')).toBe('0');
  const said = () => posts(scene, 'incident:').some((post) => /one: [^:]*off-one/.test(words(scene, post)));
  await scene.passUntil('it is said', said, { stepMs: SECOND });
  expect(readSlot(scene, 'incident:')).toMatch(/other reads 0 %/);
  expect([await scene.phase(), at('one'), at('other')]).toEqual(['rolling_back', '10', '0']);
});
