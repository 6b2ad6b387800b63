import { expect, test } from 'vitest';
import { TargetError } from '../../src/targets/target.js';
import { SHOP, WHO } from '../support/scene.js';
import { bakingAtTen, MINUTE, readSlot, SECOND, stage } from './on-stage.js';

const ODD: Record<string, [string, string]> = {
  'a NUL': ['broken\u0000 thing', 'broken thing'],
  'half an emoji': ['broken \ud83d thing', 'broken \ufffd thing'],
  'a terminal’s control sequence': ['broken \u001b[31mthing', 'broken [31mthing'],
};

test.each(Object.entries(ODD))(
  'a reason with %s still rolls back, and what can be kept of it is kept',
  async (_what, [typed, kept]) => {
    const scene = await stage({ transport: 'socket' });
    await bakingAtTen(scene);
    await scene.command(WHO.opal, `rollback ${typed}`);
    expect(scene.target.exposure, scene.transcript()).toBe(0);
    expect((await scene.rollout()).rollback?.cause.note).toBe(kept);
  },
);

test('so does one that mentions the bot', async () => {
  const scene = await stage();
  await bakingAtTen(scene);
  await scene.slack.say({ user: WHO.opal, channel: SHOP, text: '<@U0ROLLOUT> rollback broken \ud83d\u0000 thing' });
  await scene.settle();
  await expect.poll(() => scene.target.exposure).toBe(0);
});

test('nor do those a target answers with: what went wrong is written and said, and the next try counts', async () => {
  const scene = await stage();
  await bakingAtTen(scene);
  const odd = 'no luck \u0000 with \ud83d';
  const refused = new TargetError('rejected', odd, { retryable: false });
  for (let tries = 0; tries < 5; tries += 1) scene.target.failNext(refused, 'set');
  await scene.command(WHO.opal, 'rollback broken');
  await scene.pass(3 * SECOND);
  expect(readSlot(scene, 'incident:')).toContain('no luck \ufffd with \ufffd');
  await scene.pass(MINUTE, 5 * SECOND);
  expect(scene.target.exposure).toBe(0);
  expect(await scene.phase()).toBe('rolled_back');
});
