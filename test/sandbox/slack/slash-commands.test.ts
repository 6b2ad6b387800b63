import { expect, test } from 'vitest';
import { startLocalSlack } from '../../../sandbox/slack/index.js';
import { manifestCommands } from '../../../sandbox/slack/slash-commands.js';

test('the commands are those of the project’s manifest, with what they take', async () => {
  const slack = await startLocalSlack();
  const [first] = slack.commands;
  expect(first).toMatchObject({ command: '/rollout', usageHint: expect.stringContaining('start <plan>') });
  expect(first?.description).not.toBe('');
  await slack.close();
});

test('or those that were given', async () => {
  const commands = [{ command: '/deploy', description: 'Deploy', usageHint: '<what>' }];
  const slack = await startLocalSlack({ commands });
  expect(slack.commands).toEqual(commands);
  await slack.close();
});

test('without a manifest there are none', () => {
  expect(manifestCommands('/nowhere/manifest.yml')).toEqual([]);
});
