import { pino } from 'pino';
import { afterEach, expect, test } from 'vitest';
import { SHOP, WHO } from '../support/scene.js';
import { TARGETS, type TargetKind } from '../support/scene-target.js';
import { breach } from './on-stage.js';
import { openRoom, type Room } from './room.js';

let room: Room;
let logged: string[];
afterEach(() => room.close());

/** The bot took new checkout back from 50 %, after 10 % had baked well, and the targets are settled. */
async function rolledBackOnce(target?: TargetKind): Promise<void> {
  logged = [];
  const log = pino({ level: 'info' }, { write: (line) => void logged.push(line) });
  room = await openRoom({ transport: 'http', log, ...(target && { target }) });
  await room.toRequest(WHO.opal);
  await room.press(WHO.lea, 'rollout_approve');
  await breach(room);
  room.errors.set(0.3);
  await room.pass(60_000, 10_000);
  expect(room.target.exposure).toBe(0);
}

/** Clicks a button of the newest answer only this person sees. */
async function pressAnswer(user: string, actionId: string, label: string): Promise<void> {
  const answer = room.slack.ephemerals(SHOP, user).at(-1);
  const found = JSON.stringify(answer?.blocks).includes(label);
  expect(found, room.read(answer)).toBe(true);
  const value = /"value":"((?:[^"\\]|\\.)*)"/.exec(blockOf(answer?.blocks, label))?.[1] ?? '';
  await room.slack.click({
    user,
    channel: SHOP,
    ts: answer?.ts ?? '',
    actionId,
    ephemeral: true,
    value: JSON.parse(`"${value}"`),
  });
  await room.settle();
}

function blockOf(blocks: unknown, label: string): string {
  const elements = (blocks as { elements?: { text?: { text?: string } }[] }[]).flatMap((block) => block.elements ?? []);
  return JSON.stringify(elements.find((element) => element.text?.text?.startsWith(label)));
}

test('start says why the last run was rolled back, and starts nothing until that was said', async () => {
  await rolledBackOnce();
  const answer = await room.ask(WHO.opal, 'start new-checkout');
  expect(answer).toContain('last_run_rolled_back');
  expect(logged.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'command refused')).toMatchObject([
    { verb: 'start', reason: 'last_run_rolled_back' },
  ]);
  expect(answer).toMatch(/Error rate 12 %/);
  expect(answer).toContain('[ Start again ]');
  expect((await room.rollout()).run).toBe(1);
  await pressAnswer(WHO.opal, 'rollout_start', 'Start again');
  await room.passUntil('the next run is at 10 %', () => room.target.exposure === 10);
  expect(await room.rollout()).toMatchObject({ run: 2, stage: { no: 1 } });
});

test('typed, it is said with one more word', async () => {
  await rolledBackOnce();
  await room.ask(WHO.opal, 'start new-checkout again the cache was cold');
  await room.passUntil('the next run is at 10 %', () => room.target.exposure === 10);
  expect(await room.rollout()).toMatchObject({ run: 2, note: 'the cache was cold' });
});

test.each(TARGETS)(
  'a false alarm re-enters the last good stage by approval, with its reason on record; on %s',
  async (target) => {
    await rolledBackOnce(target);
    await room.restart();
    await room.ask(WHO.opal, 'start new-checkout');
    await pressAnswer(WHO.opal, 'rollout_start', 'It was a false alarm');
    expect(room.form(WHO.opal)).toContain('10 %');
    expect(await room.fill(WHO.opal, { reason: 'the probe counted our own load test' })).toBe('');
    await room.passUntil('it is asked for', async () => (await room.phase()) === 'awaiting_approval');
    expect(room.target.exposure).toBe(0);
    expect((await room.rollout()).entry).toMatchObject({ stageNo: 1, run: 1 });
    expect(room.transcript()).toContain('the probe counted our own load test');
    expect(await room.press(WHO.opal, 'rollout_approve')).toContain('own_request');
    await room.press(WHO.oscar, 'rollout_approve');
    await room.passUntil('it is there again', () => room.target.exposure === 10);
    expect(await room.phase()).toBe('baking');
  },
);

test('a button of an older fall is refused once another run began', async () => {
  await rolledBackOnce();
  await room.ask(WHO.opal, 'start new-checkout');
  await room.ask(WHO.opal, 'start new-checkout again');
  await room.passUntil('the next run is at 10 %', () => room.target.exposure === 10);
  await room.ask(WHO.opal, 'rollback');
  await room.pass(60_000, 10_000);
  const value = { plan: 'new-checkout', run: 1, as: 'again' };
  expect(await room.pressOld(WHO.opal, 'rollout_start', value)).toContain('stale_button');
  expect((await room.rollout()).run).toBe(2);
});

test('a run that a person took back is started again without a question', async () => {
  room = await openRoom({ transport: 'http' });
  await room.ask(WHO.opal, 'start new-checkout');
  await room.ask(WHO.opal, 'rollback');
  await room.pass(60_000, 10_000);
  await room.ask(WHO.opal, 'start new-checkout');
  await room.passUntil('the next run is at 10 %', () => room.target.exposure === 10);
});

test('the form that starts offers the two ways on as well, and the one that asks why opens on top of it', async () => {
  await rolledBackOnce();
  await room.ask(WHO.opal, 'start');
  expect(await room.fill(WHO.opal, { plan: 'new-checkout' })).toContain('last_run_rolled_back');
  const again = JSON.stringify({ plan: 'new-checkout', run: 1, form: 'false_alarm' });
  await room.slack.clickView({ user: WHO.opal, actionId: 'rollout_start', value: again });
  await room.settle();
  expect(room.slack.views(WHO.opal)).toHaveLength(2);
  expect(await room.fill(WHO.opal, { reason: 'the probe counted our own load test' })).toContain(
    'last_run_rolled_back',
  );
  await room.passUntil('it is asked for', async () => (await room.phase()) === 'awaiting_approval');
  expect((await room.rollout()).entry).toMatchObject({ run: 1 });
});
