import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { memoryStore } from '../../src/targets/memory.js';
import { SHOP, WHO } from '../support/scene.js';
import { openRoom, type Room } from './room.js';

/** `new-checkout` and `payments` are both under way in #shop, each at 10 %. */
let room: Room;
let payments: ReturnType<typeof memoryStore>;
beforeEach(async () => {
  room = await openRoom({ transport: 'http' });
  const target = `payments-${randomUUID()}`;
  payments = memoryStore(target);
  await room.addPlan('payments', { target });
  await room.ask(WHO.opal, 'start new-checkout');
  await room.ask(WHO.opal, 'start payments');
  expect(users()).toEqual({ checkout: 10, payments: 10 });
});
afterEach(() => room.close());

const users = () => ({ checkout: room.target.exposure, payments: payments.exposure });
const phases = async (): Promise<string> => {
  const { rows } = await room.db.query<{ phase: string }>('select phase from rollouts order by id');
  return rows.map(({ phase }) => phase).join(' ');
};

/** The live message of a plan: the root of its thread. */
function rootOf(title: string) {
  const root = room
    .posts()
    .find((post) => post.threadTs === undefined && room.read(post).split('\n')[0]?.includes(` · ${title} · `));
  if (!root) throw new Error(`no live message of ${title}\n${room.transcript()}`);
  return root;
}

test('bare /rollout lists both, each with its own name, and a verb without a name asks which and moves nothing', async () => {
  const before = await room.events();
  const listed = await room.ask(WHO.lea, '');
  expect(listed).toContain('new-checkout');
  expect(listed).toContain('payments');
  for (const text of ['pause', 'pause lunch', 'advance', 'rollback', 'rollback users complain', 'extend 10m quiet']) {
    const answer = await room.ask(WHO.opal, text);
    expect(answer, text).toContain('Which rollout?');
    const [verb = ''] = text.split(' ');
    for (const name of ['new-checkout#1', 'payments#1']) expect(answer, text).toContain(`\`/rollout ${verb} ${name}\``);
  }
  expect(await room.events()).toEqual(before);
});

test('in a thread its own rollout is meant, whatever else is under way', async () => {
  const [checkout, pay] = [rootOf('new checkout'), rootOf('payments')];
  expect(await room.mention(WHO.lea, 'status', pay.ts)).toContain('payments');
  expect(await room.mention(WHO.lea, 'why', checkout.ts)).not.toContain('payments');
  await room.mention(WHO.opal, 'pause look at it', pay.ts);
  expect(await phases()).toBe('baking held');
  await room.mention(WHO.opal, 'rollback', checkout.ts);
  expect(users()).toEqual({ checkout: 0, payments: 10 });
  // A name that is said counts for more than the thread it is said in.
  await room.mention(WHO.opal, 'resume payments', checkout.ts);
  const ts = room.slack.ephemerals(SHOP, WHO.opal).at(-1)?.ts ?? '';
  await room.slack.click({ user: WHO.opal, channel: SHOP, ts, actionId: 'rollout_resume', ephemeral: true });
  await room.settle();
  expect(await phases()).toBe('rolled_back baking');
});

test('a button means the rollout whose message it stands on', async () => {
  await room.press(WHO.opal, 'rollout_pause', rootOf('payments'));
  expect(await phases()).toBe('baking held');
  expect(await room.press(WHO.opal, 'rollout_status', rootOf('new checkout'))).toContain('new checkout');
  await room.press(WHO.opal, 'rollout_rollback', rootOf('new checkout'));
  expect(users()).toEqual({ checkout: 0, payments: 10 });
  await room.press(WHO.opal, 'rollout_resume', rootOf('payments'));
  expect(await phases()).toBe('rolled_back baking');
});

test('cards of both that wait at once are approved one by one', async () => {
  await room.passUntil('both bakes are done', async () => (await phases()) === 'ready ready');
  await room.ask(WHO.opal, 'advance new-checkout');
  await room.ask(WHO.opal, 'advance payments');
  const cards = room.posts().filter((post) => room.read(post).includes('[ Approve ]'));
  expect(cards).toHaveLength(2);
  const card = cards.find((post) => post.threadTs === rootOf('payments').ts);
  await room.press(WHO.lea, 'rollout_approve', card);
  expect(users()).toEqual({ checkout: 10, payments: 50 });
  const home = await room.home(WHO.lou);
  expect(home).toContain('new checkout');
  await room.slack.clickHome({ user: WHO.lou, actionId: 'rollout_approve' });
  await room.settle();
  expect(users()).toEqual({ checkout: 50, payments: 50 });
});

test('a name in back-ticks or quotes, as people paste it, is the name', async () => {
  const names = ['`payments`', '"payments"', '“payments”', "'payments'", '`payments#1`', 'payments#1'];
  for (const name of names) {
    await room.ask(WHO.opal, `pause ${name} look at ${names.indexOf(name)}`);
    expect(await phases(), name).toBe('baking held');
    await room.ask(WHO.opal, `resume ${name}`);
    expect(await phases(), name).toBe('baking baking');
  }
  const { rows } = await room.db.query<{ reason: string }>(
    `select line::json->'event'->>'reason' as reason from events where type = 'paused' order by seq`,
  );
  expect(rows.map(({ reason }) => reason)).toEqual(names.map((_, i) => `look at ${i}`));
});

test('a slip in a name or a verb moves nothing, and the answer says what was probably meant', async () => {
  const before = await room.events();
  expect(await room.ask(WHO.opal, 'pause paymets')).toContain('did you mean "payments"?');
  expect(await room.ask(WHO.opal, 'advance new-chekout')).toContain('did you mean "new-checkout"?');
  expect(await room.ask(WHO.opal, 'puase payments')).toContain('pause');
  expect(await room.ask(WHO.opal, 'rolback payments')).toContain('rollback');
  // A rollback is not held up by a guess, but it does not guess either.
  expect(await room.ask(WHO.opal, 'rollback paymets')).toContain('Which rollout?');
  expect(await room.ask(WHO.opal, 'pause payments#7')).toContain('no_such_rollout');
  expect(await room.events()).toEqual(before);
  expect(users()).toEqual({ checkout: 10, payments: 10 });
});

test('a name is found from another channel too, and one that is said nowhere lists both', async () => {
  const releases = 'C0RELEASES';
  expect(await room.ask(WHO.opal, 'status payments', releases)).toContain(' · payments · ');
  await room.ask(WHO.opal, 'pause `payments`', releases);
  expect(await phases()).toBe('baking held');
  const listed = await room.ask(WHO.opal, '', room.slack.directMessage(WHO.opal).id);
  for (const title of ['new checkout', 'payments']) expect(listed).toContain(title);
  expect(room.posts(releases)).toEqual([]);
  expect(room.posts(SHOP).length).toBeGreaterThan(0);
});
