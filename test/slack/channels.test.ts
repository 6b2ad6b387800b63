import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebClient } from '@slack/web-api';
import { expect, onTestFinished, test } from 'vitest';
import { createChannels } from '../../src/slack/people/channels.js';
import type { PeopleMemory } from '../../src/slack/people/last-known.js';

const TEAM = 'T1';
const unremembered: PeopleMemory = {
  ask: async ({ ask }) => ({ value: await ask(), fresh: true }),
  remembered: async () => new Map(),
  remember: async () => undefined,
};

/** What becomes of a plan's channel of which Slack says this, over the real client. */
async function judged(channel: Record<string, unknown>): Promise<string> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      const answer = { ok: true, channel: { id: 'C1', name: 'shop', is_member: true, ...channel } };
      response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const slackApiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`;
  const client = new WebClient('xoxb-1', { slackApiUrl, retryConfig: { retries: 0 } });
  const { channelOf } = createChannels({ client, known: unremembered });
  return channelOf('C1', TEAM).catch((error: { reason?: string }) => error.reason ?? String(error));
}

test.each<[string, Record<string, unknown>]>([
  ['with another company', { is_shared: true, is_ext_shared: true }],
  ['with another company and the whole grid', { is_ext_shared: true, is_org_shared: true }],
  ['with another company, once they accept', { is_pending_ext_shared: true }],
  ['with another company that was invited', { pending_connected_team_ids: ['T9'] }],
])('a channel shared %s is refused', async (_how, channel) => {
  expect(await judged(channel)).toBe('channel_shared');
});

test.each<[string, Record<string, unknown>]>([
  ['that is not shared', { is_ext_shared: false, is_pending_ext_shared: false, is_org_shared: false }],
  ['that the whole grid could read, and one workspace does', { is_org_shared: true, shared_team_ids: [TEAM] }],
  ['of two workspaces of the grid', { is_shared: true, is_org_shared: true, shared_team_ids: [TEAM, 'T2'] }],
  ['of workspaces of the grid that are not named', { is_shared: true, is_org_shared: true }],
  ['nobody was invited to', { pending_connected_team_ids: [] }],
])('a channel %s is taken', async (_how, channel) => {
  expect(await judged(channel)).toBe('C1');
});
