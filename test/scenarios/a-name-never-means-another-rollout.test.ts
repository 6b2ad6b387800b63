import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { memoryStore } from '../../src/targets/memory.js';
import { WHO } from '../support/scene.js';
import { openRoom, type Room } from './room.js';

const PAYMENTS = 'C0RELEASES';
const DAY = 86_400_000;

/** `new-checkout` has runs in #shop; what is typed, is typed in #releases, where `payments` is under way. */
let room: Room;
let payments: ReturnType<typeof memoryStore>;
beforeEach(async () => {
  room = await openRoom({ transport: 'http' });
  const target = `payments-${randomUUID()}`;
  payments = memoryStore(target);
  await room.addPlan('payments', { target, channel: '#releases' });
});
afterEach(() => room.close());

const there = (text: string) => room.ask(WHO.opal, text, PAYMENTS);
const users = () => ({ checkout: room.target.exposure, payments: payments.exposure });

async function endedRun(): Promise<void> {
  await room.ask(WHO.opal, 'start new-checkout');
  await room.ask(WHO.opal, 'rollback new-checkout');
  await room.pass(60_000, 10_000);
}

/** New checkout is over at 50 %, and a second try at it was refused, so that the newest run never started. */
async function leftExposed(): Promise<void> {
  await room.toRequest(WHO.opal);
  await room.press(WHO.lea, 'rollout_approve');
  await room.passUntil('half is done', async () => (await room.phase()) === 'ready');
  await room.finish(WHO.opal, 'enough');
  await room.ask(WHO.opal, 'start new-checkout');
  expect(await room.rollout()).toMatchObject({ run: 2, phase: 'not_started' });
  expect(users()).toEqual({ checkout: 50, payments: 0 });
}

describe('rollback, from another channel by the plan’s name,', () => {
  test('means its active run, however many came before', async () => {
    await endedRun();
    await room.ask(WHO.opal, 'start new-checkout');
    await room.ask(WHO.opal, 'start payments', PAYMENTS);
    expect(users()).toEqual({ checkout: 10, payments: 10 });
    await there('rollback new-checkout users complain');
    expect(users()).toEqual({ checkout: 0, payments: 10 });
  });

  test('means the run that left users exposed, not a newer one that never started', async () => {
    await leftExposed();
    await room.ask(WHO.opal, 'start payments', PAYMENTS);
    await there('rollback new-checkout');
    expect(users()).toEqual({ checkout: 0, payments: 10 });
  });

  test('means it after months too', async () => {
    await leftExposed();
    await room.db.query(`update test_clock set at = at + $1 * interval '1 millisecond'`, [90 * DAY]);
    await there('rollback new-checkout');
    expect(users()).toEqual({ checkout: 0, payments: 0 });
  });

  test('when all its runs are back, is asked about and takes nothing else back', async () => {
    await endedRun();
    await endedRun();
    await room.ask(WHO.opal, 'start payments', PAYMENTS);
    const before = await room.events();
    const answer = await there('rollback new-checkout');
    expect(answer).toContain('Which rollout?');
    for (const name of ['new-checkout#1', 'new-checkout#2', 'payments#1'])
      expect(answer).toContain(`\`/rollout rollback ${name}\``);
    expect(await room.events()).toEqual(before);
    expect(users()).toEqual({ checkout: 0, payments: 10 });
  });
});

test('in its own channel too, a rollback means the run that left users exposed', async () => {
  await leftExposed();
  await room.ask(WHO.opal, 'rollback new-checkout');
  expect(users()).toEqual({ checkout: 0, payments: 0 });
});

test.each(['pause', 'advance', 'extend', 'finish'])('%s of a plan that is over moves no other', async (verb) => {
  await endedRun();
  await room.ask(WHO.opal, 'start payments', PAYMENTS);
  const before = await room.events();
  const answer = await there(`${verb} new-checkout 30m`);
  expect(answer).toContain('Which rollout?');
  expect(answer).toContain(`\`/rollout ${verb} payments#1\``);
  expect(answer).not.toContain('new-checkout');
  expect(await room.events()).toEqual(before);
});

test('a plan that is over is not there to be paused where nothing is under way', async () => {
  await endedRun();
  const answer = await there('pause new-checkout');
  expect(answer).toContain('no_such_rollout');
  expect(answer).toContain('new-checkout');
});

test('status, why and history of a plan show its newest run, from whatever channel', async () => {
  await endedRun();
  await endedRun();
  await room.ask(WHO.opal, 'start payments', PAYMENTS);
  for (const verb of ['status', 'why', 'history']) {
    const answer = await there(`${verb} new-checkout`);
    expect(answer, verb).toContain(verb === 'history' ? '*new checkout*' : 'new-checkout#2');
    expect(answer, verb).not.toContain('payments');
  }
});
