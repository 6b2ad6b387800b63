import { afterEach, describe, expect, test } from 'vitest';
import { WHO } from '../support/scene.js';
import { TARGETS } from '../support/scene-target.js';
import { openRoom, planText, type Room } from './room.js';

/** No stage asks for an approval: whatever is taken for an order goes out at once. */
const PLAN = planText({ channel: '#shop' })
  .replaceAll(', approve: [engineering-lead]', '')
  .replace('stage: half, title: Half, exposure: 50', 'stage: wave-2, title: First customers, exposure: 12.5')
  .replace('stage: early, title: Early access', 'stage: wave-1, title: Early access');

let room: Room;
afterEach(() => room.close());

test('rollback goes down whatever stands behind it, also beside a form or a question mark', async () => {
  room = await openRoom({ transport: 'http', plan: PLAN });
  const texts = [
    'rollback 3 customers report empty carts',
    'rollback to be safe',
    'rollback!',
    'roll back',
    'rollback?',
    'rollback 10',
    'rollback ticket#123 is about it',
    'rollback New checkout: 500s',
    'New-Checkout: roll back',
  ];
  for (const text of texts) {
    await room.ask(WHO.opal, 'start new-checkout');
    expect(room.target.exposure, text).toBe(10);
    const answer = await room.ask(WHO.opal, text);
    expect(room.target.exposure, text).toBe(0);
    expect(answer, text).toContain('from 10 % to 0 %');
    await room.pass(60_000, 20_000);
  }
});

test.each(TARGETS)('a place that is not gone to is said, with how to go there; on %s', async (target) => {
  room = await openRoom({ transport: 'http', plan: PLAN, target });
  await room.ask(WHO.opal, 'start new-checkout');
  await room.passUntil('the first bake is done', async () => (await room.phase()) === 'ready');
  await room.ask(WHO.opal, 'advance');
  expect(room.target.exposure).toBe(12.5);
  expect(await room.ask(WHO.opal, 'rollback wave-1 is slow')).toMatch(
    /to 0 %[\s\S]*“wave-1” was read as part of the reason\. A place with words behind it is written with `to`: `\/rollout rollback new-checkout to wave-1`/,
  );
  await room.pass(60_000, 20_000);
  await room.ask(WHO.opal, 'start new-checkout');
  expect(await room.ask(WHO.opal, 'rollback to 10')).toContain(
    '“10%” is not lower than what users had, so it goes to 0 %',
  );
});

describe('advance', () => {
  test('goes nowhere but to the place that was named, and answers about that place', async () => {
    room = await openRoom({ transport: 'http', plan: PLAN });
    await room.ask(WHO.opal, 'start new-checkout');
    await room.passUntil('the first bake is done', async () => (await room.phase()) === 'ready');
    const refused: readonly (readonly [string, string])[] = [
      ['advance to 50', '50 % is not the next stage'],
      ['advance 50, numbers look good', '50 % is not the next stage'],
      ['advance 50.', '50 % is not the next stage'],
      ['advance Half', '50 % is not the next stage'],
      ['advance half.', '50 % is not the next stage'],
      ['advance 100', '100 % is not the next stage'],
      ['advance to everyone', 'Everyone (100 %) is not the next stage'],
      ['advance back to 10', '10 % is not the next stage'],
      ['advance wave-9', '“wave-9” looks like a place, but this plan has no such place; you may mean wave-1 or wave-2'],
      ['advance to be safe', 'looks like a place, but this plan has no such place'],
      ['advance don’t', 'says that it is not to be done'],
      ['advance not yet', 'says that it is not to be done'],
      ['advance when CI is green', 'I do not wait for a condition (“when”)'],
      ['advance tomorrow 9am', 'A later time (“tomorrow”) cannot be given yet'],
      ['advance?', 'The question mark makes it a question'],
      ['advance 12.5?', 'The question mark makes it a question'],
      ['resume?', 'The question mark makes it a question'],
      ['start new-checkout?', 'The question mark makes it a question'],
    ];
    const before = await room.standing();
    for (const [text, said] of refused) {
      const answer = await room.ask(WHO.opal, text);
      expect(answer, text).toContain(said);
      expect(answer, text).not.toContain('to 12.5 %.');
    }
    expect(await room.standing()).toEqual(before);
    await room.ask(WHO.opal, 'advance 12,50 %, numbers look good');
    expect(room.target.exposure).toBe(12.5);
  });
});

describe('start', () => {
  test.each([
    ['at 5pm', 'A later time (“at 5pm”) cannot be given yet'],
    ['numbers look good, tomorrow', 'A later time'],
    ['when CI is green', 'I do not wait for a condition'],
    ['not yet', 'says that it is not to be done'],
    ['50%', '50% is not where it begins: a rollout begins with its first stage, wave-1 (10 %)'],
    ['to everyone', 'is not where it begins'],
  ])('with “%s” behind the plan’s name begins nothing', async (note, said) => {
    room = await openRoom({ transport: 'http', plan: PLAN, checkLaws: false });
    expect(await room.ask(WHO.opal, `start New-Checkout ${note}`)).toContain(said);
    expect(await room.events()).toEqual([]);
    await room.ask(WHO.opal, 'start New-Checkout, numbers look good');
    expect(room.target.exposure).toBe(10);
  });
});
