/** What the memory target is asked for in many scenarios, once on each kind that moves something outside: both acts, drift, a false alarm. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createScripts } from '../programs/scripts.js';
import { WHO } from '../support/scene.js';
import { startFlagService, TOKEN } from '../targets/flag-service.js';
import { createFlagTable } from '../targets/flag-table.js';
import { baked, breach, MINUTE, posts, readSlot, SECOND, stage } from './on-stage.js';

const plan = (target: string) => `plan: new-checkout
title: New checkout
channel: "#shop"
timezone: Europe/Berlin
people:
  operators: ["@release-team"]
  engineering-lead: ["@engineering-lead"]
targets:
  flag:
${target}
checks:
  error-rate:
    title: Error rate
    unit: "%"
    probe: { kind: memory, name: $ERRORS }
    warning: { above: 2 }
    critical: { above: 5 }
stages:
  - { stage: early, title: Early access, exposure: 10, bake: 30s, check_every: 10s }
  - { stage: all, title: Everybody, exposure: 100, bake: 30s, check_every: 10s, approve: [engineering-lead] }
rollback: { to: off, within: 30s }
`;

interface Outside {
  /** The target as a plan says it. */
  readonly target: string;
  readonly fill: (text: string) => string;
  /** What users have, found out without the bot. */
  at(): Promise<number>;
  /** Somebody else switches it to this. */
  drift(exposure: number): Promise<void>;
  /** What the bot must leave alone is as it was. */
  untouched?(): Promise<boolean>;
}

async function inTable(): Promise<Outside> {
  const table = await createFlagTable();
  onTestFinished(() => table.close());
  const rows = (where: string) =>
    table.sql<{ exposure: number }>(
      `SELECT DISTINCT CASE WHEN enabled THEN rollout_percentage ELSE 0 END::float8 AS exposure FROM feature_flags WHERE ${where}`,
    );
  return {
    target: `    kind: postgres
    url: \${SHOP_DATABASE_URL}
    table: feature_flags
    rows: { name: [NEW_CHECKOUT, NEW_CART] }
    columns: { exposure: rollout_percentage, enabled: enabled, updated_at: updated_at }`,
    fill: (text) => text.replace(`\${SHOP_DATABASE_URL}`, table.url),
    async at() {
      const found = await rows("name LIKE 'NEW%'");
      expect(found).toHaveLength(1);
      return found[0]?.exposure ?? Number.NaN;
    },
    async drift(exposure) {
      await table.sql("UPDATE feature_flags SET enabled = true, rollout_percentage = $1 WHERE name = 'NEW_CART'", [
        exposure,
      ]);
    },
    untouched: async () => (await rows("name = 'UNRELATED'"))[0]?.exposure === 0,
  };
}

async function overHttp(): Promise<Outside> {
  const service = await startFlagService();
  onTestFinished(() => service.close());
  const path = '/flags/checkout';
  return {
    target: `    kind: http
    headers: { Authorization: "Bearer \${ADMIN_TOKEN}" }
    set: { method: PUT, url: "\${ADMIN_URL}${path}", body: { rollout: "{{exposure}}", enabled: "{{enabled}}" } }
    off: { method: DELETE, url: "\${ADMIN_URL}${path}" }
    read: { url: "\${ADMIN_URL}${path}", value: rollout, enabled: enabled, absent: off }
    scale: 100`,
    fill: (text) => text.replace(`\${ADMIN_URL}`, service.url).replace(`\${ADMIN_TOKEN}`, TOKEN),
    async at() {
      const flag = service.flags.get(path);
      return flag?.enabled ? flag.rollout : 0;
    },
    drift: async (rollout) => void service.flags.set(path, { rollout, enabled: true }),
    untouched: async () => service.flags.size <= 1,
  };
}

async function byProgram(): Promise<Outside> {
  const scripts = createScripts();
  onTestFinished(() => scripts.close());
  scripts.write('exposure', '0');
  return {
    target: `    kind: exec
    cwd: ${scripts.dir}
    set: [${scripts.script('set', 'echo "$1" >exposure')}, "{{exposure}}"]
    off: [${scripts.script('off', 'echo 0 >exposure')}]
    read: [${scripts.script('read', 'cat exposure')}]`,
    fill: (text) => text,
    at: async () => Number(readFileSync(join(scripts.dir, 'exposure'), 'utf8')),
    drift: async (exposure) => scripts.write('exposure', String(exposure)),
  };
}

test.each([
  { on: 'a table', open: inTable },
  { on: 'a flag service', open: overHttp },
  { on: 'programs', open: byProgram },
])(
  'with $on: drift is taken back, errors take it off, a false alarm enters again, and it ends at everybody',
  async ({ open }) => {
    const outside = await open();
    const scene = await stage({ plan: plan(outside.target), fill: outside.fill });
    const phaseIs = (phase: string) =>
      scene.passUntil(phase, async () => (await scene.phase()) === phase, { stepMs: 5 * SECOND, maxMs: 5 * MINUTE });
    const toAll = async () => {
      await baked(scene);
      await scene.command(WHO.opal, 'advance');
      await scene.click(WHO.lea, 'rollout_approve');
      await phaseIs('baking');
      expect(await outside.at()).toBe(100);
    };
    const { answer } = await scene.command(WHO.opal, 'start new-checkout');
    expect([await scene.phase(), await outside.at()], answer).toEqual(['baking', 10]);
    await outside.drift(80);
    await scene.pass(20 * SECOND, 10 * SECOND);
    expect(await outside.at()).toBe(10);
    expect(posts(scene, 'alerts:')).toHaveLength(1);
    await toAll();
    await breach(scene);
    expect(await outside.at()).toBe(0);
    expect(readSlot(scene, 'incident:')).toContain('Error rate 12 % is over its limit 5 %');
    scene.errors.set(0.3);
    await scene.pass(MINUTE, 10 * SECOND);
    expect((await scene.rollout()).exposure.settled).toBe(true);
    await scene.command(WHO.opal, 'start new-checkout false-alarm the probe counted bots');
    // The first stage asks for nobody; entered again it asks for another operator.
    await scene.click(WHO.oscar, 'rollout_approve');
    await phaseIs('baking');
    expect(await outside.at()).toBe(10);
    expect((await scene.rollout()).entry).toMatchObject({ stageNo: 1, reason: 'the probe counted bots' });
    await toAll();
    await phaseIs('completed');
    expect(await outside.at()).toBe(100);
    expect(await outside.untouched?.()).not.toBe(false);
  },
);
