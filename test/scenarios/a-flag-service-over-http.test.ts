import { expect, onTestFinished, test } from 'vitest';
import { type Scene, WHO } from '../support/scene.js';
import { type FlagService, refused, startFlagService, TOKEN } from '../targets/flag-service.js';
import { baked, readSlot, SECOND, stage } from './on-stage.js';

const PLAN = `plan: new-checkout
title: New checkout
channel: "#shop"
people:
  operators: ["@release-team"]
  engineering-lead: ["@engineering-lead"]
targets:
  flag:
    kind: http
    headers: { Authorization: "Bearer \${ADMIN_TOKEN}" }
    set: { method: PUT, url: "\${ADMIN_URL}/tenants/{{tenant}}", body: { enabled: true } }
    off: { method: DELETE, url: "\${ADMIN_URL}/tenants/{{tenant}}" }
    read: { url: "\${ADMIN_URL}/tenants/{{tenant}}", enabled: enabled, absent: off }
    per: { tenants: [acme, globex, initech, umbrella] }
checks:
  error-rate:
    title: Error rate
    unit: "%"
    probe: { kind: memory, name: $ERRORS }
    critical: { above: 5 }
stages:
  - { stage: pilot, title: Pilot, exposure: 25, bake: 30s, check_every: 10s }
  - { stage: three, title: Three tenants, exposure: 75, bake: 30s, check_every: 10s, approve: [engineering-lead] }
rollback: { to: off, within: 30s }
`;

async function withThree(): Promise<{ scene: Scene; service: FlagService; on: () => string[] }> {
  const service = await startFlagService();
  onTestFinished(() => service.close());
  const fill = (text: string) => text.replace(`\${ADMIN_URL}`, service.url).replace(`\${ADMIN_TOKEN}`, TOKEN);
  const scene = await stage({ plan: PLAN, fill });
  const on = () => [...service.flags.keys()].map((path) => path.replace('/tenants/', ''));
  await scene.command(WHO.opal, 'start new-checkout');
  expect(await scene.phase()).toBe('baking');
  expect(on()).toEqual(['acme']);
  await baked(scene);
  await scene.command(WHO.opal, 'advance');
  await scene.click(WHO.lea, 'rollout_approve');
  expect(await scene.phase()).toBe('baking');
  expect(on().sort()).toEqual(['acme', 'globex', 'initech']);
  return { scene, service, on };
}

test('tenant by tenant up, and off for all of them when errors rise', async () => {
  const { scene, on } = await withThree();
  scene.errors.set(12);
  await scene.passUntil('rolled back', async () => (await scene.phase()) === 'rolled_back', { stepMs: 10 * SECOND });
  expect(on()).toEqual([]);
  await scene.pass(40 * SECOND, 5 * SECOND);
  expect((await scene.rollout()).exposure.settled).toBe(true);
});

test('one tenant cannot be switched off: the others are, and what to do by hand is said without a secret', async () => {
  const { scene, service, on } = await withThree();
  let mended = false;
  const refuse = () =>
    service.answerNext(refused, (method, path) => {
      if (mended || method !== 'DELETE' || !path.endsWith('globex')) return false;
      refuse();
      return true;
    });
  refuse();
  await scene.command(WHO.opal, 'rollback');
  await scene.pass(3 * SECOND);
  expect(await scene.phase()).toBe('rolling_back');
  expect(on()).toEqual(['globex']);
  const incident = readSlot(scene, 'incident:');
  expect(incident).toContain('ROLLBACK NOT YET APPLIED');
  expect(incident).toContain('for tenant in acme globex initech umbrella; do curl -fsS -X DELETE "$ADMIN_URL/tenants/');
  expect(scene.transcript()).not.toContain(TOKEN);
  mended = true;
  await scene.pass(10 * SECOND, 5 * SECOND);
  expect(await scene.phase()).toBe('rolled_back');
  expect(on()).toEqual([]);
});

test('somebody switches a tenant on by hand: it is off again', async () => {
  const { scene, service, on } = await withThree();
  service.flags.set('/tenants/umbrella', { rollout: 0, enabled: true });
  await scene.pass(20 * SECOND, 10 * SECOND);
  expect(on().sort()).toEqual(['acme', 'globex', 'initech']);
});
