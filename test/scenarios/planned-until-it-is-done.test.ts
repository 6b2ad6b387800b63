import { afterEach, expect, test } from 'vitest';
import { WHO } from '../support/scene.js';
import { TARGETS, type TargetKind } from '../support/scene-target.js';
import { openRoom, planText, type Room } from './room.js';

let room: Room;
afterEach(() => room.close());

const BEFORE = 'before: [Merged, { do: Signed off, by: engineering-lead, needs: [merged] }]\n';

async function open(target: TargetKind = 'memory'): Promise<void> {
  room = await openRoom({ transport: 'http', plan: `${planText()}${BEFORE}`, target });
}

function tick(user: string, no: number): Promise<string> {
  return room.pressOld(user, 'rollout_done', { rollout: 1, item: ['before', 0, 1, no] });
}

async function locks(): Promise<number> {
  return (await room.db.query('select 1 from target_locks')).rowCount ?? 0;
}

/** The events, without those that only call people. */
async function moves(): Promise<string[]> {
  return (await room.events()).filter((event) => event !== 'owners_asked');
}

test('whoever has something to do is called for it once', async () => {
  await open();
  await room.ask(WHO.opal, 'start new-checkout');
  const calls = async () => (await room.events()).filter((event) => event === 'owners_asked').length;
  await room.passUntil('they are called', async () => (await calls()) === 1);
  const said = room.transcript();
  expect(said).toContain('*new checkout*: this is left to do.');
  expect(said).toContain('operators (<!subteam^S0RELEASE>): Merged');
  expect(said).not.toContain('): Signed off');
  await tick(WHO.oscar, 1);
  await room.passUntil('who comes next is called', async () => (await calls()) === 2);
  expect(room.transcript()).toContain('): Signed off');
  await room.pass(3_600_000, 60_000);
  expect(await calls()).toBe(2);
});

test.each(TARGETS)('nothing is touched before it is done and somebody says go, on %s', async (target) => {
  await open(target);
  await room.ask(WHO.opal, 'start new-checkout');
  expect(await room.phase()).toBe('planned');
  expect(await locks()).toBe(0);
  expect(await moves()).toEqual(['started']);
  const live = room.live();
  expect(live && room.read(live)).toContain('Planned');
  expect(await room.ask(WHO.opal, 'advance')).toContain('Merged');
  expect(await room.phase()).toBe('planned');
  expect(await tick(WHO.lea, 2)).toContain('Merged');
  await tick(WHO.oscar, 1);
  await tick(WHO.lea, 2);
  expect(await room.phase()).toBe('planned');
  expect(await room.ask(WHO.lea, 'advance')).toContain('You do not have a role that may do this');
  expect(await room.ask(WHO.opal, 'advance')).toContain('begun; targets and checks are read first');
  await room.passUntil('10 % is there', async () => room.target.exposure === 10);
  expect(await locks()).toBeGreaterThan(0);
  expect((await moves()).slice(0, 6)).toEqual([
    'started',
    'item_changed',
    'item_changed',
    'begun',
    'rehearsed',
    'raise_ordered',
  ]);
});

test('a rollback cancels it, and lowers nothing that is another rollout’s', async () => {
  await open();
  await room.addPlan('other', planText({ name: 'other' }));
  await room.ask(WHO.opal, 'start other');
  await room.passUntil('the other one is there', async () => room.target.exposure === 10);
  expect(await room.ask(WHO.opal, 'start new-checkout')).toContain('planned');
  expect(await room.ask(WHO.oscar, 'rollback new-checkout not this week')).toContain('cancelled; it had not begun');
  const { rows } = await room.db.query<{ phase: string }>('select phase from rollouts order by id');
  expect(rows.map(({ phase }) => phase)).toEqual(['baking', 'not_started']);
  expect(room.target.exposure).toBe(10);
  expect(room.transcript()).toContain('it was cancelled before it began');
  expect(room.transcript()).toContain('not this week');
});

test('it begins only once its targets are free, and says who has them', async () => {
  await open();
  await room.addPlan('other', planText({ name: 'other' }));
  await room.ask(WHO.opal, 'start new-checkout');
  await tick(WHO.oscar, 1);
  await tick(WHO.lea, 2);
  await room.ask(WHO.opal, 'start other');
  await room.passUntil('the other one is there', async () => room.target.exposure === 10);
  expect(await room.ask(WHO.opal, 'advance new-checkout')).toContain('Another rollout moves the same targets');
  const { rows } = await room.db.query<{ phase: string }>('select phase from rollouts order by id');
  expect(rows.map(({ phase }) => phase)).toEqual(['planned', 'baking']);
});

test('people are reminded of one that waits, in the words of what it waits for', async () => {
  await open();
  await room.ask(WHO.opal, 'start new-checkout');
  await room.pass(4 * 3_600_000 + 60_000, 30 * 60_000);
  expect(room.transcript()).toContain('It begins when what is to be done before is done');
  expect(room.transcript()).toContain('Before the start: 0 of 2 done');
});
