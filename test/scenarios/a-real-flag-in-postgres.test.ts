import { expect, onTestFinished, test } from 'vitest';
import { type Scene, WHO } from '../support/scene.js';
import { createFlagTable, type FlagTable } from '../targets/flag-table.js';
import { baked, count, readSlot, SECOND, stage } from './on-stage.js';

const PLAN = `plan: new-checkout
title: New checkout
channel: "#shop"
timezone: Europe/Berlin
people:
  operators: ["@release-team"]
  engineering-lead: ["@engineering-lead"]
targets:
  flag:
    kind: postgres
    url: \${SHOP_DATABASE_URL}
    table: feature_flags
    rows: { name: [NEW_CHECKOUT, NEW_CART] }
    columns: { exposure: rollout_percentage, enabled: enabled, updated_at: updated_at }
checks:
  error-rate:
    title: Error rate
    unit: "%"
    probe: { kind: memory, name: $ERRORS }
    warning: { above: 2 }
    critical: { above: 5 }
stages:
  - { stage: early, title: Early access, exposure: 10, bake: 30s, check_every: 10s }
  - { stage: half, title: Half, exposure: 50, bake: 30s, check_every: 10s, approve: [engineering-lead] }
rollback: { to: off, within: 30s }
`;

interface Flags {
  table: FlagTable;
  rows(): Promise<string[]>;
}

async function flags(): Promise<Flags> {
  const table = await createFlagTable();
  onTestFinished(() => table.close());
  return {
    table,
    async rows() {
      const rows = await table.sql<{ line: string }>(
        `select name || ' ' || trim_scale(rollout_percentage) || ' ' || enabled as line from feature_flags order by name`,
      );
      return rows.map(({ line }) => line);
    },
  };
}

function at(url: () => string): { plan: string; fill: (value: string) => string } {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the plan's own spelling
  return { plan: PLAN, fill: (value) => value.replace('${SHOP_DATABASE_URL}', url()) };
}

async function toHalf(scene: Scene): Promise<void> {
  await scene.command(WHO.opal, 'start new-checkout');
  expect(await scene.phase()).toBe('baking');
  await baked(scene);
  await scene.command(WHO.opal, 'advance');
  await scene.click(WHO.lea, 'rollout_approve');
  expect(await scene.phase()).toBe('baking');
}

test('a row that is locked keeps the rollback waiting until it is free, and what to do by hand is said', async () => {
  const { table, rows } = await flags();
  const scene = await stage(at(() => table.url));
  await toHalf(scene);
  await table.sql(`revoke update on feature_flags from ${table.role}`);
  await scene.command(WHO.opal, 'rollback');
  await scene.pass(3 * SECOND);
  expect(await scene.phase()).toBe('rolling_back');
  const incident = readSlot(scene, 'incident:');
  expect(incident).toContain('ROLLBACK NOT YET APPLIED');
  expect(incident).toMatch(/UPDATE "?feature_flags"?/i);
  expect(incident).not.toContain('canary-5d2e');
  await table.sql(`grant update on feature_flags to ${table.role}`);
  await scene.pass(10 * SECOND, 5 * SECOND);
  expect(await scene.phase()).toBe('rolled_back');
  expect((await rows())[1]).toBe('NEW_CHECKOUT 0 false');
});

test('the environment names another database when the bot starts: held, and neither table is moved up', async () => {
  const [one, other] = [await flags(), await flags()];
  let { url } = one.table;
  const scene = await stage(at(() => url));
  await toHalf(scene);
  await scene.stop();
  url = other.table.url;
  await scene.restart();
  // Looked for beside the start, which waits for nobody.
  await expect.poll(async () => (await scene.rollout()).held?.cause).toBe('target_changed');
  expect(await count(scene, 'target_changed')).toBe(1);
  expect((await other.rows())[1]).toBe('NEW_CHECKOUT 0 false');
  expect((await one.rows())[1]).toBe('NEW_CHECKOUT 50 true');
});
