import { expect, onTestFinished, test } from 'vitest';
import { WHO } from '../support/scene.js';
import { TARGETS, type TargetKind } from '../support/scene-target.js';
import { openRoom, type Room } from './room.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

function planText(more: { checks?: string; stage?: string; head?: string } = {}): string {
  return [
    'plan: new-checkout',
    'title: New checkout',
    'channel: "#shop"',
    'timezone: Europe/Berlin',
    more.head ?? '',
    'people: { operators: ["@release-team"], engineering-lead: ["@engineering-lead"] }',
    'targets: { flag: { kind: memory, name: $TARGET } }',
    'checks:',
    `  error-rate: { title: Error rate, unit: "%", probe: { kind: memory, name: $ERRORS }, ${more.checks ?? 'critical: { above: 5 }'} }`,
    '  latency: { title: p95 latency, unit: ms, probe: { kind: memory, name: $LATENCY }, critical: { above: 1000 } }',
    'stages:',
    `  - { stage: early, exposure: 10, bake: ${more.stage ?? '60s'}, check_every: 10s }`,
    '  - { stage: everyone, exposure: 100, bake: 60s, check_every: 10s, approve: [engineering-lead] }',
    'rollback: { to: off, within: 30s }',
    '',
  ].join('\n');
}

async function room(more?: Parameters<typeof planText>[0], target: TargetKind = 'memory'): Promise<Room> {
  const scene = await openRoom({ transport: 'http', plan: planText(more), target });
  onTestFinished(() => scene.close());
  return scene;
}

const shown = (scene: Room): string =>
  scene
    .posts()
    .map((post) => scene.read(post))
    .join('\n\n');

test.each(TARGETS)(
  'a baseline is measured before anything rises, posted, survives a restart, and judges from then on; on %s',
  async (target) => {
    const scene = await room({ head: 'baseline: 1m', checks: 'critical: { above: "baseline * 2" }' }, target);
    scene.errors.set(2);
    expect(await scene.ask(WHO.opal, 'start new-checkout')).toContain('starting');
    await scene.pass(30 * SECOND, 10 * SECOND);
    expect(scene.target.exposure).toBe(0);
    expect(scene.read(scene.live())).toContain('measuring the baseline for 1 m');
    await scene.restart();
    await scene.pass(40 * SECOND, 10 * SECOND);
    expect(await scene.phase()).toBe('baking');
    expect(scene.target.exposure).toBe(10);
    expect(shown(scene)).toContain('*Baseline* over 1 m at 0 %');
    expect(shown(scene)).toContain('Error rate 2 % (limit 4)');
    scene.errors.set(3.9);
    await scene.pass(30 * SECOND, 10 * SECOND);
    expect(scene.target.exposure).toBe(10);
    scene.errors.set(4.1);
    await scene.pass(20 * SECOND, 10 * SECOND);
    expect(scene.target.exposure).toBe(0);
    expect(shown(scene)).toContain('Error rate 4.1 % is over its limit 4 % (2 × baseline)');
  },
);

test('a baseline is shown to whoever asks, and measured again by operators with a reason', async () => {
  const scene = await room({ head: 'baseline: 1m', checks: 'critical: { above: "baseline * 2" }', stage: '1h' });
  scene.errors.set(2);
  await scene.ask(WHO.opal, 'start new-checkout');
  await scene.pass(70 * SECOND, 10 * SECOND);
  expect(await scene.ask(WHO.otto, 'baseline')).toContain('Error rate 2 % (limit 4)');
  expect(await scene.ask(WHO.otto, 'baseline because')).toContain('not_allowed');
  scene.errors.set(3);
  expect(await scene.ask(WHO.opal, 'baseline that was at night')).toContain(
    'measuring the baseline again for 1 minute',
  );
  await scene.pass(60 * SECOND, 10 * SECOND);
  expect((await scene.rollout()).health.baseline).toMatchObject({ no: 2, numbers: { 'error-rate': 3 }, exposure: 10 });
  expect(shown(scene)).toContain('Measured again by <@U0OPAL>: “that was at night”');
  expect(await scene.ask(WHO.gina, 'baseline')).toContain('guest_or_stranger');
});

test('a limit that holds leaves users where they are, and a person goes on', async () => {
  const scene = await room({ checks: 'critical: { above: 5, do: hold }' });
  await scene.ask(WHO.opal, 'start new-checkout');
  await scene.pass(10 * SECOND, 10 * SECOND);
  scene.errors.set(9);
  await scene.pass(20 * SECOND, 10 * SECOND);
  expect(await scene.phase()).toBe('held');
  expect(scene.target.exposure).toBe(10);
  expect(shown(scene)).toContain('*Critical*: Error rate 9 % is over its limit 5 %');
  await scene.ask(WHO.opal, 'resume seen it');
  await scene.pass(30 * SECOND, 10 * SECOND);
  expect(await scene.phase()).toBe('baking');
  scene.errors.set(0.3);
  await scene.passUntil('ready', async () => (await scene.phase()) === 'ready', { stepMs: 10 * SECOND });
});

test('a bake that starts over says so, and takes its whole time again', async () => {
  const checks = 'warning: { above: 2 }, critical: { above: 5 }';
  const scene = await room({ checks, stage: '{ for: 90s, restarts_on: [warning] }' });
  await scene.ask(WHO.opal, 'start new-checkout');
  await scene.pass(50 * SECOND, 10 * SECOND);
  scene.errors.set(3);
  await scene.pass(20 * SECOND, 10 * SECOND);
  scene.errors.set(0.3);
  await scene.pass(80 * SECOND, 10 * SECOND);
  expect(await scene.phase()).toBe('baking');
  expect(scene.read(scene.live())).toContain('Started over once');
  await scene.pass(10 * SECOND, 10 * SECOND);
  expect(await scene.phase()).toBe('ready');
});

test('a number that people report is asked for, told, and judged', async () => {
  const manual =
    'complaints: { title: Complaints, probe: { kind: manual, ask: "How many complaints?", every: 1h }, critical: { at_least: 5 } }';
  const text = planText({ stage: '10m' }).replace('stages:', `  ${manual}\nstages:`);
  const scene = await openRoom({ transport: 'http', plan: text });
  onTestFinished(() => scene.close());
  await scene.ask(WHO.opal, 'start new-checkout');
  await scene.pass(30 * SECOND, 10 * SECOND);
  expect(shown(scene)).toContain('How many complaints?');
  expect(scene.read(scene.live())).toContain('nobody has reported it yet');
  expect(await scene.ask(WHO.lea, 'report complaints many')).toContain('Not a number: many');
  expect(await scene.ask(WHO.lea, 'report complants 2')).toContain('did you mean "complaints"');
  expect(await scene.ask(WHO.otto, 'report complaints 2')).toContain('not_allowed');
  expect(await scene.ask(WHO.lea, 'report 2 both about tax')).toContain('noted');
  await scene.pass(30 * SECOND, 10 * SECOND);
  expect((await scene.rollout()).health.verdicts.complaints).toBe('pass');
  await scene.press(WHO.lea, 'rollout_report');
  expect(scene.form(WHO.lea)).toContain('Last: 2');
  expect(await scene.fill(WHO.lea, { number: 'five', note: '' })).toContain('Not a number');
  expect(await scene.fill(WHO.lea, { number: '5', note: 'from the desk' })).toBe('');
  expect((await scene.rollout()).health.reports?.complaints).toMatchObject({ value: 5, note: 'from the desk' });
  await scene.pass(30 * SECOND, 10 * SECOND);
  expect(scene.target.exposure).toBe(0);
  expect(shown(scene)).toContain('Complaints 5 is at or over its limit 5');
});

test('summaries come at the plan’s rhythm, and a stage’s own way back is taken', async () => {
  const plan = planText({ stage: '30m, report_every: [5m for 10m, 10m], rollback: { to: off }' })
    .replace('rollback: { to: off, within: 30s }', 'rollback: { to: previous, within: 30s }')
    .replace('check_every: 10s }', 'check_every: 1m }');
  const scene = await openRoom({ transport: 'http', plan });
  onTestFinished(() => scene.close());
  await scene.ask(WHO.opal, 'start new-checkout');
  await scene.pass(21 * MINUTE, MINUTE);
  const summaries = scene.posts().filter((post) => scene.read(post).includes('Please have a look'));
  expect(summaries).toHaveLength(3);
  scene.errors.set(9);
  await scene.pass(2 * MINUTE, 10 * SECOND);
  expect((await scene.rollout()).rollback).toMatchObject({ to: 0, ends: true });
});

test('a way down to some users gives the limit its minutes again', async () => {
  const plan = planText({ checks: 'critical: { above: 5, for: 5m }', stage: '5m, advance: auto' })
    .replace('exposure: 100, bake: 60s', 'exposure: 100, bake: 1h, rollback: { to: previous }')
    .replace(', approve: [engineering-lead]', '');
  const scene = await openRoom({ transport: 'http', plan });
  onTestFinished(() => scene.close());
  await scene.ask(WHO.opal, 'start new-checkout');
  await scene.passUntil('everyone', () => scene.target.exposure === 100, { stepMs: 10 * SECOND });
  scene.errors.set(9);
  await scene.passUntil('back', () => scene.target.exposure < 100, { stepMs: 10 * SECOND });
  expect(scene.target.exposure).toBe(10);
  await scene.pass(4 * MINUTE, 10 * SECOND);
  expect(scene.target.exposure).toBe(10);
  await scene.pass(2 * MINUTE, 10 * SECOND);
  expect(scene.target.exposure).toBe(0);
});

test('a stage is compared with the mean of another one’s own bake', async () => {
  const plan = planText({ stage: '60s' })
    .replace(', approve: [engineering-lead]', '')
    .replace('critical: { above: 5 }', 'warning: { above: 90 }, critical: { above: "stage:half + 5" }')
    .replace(
      '  - { stage: everyone',
      '  - { stage: half, exposure: 50, bake: 60s, check_every: 10s }\n  - { stage: everyone',
    );
  const scene = await openRoom({ transport: 'http', plan });
  onTestFinished(() => scene.close());
  const ready = async () => (await scene.phase()) === 'ready';
  scene.errors.set(40);
  await scene.ask(WHO.opal, 'start new-checkout');
  await scene.passUntil('the first bake', ready, { stepMs: 10 * SECOND });
  scene.errors.set(2);
  await scene.ask(WHO.opal, 'advance');
  await scene.passUntil('the second bake', ready, { stepMs: 10 * SECOND });
  expect((await scene.rollout()).health.means).toMatchObject({
    early: { 'error-rate': 40 },
    half: { 'error-rate': 2 },
  });
  await scene.ask(WHO.opal, 'advance');
  scene.errors.set(7.1);
  await scene.pass(30 * SECOND, 10 * SECOND);
  expect(scene.target.exposure).toBe(0);
});
