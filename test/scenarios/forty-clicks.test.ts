import { pino } from 'pino';
import { afterEach, expect, onTestFinished, test } from 'vitest';
import { startApp } from '../../src/app.js';
import { WHO } from '../support/scene.js';
import { openRoom, planText, type Room } from './room.js';

let room: Room;
afterEach(() => room.close());

const COUNT = 40;

/** Items of the first stage's exit. */
function planWith(count: number): string {
  const items = Array.from({ length: count }, (_, at) => `Item ${at + 1}`);
  return planText().replace('stage: early,', `stage: early, exit: [${items.join(', ')}],`);
}

test('forty clicks on forty items by two bots at once: forty events, none refused as busy, and the last card is true', async () => {
  room = await openRoom({ transport: 'socket', plan: planWith(COUNT) });
  const other = await startApp(room.config, { log: pino({ level: 'silent' }) });
  onTestFinished(() => other.close());
  await room.toReady(WHO.opal);
  const message = room.live();
  const click = (no: number) =>
    room.slack.clickRaw({
      user: no % 2 === 0 ? WHO.opal : WHO.oscar,
      channel: message?.channel ?? '',
      ts: message?.ts ?? '',
      actionId: 'rollout_done',
      value: JSON.stringify({ rollout: 1, item: ['exit', 1, 1, no] }),
    });
  await Promise.all(Array.from({ length: COUNT }, (_, at) => click(at + 1)));
  await expect.poll(async () => (await room.events()).filter((type) => type === 'item_changed').length).toBe(COUNT);
  await room.settle();
  await room.pass(5_000, 1_000);
  const card = room.posts().findLast(({ blocks }) => JSON.stringify(blocks ?? []).includes('list:1:exit:1:1'));
  expect(card && room.read(card)).toContain('all 40 done');
  expect(room.transcript()).not.toContain('busy');
  const told = room.slack.ephemerals(message?.channel ?? '', WHO.oscar).map((one) => room.read(one));
  expect(told.filter((words) => words.includes('too much happened'))).toEqual([]);
});
