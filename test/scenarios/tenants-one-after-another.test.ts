/** Pilots first, then a share of the tenants, then the row for everybody, in a real Postgres. */
import { expect, onTestFinished, test } from 'vitest';
import { type Scene, WHO } from '../support/scene.js';
import { createFlagTable, type FlagTable } from '../targets/flag-table.js';
import { baked, posts, readSlot, SECOND, stage } from './on-stage.js';

const PLAN = `plan: new-checkout
title: Workspaces
channel: "#shop"
people:
  operators: ["@release-team"]
targets:
  flag:
    kind: postgres
    url: \${SHOP_DATABASE_URL}
    table: tenant_flags
    rows: { key: [multi_workspace_enabled] }
    columns: { enabled: enabled }
    tenants: { column: tenant_id, list: [acme, globex, c, d, e, f, g, h] }
checks:
  error-rate: { title: Error rate, unit: "%", probe: { kind: memory, name: $ERRORS }, critical: { above: 5 } }
stages:
  - { stage: pilots, tenants: [globex], bake: 30s, check_every: 10s }
  - { stage: half, exposure: 50, bake: 30s, check_every: 10s }
  - { stage: everyone, exposure: on, bake: 30s, check_every: 10s }
rollback: { to: off, within: 30s }
`;

async function opened(): Promise<{ scene: Scene; table: FlagTable; on(): Promise<string[]> }> {
  const table = await createFlagTable();
  onTestFinished(() => table.close());
  await table.sql(`create table tenant_flags (key text, tenant_id text, enabled boolean not null default false);
    insert into tenant_flags (key) values ('multi_workspace_enabled');
    grant select, insert, update on tenant_flags to ${table.role}`);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the plan's own spelling
  const fill = (value: string) => value.replace('${SHOP_DATABASE_URL}', table.url);
  return {
    table,
    scene: await stage({ plan: PLAN, fill }),
    async on() {
      const rows = await table.sql<{ who: string }>(
        `select coalesce(tenant_id, '(everybody)') as who from tenant_flags where enabled order by 1`,
      );
      return rows.map(({ who }) => who);
    },
  };
}

async function onToNext(scene: Scene): Promise<void> {
  await baked(scene);
  await scene.command(WHO.opal, 'advance');
  expect(await scene.phase()).toBe('baking');
}

test('the pilot, half of the tenants, everybody, and off for all of them', async () => {
  const { scene, on } = await opened();
  await scene.command(WHO.opal, 'start new-checkout');
  expect(await on()).toEqual(['globex']);
  expect(readSlot(scene, 'live')).toContain('🟢 *Baking* · Workspaces · 1 tenant');
  await onToNext(scene);
  expect(await on()).toEqual(['acme', 'c', 'd', 'globex']);
  expect(readSlot(scene, 'live')).toContain('50 % of tenants');
  await onToNext(scene);
  expect(await on()).toContain('(everybody)');
  await scene.command(WHO.opal, 'rollback');
  expect(await scene.phase()).toBe('rolled_back');
  expect(await on()).toEqual([]);
});

test('a tenant who is not listed and was switched on by hand is switched off again, and that is told', async () => {
  const { scene, table, on } = await opened();
  await scene.command(WHO.opal, 'start new-checkout');
  await table.sql(`insert into tenant_flags values ('multi_workspace_enabled', 'stranger', true)`);
  await scene.pass(20 * SECOND, 10 * SECOND);
  expect(await on()).toEqual(['globex']);
  expect(posts(scene, 'alerts:')).toHaveLength(1);
  expect(await scene.phase()).toBe('baking');
});
