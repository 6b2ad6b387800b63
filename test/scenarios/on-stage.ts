import { expect, onTestFinished } from 'vitest';
import type { SlackMessage } from '../../sandbox/slack/types.js';
import { openScene, type Scene, type SceneOptions, WHO } from '../support/scene.js';
import { PLAN } from '../support/scene-words.js';

export const SECOND = 1_000;
export const MINUTE = 60_000;
export const HOUR = 3_600_000;

/** Bakes of a minute, for scenarios that only have to get past them. */
const SHORT_BAKES = PLAN.replaceAll('bake: 5m', 'bake: 1m');

/** A scene that ends with its test, and then obeys the laws. Over HTTP and with short bakes unless told otherwise. */
export async function stage(options: Partial<SceneOptions> = {}): Promise<Scene> {
  const scene = await openScene({ transport: 'http', plan: SHORT_BAKES, ...options });
  onTestFinished(() => scene.close());
  return scene;
}

/** Started: 10 % of users have it and the first bake has just begun. */
export async function bakingAtTen(scene: Scene): Promise<void> {
  const { answer } = await scene.command(WHO.opal, 'start new-checkout');
  const { rows } = await scene.db.query('select id from rollouts');
  expect(rows.length, answer).toBeGreaterThan(0);
  expect(await scene.phase(), answer).toBe('baking');
  expect(scene.target.exposure).toBe(10);
}

/** The bake of the stage that is watched now has passed. */
export async function baked(scene: Scene): Promise<void> {
  await scene.passUntil('the bake has passed', async () => (await scene.phase()) !== 'baking', { stepMs: 10_000 });
  expect(await scene.phase()).toBe('ready');
}

/** 10 % baked, and 50 % asked for: a card waits for a lead. */
export async function waitingForHalf(scene: Scene): Promise<void> {
  await bakingAtTen(scene);
  await baked(scene);
  await scene.command(WHO.opal, 'advance');
  expect(await scene.phase()).toBe('awaiting_approval');
}

/** Half of the users have it and its bake has just begun. */
export async function bakingAtHalf(scene: Scene): Promise<void> {
  await waitingForHalf(scene);
  await scene.click(WHO.lea, 'rollout_approve');
  expect(await scene.phase()).toBe('baking');
  expect(scene.target.exposure).toBe(50);
}

/** A lead has approved 50 %, and the target does not answer the raise. */
export async function raiseHangs(scene: Scene): Promise<void> {
  await waitingForHalf(scene);
  scene.target.hangNext('set');
  await scene.click(WHO.lea, 'rollout_approve');
  expect(await scene.phase()).toBe('applying');
}

/** The gauge is over its limit; passes time until two readings in a row have said so and users are safe. */
export async function breach(scene: Scene): Promise<void> {
  scene.errors.set(12);
  await scene.passUntil('rolled back', async () => (await scene.phase()) === 'rolled_back', { maxMs: 5 * MINUTE });
}

/** Which slot of its rollout a message is: `live`, `incident:1`, `request:1.7`, … */
export function slotOf(message: SlackMessage): string {
  return String(message.metadata?.event_payload.slot);
}

/** The messages in #shop whose slot begins so, oldest first. */
export function posts(scene: Scene, slot: string): SlackMessage[] {
  return scene.posts().filter((message) => slotOf(message).startsWith(slot));
}

/** What a message shows, with plain spaces where it has ones that do not break. */
export function words(scene: Scene, message: SlackMessage | undefined): string {
  return scene.read(message).replaceAll(/[\u00a0\u202f]/g, ' ');
}

/** The words of the one message in this slot; throws when there is none or more than one. */
export function readSlot(scene: Scene, slot: string): string {
  const found = posts(scene, slot);
  expect(found, scene.transcript()).toHaveLength(1);
  return words(scene, found[0]);
}

/** What the target was told to be, in order. */
export function told(scene: Scene): (number | undefined)[] {
  return scene.target.calls.filter((call) => call.operation === 'set').map((call) => call.exposure);
}

/** How many events of this type the record holds. */
export async function count(scene: Scene, type: string): Promise<number> {
  return (await scene.events()).filter((event) => event === type).length;
}

/** Moves domain time without letting the bot see it: for a bot that is down, or for several bots. */
export async function moveClock(scene: Scene, ms: number): Promise<void> {
  await scene.db.query(`update test_clock set at = at + $1 * interval '1 millisecond'`, [ms]);
}
