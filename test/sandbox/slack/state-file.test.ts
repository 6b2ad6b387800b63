import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebClient } from '@slack/web-api';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startLocalSlack } from '../../../sandbox/slack/index.js';

let folder: string;
let stateFile: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'local-slack-'));
  stateFile = join(folder, 'deep', 'slack.json');
});

afterEach(() => rm(folder, { recursive: true }));

const now = () => 1_700_000_000_000;
const channel = 'C0SHOP';

test('messages, views, Home and channels are there again after a restart', async () => {
  const before = await startLocalSlack({ stateFile, now });
  const client = new WebClient(before.botToken, { slackApiUrl: before.apiUrl });
  const { ts } = await before.say({ user: 'U0OPAL', channel, text: 'hello' });
  await client.chat.postEphemeral({ channel, user: 'U0LEA', text: 'psst' });
  const title = { type: 'plain_text', text: 'T' } as const;
  const { body } = await before.command({ user: 'U0OPAL', channel, text: '' });
  await client.views.open({ trigger_id: String(body.trigger_id), view: { type: 'modal', title, blocks: [] } });
  await client.views.publish({ user_id: 'U0LEA', view: { type: 'home', blocks: [{ type: 'divider' }] } });
  const direct = before.directMessage('U0LEA');
  await before.close();

  const after = await startLocalSlack({ stateFile, now });
  expect(after.messages(channel)).toEqual(before.messages(channel));
  expect(after.ephemerals(channel, 'U0LEA')).toMatchObject([{ text: 'psst' }]);
  expect(after.views('U0OPAL')).toEqual(before.views('U0OPAL'));
  expect(after.home('U0LEA')).toEqual(before.home('U0LEA'));
  expect(after.workspace.channels).toContainEqual(direct);
  const next = await after.say({ user: 'U0OPAL', channel, text: 'again' });
  expect(Number(next.ts)).toBeGreaterThan(Number(ts));
  await after.close();
});

test('the file is written soon, without being asked, and no draft stays behind', async () => {
  const slack = await startLocalSlack({ stateFile, now });
  await slack.say({ user: 'U0OPAL', channel, text: 'hello' });
  await expect.poll(() => readFile(stateFile, 'utf8')).toContain('hello');
  expect(await readdir(join(folder, 'deep'))).toEqual(['slack.json']);
  await slack.close();
});
