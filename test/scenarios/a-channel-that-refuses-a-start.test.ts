import { describe, expect, test } from 'vitest';
import { type Scene, SHOP, WHO } from '../support/scene.js';
import { PLAN } from '../support/scene-words.js';
import { bakingAtTen, breach, MINUTE, posts, SECOND, stage } from './on-stage.js';

const EVER = Number.POSITIVE_INFINITY;
const APPROVED_FIRST = PLAN.replace(
  'bake: 5m, check_every: 1m }',
  'bake: 5m, check_every: 1m, approve: [engineering-lead] }',
);

/** All the bot wrote to this person directly. */
function directWords(scene: Scene, user: string): string {
  const { id } = scene.slack.directMessage(user);
  return scene.slack
    .messages(id)
    .map((message) => scene.read(message))
    .join('\n');
}

describe.each(['restricted_action', 'is_archived', 'planet_misaligned'])(
  'a start in a channel that answers %s',
  (error) => {
    test('ends as not started before any raise, and who asked is told why directly', async () => {
      const scene = await stage();
      scene.slack.fail({ method: 'chat.postMessage', channel: SHOP, error, times: EVER });
      await scene.command(WHO.opal, 'start new-checkout');
      await scene.pass(10 * SECOND, SECOND);
      expect(await scene.phase()).toBe('not_started');
      expect(scene.target.exposure).toBe(0);
      expect(await scene.events()).not.toContain('exposure_confirmed');
      expect(directWords(scene, WHO.opal)).toContain('was not started');
      expect(directWords(scene, WHO.opal)).toContain('the channel does not take my messages');
    });
  },
);

test('a start whose first stage waits for approval ends too, without anybody clicking', async () => {
  const scene = await stage({ plan: APPROVED_FIRST });
  scene.slack.fail({ method: 'chat.postMessage', channel: SHOP, error: 'restricted_action', times: EVER });
  await scene.command(WHO.opal, 'start new-checkout');
  await scene.pass(5 * SECOND, SECOND);
  expect(await scene.phase()).toBe('not_started');
});

test.each([
  ['down', { reset: true }],
  ['out of order', { error: 'internal_error' }],
  ['asked too often', { rateLimit: 20 }],
])('Slack that is %s does not hold a start, and shows it once it is back', async (_what, fault) => {
  const scene = await stage();
  scene.slack.fail({ method: 'chat.postMessage', channel: SHOP, times: EVER, ...fault });
  await scene.command(WHO.opal, 'start new-checkout');
  await scene.pass(2 * SECOND, SECOND);
  expect(await scene.phase()).toBe('baking');
  expect(scene.target.exposure).toBe(10);
  scene.slack.clearFaults();
  await scene.pass(30 * SECOND, 5 * SECOND);
  expect(posts(scene, 'live')).toHaveLength(1);
});

test('refused once users have it: the rollout goes on, and people are told directly', async () => {
  const scene = await stage();
  scene.slack.fail({ method: 'chat.postMessage', channel: SHOP, reset: true, times: 2 });
  scene.slack.fail({ method: 'chat.postMessage', channel: SHOP, error: 'restricted_action', times: EVER });
  await bakingAtTen(scene);
  await breach(scene);
  expect(scene.target.exposure).toBe(0);
  await scene.pass(10 * SECOND, SECOND);
  expect(directWords(scene, WHO.opal)).toContain('ROLLED BACK');
});

test('an edit that Slack refuses after an automatic rollback: people see the incident within seconds', async () => {
  const scene = await stage();
  await bakingAtTen(scene);
  scene.slack.fail({ method: 'chat.update', error: 'cant_update_message', times: EVER });
  await breach(scene);
  await scene.pass(5 * SECOND, SECOND);
  expect(posts(scene, 'incident:').length).toBeGreaterThanOrEqual(1);
  await scene.pass(10 * MINUTE, MINUTE);
  expect(scene.read(posts(scene, 'incident:').at(-1))).toContain('ROLLED BACK');
});
