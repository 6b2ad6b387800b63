import { expect, test } from 'vitest';
import type { Fault } from '../../sandbox/slack/types.js';
import { MINUTE, posts, SECOND, stage, waitingForHalf } from '../scenarios/on-stage.js';
import { WHO } from '../support/scene.js';

const FAULTS: Record<string, Fault> = {
  'Slack asks to wait (429)': { method: 'chat.postMessage', rateLimit: 3 },
  'Slack breaks (500)': { method: 'chat.postMessage', status: 500 },
  'the connection is cut before Slack took the post': { method: 'chat.postMessage', reset: true },
  'the connection is cut after Slack took the post': { method: 'chat.postMessage', resetAfter: true },
  'Slack is out of order (internal_error)': { method: 'chat.postMessage', error: 'internal_error' },
};

test.each(Object.entries(FAULTS))('%s: the incident is still posted exactly once', async (_name, fault) => {
  const scene = await stage();
  await waitingForHalf(scene);
  scene.slack.fail({ ...fault, times: 2 });
  await scene.command(WHO.opal, 'rollback');
  expect(scene.target.exposure).toBe(0);
  await scene.pass(2 * MINUTE, 5 * SECOND);
  expect(posts(scene, 'incident:')).toHaveLength(1);
  expect(posts(scene, 'live')).toHaveLength(1);
  const taken = scene.slack.calls.filter((call) => call.method === 'chat.postMessage' && call.ok);
  expect(new Set(taken.map((call) => JSON.stringify(call.args.metadata))).size).toBe(scene.posts().length);
});

test('a live message whose post was not answered is found again and edited, not posted twice', async () => {
  const scene = await stage();
  scene.slack.fail({ method: 'chat.postMessage', resetAfter: true });
  await scene.command(WHO.opal, 'start new-checkout');
  await scene.pass(30 * SECOND, 5 * SECOND);
  expect(posts(scene, 'live')).toHaveLength(1);
  const { rows } = await scene.db.query<{ ts: string }>(`select ts from messages where slot = 'live'`);
  expect(rows[0]?.ts).toBe(scene.live()?.ts);
});

test('an incident that a person deletes is posted once more when it has something new to say', async () => {
  const scene = await stage();
  await waitingForHalf(scene);
  await scene.command(WHO.opal, 'rollback');
  await scene.pass(3 * SECOND);
  const incident = posts(scene, 'incident:')[0];
  if (!incident) throw new Error('there is no incident');
  scene.slack.deleteMessage(incident.channel, incident.ts);
  await scene.pass(MINUTE, 5 * SECOND);
  expect(posts(scene, 'incident:')).toHaveLength(1);
});
