import { afterEach, beforeEach, expect, test } from 'vitest';
import { type RunningSlack, startLocalSlack } from '../../../sandbox/slack/index.js';

let slack: RunningSlack;

beforeEach(async () => {
  slack = await startLocalSlack({
    extra: (request, response) => {
      if (request.url !== '/shop') return false;
      response.end('the shop');
      return true;
    },
  });
});

afterEach(() => slack.close());

test('the page answers at the root, the extra handler after it, and nobody else', async () => {
  const page = await fetch(slack.url);
  expect(page.headers.get('content-type')).toContain('text/html');
  expect(await (await fetch(`${slack.url}/shop`)).text()).toBe('the shop');
  expect((await fetch(`${slack.url}/elsewhere`)).status).toBe(404);
});

test('the page stays while Slack is down', async () => {
  slack.setDown(true);
  expect((await fetch(slack.url)).status).toBe(200);
});

test('two cannot have one port', async () => {
  await expect(startLocalSlack({ port: Number(new URL(slack.url).port) })).rejects.toThrow('EADDRINUSE');
});
