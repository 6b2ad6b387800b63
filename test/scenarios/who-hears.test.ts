import { afterEach, expect, test } from 'vitest';
import { SHOP, WHO } from '../support/scene.js';
import { MINUTE, posts, readSlot, SECOND, slotOf } from './on-stage.js';
import { asPosted, buttonsOf, directSlot, itIs } from './people-and-places.js';
import { openRoom, planText, type Room } from './room.js';

let room: Room;
afterEach(() => room.close());

const LEADS = '<!subteam^S0LEADS>';
const TUESDAY = '2026-11-24T10:00:00Z';
const SATURDAY_NIGHT = '2026-11-21T02:00:00Z';
const MORE = 'contact: [engineering-lead]\nlinks: { runbook: "https://wiki.example.com/checkout" }\npeople:';
/** Bakes that do not end on the way, and checks of one window. */
const LONG = planText().replace('people:', MORE).replaceAll('bake: 20s, check_every: 5s', 'bake: 1h, check_every: 10s');
const HOLDING = LONG.replace('critical: { above: 5 }', 'critical: { above: 5, do: hold }');
const NINE = LONG.replace(
  /checks:\n[\s\S]*?stages:/,
  [
    'checks:',
    ...Array.from({ length: 9 }, (_, i) => {
      const probe = '{ kind: memory, name: $ERRORS }';
      return `  check-${i + 1}: { title: Check ${i + 1}, unit: "%", probe: ${probe}, window: 5s, warning: { above: 2 }, critical: { above: 50 } }`;
    }),
    'stages:',
  ].join('\n'),
);

/** Posts that were made in the channel itself or shown there, oldest first. */
const inChannel = () =>
  room
    .posts()
    .filter(({ threadTs, broadcast }) => threadTs === undefined || broadcast)
    .map(slotOf);
const calls = () => asPosted(room).filter(({ channel, words }) => channel === SHOP && words.includes(LEADS));

async function baking(plan: string, at: string): Promise<void> {
  room = await openRoom({ transport: 'http', plan });
  await itIs(room, at);
  await room.ask(WHO.opal, 'start new-checkout');
  expect(await room.phase()).toBe('baking');
  expect(inChannel()).toEqual(['live']);
}

test('nine warnings with one cause are one reply; after five minutes, and a restart, the channel hears of them once and the contact is called', async () => {
  await baking(NINE, TUESDAY);
  room.errors.set(3);
  await room.pass(20 * SECOND, 5 * SECOND);
  const [reply, ...others] = posts(room, 'alerts:');
  expect(others).toEqual([]);
  expect(buttonsOf(reply)).toEqual(['rollout_have', 'rollout_pause', 'rollout_rollback']);
  for (const name of ['Check 1', 'Check 9']) expect(room.read(reply)).toContain(`${name} 3 % is over its warning 2 %`);
  expect(inChannel()).toEqual(['live']);
  expect(room.read(room.live())).not.toMatch(/^.*Baking/);
  expect(room.read(room.live()).split('\n')[0]).toContain('🟡 *Warning* · ');

  await room.pass(2 * MINUTE, 30 * SECOND);
  await room.restart();
  expect(calls()).toEqual([]);
  await room.pass(4 * MINUTE, 30 * SECOND);
  expect(inChannel()).toEqual(['live', 'alerts:2']);
  expect(calls().map(({ slot }) => slot)).toEqual(['alerts:2']);
  expect(readSlot(room, 'alerts:2')).toContain('Runbook');
  expect(buttonsOf(posts(room, 'alerts:1')[0])).toEqual([]);

  await room.press(WHO.oscar, 'rollout_have', posts(room, 'alerts:2')[0]);
  expect(readSlot(room, 'alerts:2')).toContain('<@U0OSCAR> has it');
  expect(readSlot(room, 'change:')).toBe('<@U0OSCAR> has it');
  room.errors.set(0.5);
  await room.pass(20 * SECOND, 5 * SECOND);
  expect(readSlot(room, 'alerts:2')).toContain('✔ *Recovered*: Check 9 is back at 0.5 %');
  expect(room.read(room.live()).split('\n')[0]).toContain('🟢 *Baking* · ');
  expect(calls()).toHaveLength(1);
});

test('a critical limit that pauses is in the channel at once, at night too, with the contact called and links', async () => {
  await baking(HOLDING, SATURDAY_NIGHT);
  room.errors.set(9);
  await room.passUntil('it is held', async () => (await room.phase()) === 'held', { stepMs: 5_000 });
  expect(inChannel()).toEqual(['live', 'alerts:1']);
  expect(calls().map(({ slot }) => slot)).toEqual(['alerts:1']);
  expect(readSlot(room, 'alerts:1')).toMatch(/Error rate 9 % is over its limit 5 %[\s\S]*Runbook/);
  expect(room.read(room.live()).split('\n')[0]).toContain('⏸ *Paused, critical* · ');
});

test('who started is told directly of a rollback that the bot ordered, in one message; one who cannot be written to, in the thread', async () => {
  await baking(LONG, TUESDAY);
  room.errors.set(12);
  await room.passUntil('it is rolled back', async () => (await room.phase()) === 'rolled_back', { stepMs: 5_000 });
  await room.pass(10 * SECOND, SECOND);
  expect(room.read(directSlot(room, WHO.opal, 'rolled_back:'))).toMatch(/ROLLED BACK new checkout.*Error rate 12 %/);
  expect(posts(room, 'rolled_back:')).toEqual([]);
});

test('where that person takes no direct messages, it is said in the thread', async () => {
  await baking(LONG, TUESDAY);
  room.slack.fail({ method: 'conversations.open', error: 'user_disabled', times: 99 });
  await room.ask(WHO.oscar, 'rollback customers complain');
  await room.pass(20 * SECOND, SECOND);
  expect(readSlot(room, 'rolled_back:')).toMatch(
    /<@U0OPAL> cannot be written to directly[\s\S]*Rolled back new checkout/,
  );
});

test('a pause and a resume leave a line each, who did it and why', async () => {
  await baking(LONG, TUESDAY);
  await room.ask(WHO.oscar, 'pause lunch first');
  await room.ask(WHO.opal, 'resume');
  expect(posts(room, 'change:').map((message) => room.read(message))).toEqual([
    '<@U0OSCAR> paused it at 10 %: “lunch first”',
    '<@U0OPAL> resumed it; the bake goes on',
  ]);
});
