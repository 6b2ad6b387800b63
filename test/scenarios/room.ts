import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import type { SlackMessage } from '../../sandbox/slack/types.js';
import { openScene, type Scene, type SceneOptions, SHOP, STILL_WORKING, WHO } from '../support/scene.js';

/** How long something that is under way may take, ms of real time. */
const SOON = { timeout: 60_000, interval: 10 };

export interface PlanWords {
  readonly name?: string;
  readonly channel?: string;
  /** Lines under `people:`. */
  readonly people?: readonly string[];
  /** The memory target's name; `$TARGET` is the scene's own. */
  readonly target?: string;
  /** The whole line of the target instead. */
  readonly targetLine?: string;
  /** What `approve:` of the later stages says. */
  readonly approve?: string;
}

/** A plan like the scene's own, with bakes of 20 s, that may say other things about people and places. */
export function planText(words: PlanWords = {}): string {
  const { name = 'new-checkout', channel = '#shop', target = '$TARGET', approve = '[engineering-lead]' } = words;
  const people = words.people ?? ['operators: ["@release-team"]', 'engineering-lead: ["@engineering-lead"]'];
  const stage = (line: string, more = '') => `  - { ${line}, bake: 20s, check_every: 5s${more} }`;
  return [
    `plan: ${name}`,
    `title: ${name.replaceAll('-', ' ')}`,
    `channel: "${channel}"`,
    'timezone: Europe/Berlin',
    'people:',
    ...people.map((line) => `  ${line}`),
    'targets:',
    `  flag: ${words.targetLine ?? `{ kind: memory, name: ${target} }`}`,
    'checks:',
    '  error-rate: { title: Error rate, unit: "%", probe: { kind: memory, name: $ERRORS }, warning: { above: 2 }, critical: { above: 5 } }',
    '  latency: { title: p95 latency, unit: ms, probe: { kind: memory, name: $LATENCY }, warning: { above: 600 }, critical: { above: 1000 } }',
    'stages:',
    stage('stage: early, title: Early access, exposure: 10'),
    stage('stage: half, title: Half, exposure: 50', `, approve: ${approve}`),
    stage('stage: everyone, title: Everyone, exposure: 100', `, approve: ${approve}`),
    'rollback: { to: off, within: 30s }',
    '',
  ].join('\n');
}

/** A scene in which people type and click, and what each of them alone was told is awaited and read. */
export interface Room extends Scene {
  /** Types `/rollout …`; what only this person was told. */
  ask(user: string, text: string, channel?: string): Promise<string>;
  /** Clicks the newest such button, and waits until it was answered or acted upon; what only this person was told. */
  press(user: string, actionId: string, on?: SlackMessage): Promise<string>;
  /** Fills in and submits the form on top; what it then shows (field errors, an answer), '' when it closed. */
  fill(user: string, fields: Readonly<Record<string, string>>): Promise<string>;
  /** Ends the rollout of this channel: asked for, and then said again in the form. */
  finish(user: string, reason: string): Promise<string>;
  /** The words of the form on top; '' when none is open. */
  form(user: string): string;
  /** Everything the bot wrote to this person directly, oldest first, as shown now. */
  direct(user: string): SlackMessage[];
  /** Opens the bot's Home tab; its words. */
  home(user: string): Promise<string>;
  /** Clicks a button that is no longer there, as an old phone does. */
  pressOld(user: string, actionId: string, value: object, body?: Record<string, unknown>): Promise<string>;
  /** Mentions the bot; what only this person was told. */
  mention(user: string, text: string, threadTs?: string): Promise<string>;
  /** What users get, the phase and every event: what a refusal must not change. */
  standing(): Promise<{ exposure: number; phase: string; events: string[] }>;
  /** Starts as this person and waits until the first bake is done: 10 %, ready. */
  toReady(user: string): Promise<void>;
  /** From there asks for 50 % as this person. */
  toRequest(user: string): Promise<void>;
  /** Puts one more plan into the plans folder; `$TARGET`, `$ERRORS` and `$LATENCY` are this scene's own. */
  addPlan(name: string, words: PlanWords | string): Promise<void>;
}

export async function openRoom(options: SceneOptions): Promise<Room> {
  const scene = await openScene({ ...options, plan: options.plan ?? planText() });
  const { read } = scene;
  // People do not see that a space does not break.
  scene.read = (message) => read(message).replaceAll('\u00a0', ' ');
  return Object.assign(scene, typing(scene), clicking(scene), filling(scene), walking(scene), {
    addPlan: (name: string, words: PlanWords | string) => addPlan(scene, name, words),
  });
}

async function addPlan(scene: Scene, name: string, words: PlanWords | string): Promise<void> {
  const text = typeof words === 'string' ? words : planText({ name, ...words });
  await writeFile(join(scene.config.plansDir, `${name}.yml`), scene.planOf(text));
}

function typing(scene: Scene): Pick<Room, 'ask' | 'mention'> {
  return {
    async ask(user, text, channel = SHOP) {
      const told = listen(scene, user, channel);
      await scene.slack.command({ user, channel, text });
      await vi.waitFor(() => expect(isAnswer(told()) || scene.slack.views(user).length > 0).toBe(true), SOON);
      await scene.settle();
      return told();
    },
    async mention(user, text, threadTs) {
      const told = listen(scene, user, SHOP);
      const where = { user, channel: SHOP, text: `<@U0ROLLOUT> ${text}` };
      await scene.slack.say(threadTs === undefined ? where : { ...where, threadTs });
      await vi.waitFor(() => expect(isAnswer(told())).toBe(true), SOON);
      await scene.settle();
      return told();
    },
  };
}

/** More than that it follows. */
const isAnswer = (told: string): boolean =>
  told.split('\n').some((line) => line !== '' && !line.startsWith(STILL_WORKING));

/** From now on: what only this person is told in this channel. */
function listen(scene: Scene, user: string, channel: string): () => string {
  const before = scene.slack.ephemerals(channel, user).length;
  return () =>
    scene.slack
      .ephemerals(channel, user)
      .slice(before)
      .map((message) => scene.read(message))
      .join('\n');
}

function clicking(scene: Scene): Pick<Room, 'press' | 'pressOld'> {
  /** Answered, acted upon, or asked back: a form opened. */
  const handled = async (user: string, told: () => string, trigger: unknown): Promise<string> => {
    const forms = () => scene.slack.views(user).map(({ id, hash }) => `${id}:${hash}`);
    await vi.waitFor(async () => {
      if (forms().length > 0) return;
      const { rowCount } = await scene.db.query(
        `select 1 from inbox where key = 'click:' || $1 and outcome->>'kind' = 'accepted'`,
        [trigger],
      );
      expect(rowCount === 1 || told() !== '').toBe(true);
    }, SOON);
    await scene.settle();
    return told();
  };
  return {
    async press(user, actionId, on) {
      const message = on ?? (await withButton(scene, actionId));
      const told = listen(scene, user, message.channel);
      const { body } = await scene.slack.click({ user, channel: message.channel, ts: message.ts, actionId });
      return handled(user, told, body.trigger_id);
    },
    async pressOld(user, actionId, value, body = {}) {
      const told = listen(scene, user, SHOP);
      const ts = scene.live()?.ts ?? '';
      const click = { user, channel: SHOP, ts, actionId, value: JSON.stringify(value), body };
      const delivery = await scene.slack.clickRaw(click);
      return handled(user, told, delivery.body.trigger_id);
    },
  };
}

function filling(scene: Scene): Pick<Room, 'fill' | 'finish' | 'form' | 'direct' | 'home'> {
  const wordsOf = (blocks: unknown): string =>
    scene.read({ channel: '', ts: '', user: '', text: '', blocks: blocks as Record<string, unknown>[] });
  const top = (user: string) => scene.slack.views(user).at(-1);
  const form = (user: string): string => {
    const view = top(user);
    if (!view) return '';
    const errors = Object.entries(view.errors ?? {}).map(([field, error]) => `${field}: ${error}`);
    return [wordsOf(view.view.blocks), ...errors].join('\n');
  };
  const fill: Room['fill'] = async (user, fields) => {
    const values = Object.entries(fields).map(([field, value]) => [field, { [field]: value }] as const);
    const { acked } = await scene.slack.submit({ user, values: Object.fromEntries(values) });
    expect(acked).toBe(true);
    await scene.settle();
    return form(user);
  };
  return {
    form,
    fill,
    async finish(user, reason) {
      await scene.command(user, `finish ${reason}`);
      return fill(user, {});
    },
    direct: (user) => scene.slack.messages(scene.slack.directMessage(user).id),
    async home(user) {
      await scene.slack.openHome(user);
      await vi.waitFor(() => expect(scene.slack.home(user)).toBeDefined(), SOON);
      return wordsOf(scene.slack.home(user)?.blocks);
    },
  };
}

/** The newest message with this button; throws with what was not delivered. */
export async function withButton(scene: Scene, actionId: string): Promise<SlackMessage> {
  const found = scene.posts().findLast((post) => JSON.stringify(post.blocks ?? []).includes(`"${actionId}"`));
  if (found) return found;
  const { rows } = await scene.db.query(
    `select kind, slot, state, attempts, last_error, not_before, retry_at, rollout_now() as now from effects order by id`,
  );
  throw new Error(`no message has the button ${actionId}\n${scene.transcript()}\n${JSON.stringify(rows, null, 1)}`);
}

function walking(scene: Scene): Pick<Room, 'standing' | 'toReady' | 'toRequest'> {
  return {
    standing: async () => ({
      exposure: scene.target.exposure,
      phase: await scene.phase(),
      events: await scene.events(),
    }),
    async toReady(user) {
      await scene.command(user, 'start new-checkout numbers look good');
      await scene.passUntil('the first bake is done', async () => (await scene.phase()) === 'ready');
    },
    async toRequest(user) {
      await this.toReady(user);
      await scene.command(user, 'advance 50 looks good');
      expect(await scene.phase()).toBe('awaiting_approval');
    },
  };
}

/** While #shop is shared with another team: what its people may do in a channel that was ours when the rollout began. */
export async function withOthers<T>(scene: Scene, does: () => Promise<T>): Promise<T> {
  const { members } = scene.slack.channelByName('shop');
  scene.slack.setChannel(SHOP, { isExtShared: true, members: [...members, WHO.stella] });
  try {
    return await does();
  } finally {
    scene.slack.setChannel(SHOP, { isExtShared: false, members });
  }
}
