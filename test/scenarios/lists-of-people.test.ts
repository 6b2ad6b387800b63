import { afterEach, describe, expect, test } from 'vitest';
import type { SlackMessage } from '../../sandbox/slack/types.js';
import { WHO } from '../support/scene.js';
import { TARGETS, type TargetKind } from '../support/scene-target.js';
import { openRoom, planText, type Room } from './room.js';

let room: Room;
afterEach(() => room.close());

/** A test and a sign-off to leave the first stage, a briefing before the second, a document afterwards. */
const EARLY = `exit: [{ group: Golden flows, by: engineering-lead, items: [{ test: GF-001 Direct intake, how: Create a batch, expect: Inventory updated }, { test: GF-002 Order, needs: [gf-001-direct-intake] }] }, { do: Screenshots, optional: true }]`;
const HALF = 'before: [On-call engineer briefed, { do: Support trained, waive: [engineering-lead] }]';

function withLists(more = ''): string {
  return `${planText()
    .replace('stage: early,', `stage: early, ${EARLY},`)
    .replace('stage: half,', `stage: half, ${HALF},`)
    .replace(
      'stage: everyone,',
      'stage: everyone, exit: [Full review],',
    )}after: [Changelog]\nafter_rollback: [Incident report]\n${more}`;
}

async function open(target: TargetKind = 'memory'): Promise<void> {
  room = await openRoom({ transport: 'http', plan: withLists(), target });
}

function card(kind: string, stageNo: number, opening = 1): SlackMessage {
  const found = room
    .posts()
    .find(({ blocks }) => JSON.stringify(blocks ?? []).includes(`:${kind}:${stageNo}:${opening}:`));
  if (!found) throw new Error(`no card of ${kind} ${stageNo}\n${room.transcript()}`);
  return found;
}

/** What people read on it. */
function shown(kind: string, stageNo: number, opening = 1): string {
  return room.read(card(kind, stageNo, opening)).replaceAll('*', '');
}

/** Clicks the button of one item, as the card of that opening has it. */
function tick(user: string, kind: string, stageNo: number, no: number, opening = 1): Promise<string> {
  return room.pressOld(user, 'rollout_done', { rollout: 1, item: [kind, stageNo, opening, no] });
}

test.each(TARGETS)('from the first item to the last: the whole way on %s', async (target) => {
  await open(target);
  await room.toReady(WHO.opal);
  expect(shown('exit', 1)).toContain('To leave 10 % · new checkout · 0 of 2 done');
  expect(shown('before', 2)).toContain('Before 50 % · new checkout · 0 of 2 done');
  await room.ask(WHO.opal, 'advance 50 looks good');
  expect(await room.phase()).toBe('awaiting_approval');
  const refused = await room.press(WHO.lea, 'rollout_approve');
  expect(refused).toContain('Something that is to be done before is not done');
  expect(refused).toContain('GF-001 Direct intake');
  expect(refused).toContain('On-call engineer briefed');
  await tick(WHO.lea, 'exit', 1, 1);
  await tick(WHO.lea, 'exit', 1, 2);
  await tick(WHO.oscar, 'before', 2, 1);
  await tick(WHO.oscar, 'before', 2, 2);
  await room.settle();
  await room.pass(5_000);
  expect(shown('exit', 1)).toContain('all 2 done');
  await room.press(WHO.lea, 'rollout_approve');
  await room.passUntil('50 % is there', async () => room.target.exposure === 50);
  await room.passUntil('its bake is done', async () => (await room.phase()) === 'ready');
  expect(shown('exit', 1)).toContain('closed');
  await room.ask(WHO.opal, 'advance 100 on we go');
  await room.press(WHO.lou, 'rollout_approve');
  await room.passUntil('the last bake is done', async () => (await room.phase()) === 'ready');
  await tick(WHO.opal, 'exit', 3, 1);
  expect(await room.phase()).toBe('completed');
  await tick(WHO.opal, 'after', 0, 1);
  await room.pass(5_000);
  expect(shown('after', 0)).toContain('all 1 done');
});

describe('by words', () => {
  test('an item is found by its name, its title or a part of it, and a form asks for what is missing', async () => {
    await open();
    await room.toReady(WHO.opal);
    expect(await room.ask(WHO.lea, 'done gf-001')).toContain('To leave 10 %: 1 of 2 done');
    expect(await room.ask(WHO.otto, 'done on-call engineer briefed')).toContain(
      'You do not have a role that may do this',
    );
    const refused = await room.ask(WHO.oscar, 'done gf-002');
    expect(refused).toContain('engineering-lead (<!subteam^S0LEADS>) can do this.');
    expect(await room.ask(WHO.oscar, 'done On-call engineer briefed, by phone')).toContain('Before 50 %: 1 of 2 done');
    expect(await room.ask(WHO.oscar, 'done changelog')).toContain('there is');
    await room.ask(WHO.lea, 'fail GF-002');
    expect(room.form(WHO.lea)).toContain('What happened?');
    expect(await room.fill(WHO.lea, { reason: 'the order is empty' })).toBe('');
    expect(await room.ask(WHO.opal, 'items')).toContain('GF-002 Order');
    expect(await room.ask(WHO.opal, 'items')).toContain('failed');
    expect(await room.ask(WHO.opal, 'why')).toContain('GF-002 Order (failed)');
  });

  test('what is waived is said to be waived, in the thread, on the card and in the record', async () => {
    await open();
    await room.toReady(WHO.opal);
    expect(await room.ask(WHO.oscar, 'waive support trained it is Sunday')).toContain('Not waived');
    expect(await room.ask(WHO.lea, 'waive support trained: it is Sunday')).toContain('1 of 2 done, 1 of them waived');
    await room.pass(5_000);
    expect(shown('before', 2)).toContain('1 of 2 done, 1 of them waived');
    expect(room.transcript()).toContain('says Support trained: waived: “it is Sunday”');
    expect(await room.ask(WHO.opal, 'history')).toContain('Support trained: waived: “it is Sunday”');
  });

  test('several at once, by a form that reopens nothing', async () => {
    await open();
    await room.toReady(WHO.opal);
    await room.ask(WHO.oscar, 'done');
    expect(room.form(WHO.oscar)).toContain('What is done?');
  });
});

test('back in the stage before, its list begins from nothing, and a click on the old card says so', async () => {
  await open();
  await room.toReady(WHO.opal);
  for (const [who, kind, stageNo, no] of [
    [WHO.lea, 'exit', 1, 1],
    [WHO.lea, 'exit', 1, 2],
    [WHO.oscar, 'before', 2, 1],
    [WHO.oscar, 'before', 2, 2],
  ] as const)
    await tick(who, kind, stageNo, no);
  await room.ask(WHO.opal, 'advance 50 looks good');
  await room.press(WHO.lea, 'rollout_approve');
  await room.passUntil('50 % is there', async () => room.target.exposure === 50);
  await room.ask(WHO.opal, 'rollback to 10');
  await room.passUntil('it is held there', async () => (await room.phase()) === 'held');
  expect(await tick(WHO.lea, 'exit', 1, 1)).toContain('That list is not open any more, or was opened again since');
  expect(shown('exit', 1, 2)).toContain('0 of 2 done');
});

test('after a rollback there is its own list', async () => {
  await open();
  await room.toReady(WHO.opal);
  await room.ask(WHO.opal, 'rollback customers report empty carts');
  await room.passUntil('it is rolled back', async () => (await room.phase()) === 'rolled_back');
  expect(shown('after_rollback', 0)).toContain('After the rollback · new checkout · 0 of 1 done');
  await tick(WHO.opal, 'after_rollback', 0, 1);
  await room.pass(5_000);
  expect(shown('after_rollback', 0)).toContain('all 1 done');
});
