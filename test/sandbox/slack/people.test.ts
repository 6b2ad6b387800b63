import type { App } from '@slack/bolt';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type RunningSlack, startLocalSlack } from '../../../sandbox/slack/index.js';
import { nextMessage, startBolt, type Transport } from './bolt-app.js';

const shop = 'C0SHOP';
const button = { type: 'button', action_id: 'go', value: '7', text: { type: 'plain_text', text: 'Go' } } as const;
const row = [{ type: 'actions', block_id: 'row', elements: [button] }] as const;

let slack: RunningSlack;
let stop: () => Promise<unknown>;

beforeEach(async () => {
  slack = await startLocalSlack();
});

afterEach(async () => {
  await stop();
  await slack.close();
});

describe.each<Transport>(['http', 'socket'])('people and a Bolt app over %s', (transport) => {
  async function bolt(register: (app: App) => void) {
    stop = await startBolt(slack, transport, register);
  }

  /** The bot posts one message with a button. */
  async function postButton(channel = shop): Promise<string> {
    const posted = nextMessage(slack, 'Ready?');
    await slack.command({ user: 'U0OPAL', channel, text: 'start' });
    return (await posted).ts;
  }

  function postsButton(app: App) {
    app.command('/rollout', async ({ ack, client, command }) => {
      await ack();
      await client.chat.postMessage({ channel: command.channel_id, text: 'Ready?', blocks: [...row] });
    });
  }

  test('a command is acknowledged, and its text is shown to that person only', async () => {
    await bolt((app) => app.command('/rollout', ({ ack, command }) => ack(`heard ${command.text}`)));
    const delivery = await slack.command({ user: 'U0OPAL', channel: shop, text: 'status @lea in #releases' });
    expect(delivery.acked).toBe(true);
    expect(delivery.body).toMatchObject({ user_id: 'U0OPAL', channel_name: 'shop', team_id: 'T0SANDBOX' });
    const [answer] = slack.ephemerals(shop, 'U0OPAL');
    expect(answer?.text).toBe('heard status <@U0LEA|lea> in <#C0RELEASES|releases>');
    expect(slack.messages(shop)).toEqual([]);
  });

  test('people type only where they are', async () => {
    await bolt(() => {});
    const elsewhere = slack.command({ user: 'U0OTTO', channel: 'C0RELEASES', text: '' });
    await expect(elsewhere).rejects.toThrow('otto is not in #releases');
    expect(slack.deliveries).toEqual([]);
  });

  test('an acknowledgement for the channel is a message of the bot', async () => {
    await bolt((app) =>
      app.command('/rollout', ({ ack }) => ack({ response_type: 'in_channel', text: 'for all', blocks: [] })),
    );
    await slack.command({ user: 'U0GINA', channel: shop, text: '' });
    expect(slack.messages(shop)).toMatchObject([{ user: 'U0ROLLOUT', text: 'for all' }]);
  });

  test('an acknowledgement Slack cannot show says so', async () => {
    await bolt((app) =>
      app.command('/rollout', ({ ack }) => ack({ text: 'x', blocks: JSON.parse('[{ "type": "section" }]') })),
    );
    await slack.command({ user: 'U0OPAL', channel: shop, text: '' });
    expect(slack.ephemerals(shop, 'U0OPAL').map(({ text }) => text)).toEqual([
      '/rollout failed with the error "invalid_blocks"',
    ]);
  });

  test('a click carries the message, the action and the person, and may edit the message', async () => {
    await bolt((app) => {
      postsButton(app);
      app.action('go', async ({ ack, body, client }) => {
        await ack();
        if (body.type !== 'block_actions' || !body.message) return;
        await client.chat.update({ channel: shop, ts: body.message.ts, text: `gone by ${body.user.id}`, blocks: [] });
      });
    });
    const ts = await postButton();
    const edited = nextMessage(slack, 'gone');
    const delivery = await slack.click({ user: 'U0LEA', channel: shop, ts, actionId: 'go' });
    expect(delivery).toMatchObject({
      acked: true,
      body: {
        type: 'block_actions',
        user: { id: 'U0LEA', username: 'lea', name: 'lea', team_id: 'T0SANDBOX' },
        channel: { id: shop, name: 'shop' },
        container: { message_ts: ts, is_ephemeral: false },
        message: { ts, text: 'Ready?', blocks: [{ block_id: 'row' }] },
        actions: [{ type: 'button', action_id: 'go', block_id: 'row', value: '7' }],
      },
    });
    expect(await edited).toMatchObject({ ts, text: 'gone by U0LEA' });
    expect(slack.message(shop, ts)?.blocks).toBeUndefined();
  });

  test('a button that is not there cannot be clicked, but an old phone can send the click', async () => {
    await bolt((app) => {
      postsButton(app);
      app.action('stop', ({ ack }) => ack());
    });
    const ts = await postButton();
    const click = { user: 'U0OPAL', channel: shop, ts, actionId: 'stop' };
    await expect(slack.click(click)).rejects.toThrow('shows no button stop');
    const delivery = await slack.clickRaw({ ...click, value: '8', body: { channel: { id: 'C0OTHER' } } });
    expect(delivery.acked).toBe(true);
    expect(delivery.body).toMatchObject({ channel: { id: 'C0OTHER' }, actions: [{ value: '8' }] });
  });

  test('an answer through response_url is for that person, or replaces the clicked message', async () => {
    await bolt((app) => {
      postsButton(app);
      app.action('go', async ({ ack, respond }) => {
        await ack();
        await respond('only for you');
        await respond({ text: 'replaced', replace_original: true });
      });
    });
    const ts = await postButton();
    const replaced = nextMessage(slack, 'replaced');
    await slack.click({ user: 'U0LEA', channel: shop, ts, actionId: 'go' });
    expect(await replaced).toMatchObject({ ts, channel: shop });
    expect(slack.message(shop, ts)?.blocks).toBeUndefined();
    expect(slack.ephemerals(shop, 'U0LEA').map(({ text }) => text)).toEqual(['only for you']);
    expect(slack.messages(shop).map(({ text }) => text)).toEqual(['replaced']);
  });

  test('a stranger is known by the team they come from', async () => {
    const shared = slack.channelByName('partners').id;
    await bolt((app) => {
      postsButton(app);
      app.action('go', ({ ack }) => ack());
    });
    const ts = await postButton(shared);
    const delivery = await slack.click({ user: 'U0STELLA', channel: shared, ts, actionId: 'go' });
    expect(delivery.body).toMatchObject({ user: { team_id: 'T0ELSEWHERE' }, team: { id: 'T0SANDBOX' } });
    const posted = nextMessage(slack, 'Ready?');
    const typed = await slack.command({ user: 'U0STELLA', channel: shared, text: 'start' });
    await posted;
    expect(typed.body.team_id).toBe('T0ELSEWHERE');
  });

  test('a mention and a direct message reach the bot as events; other talk does not', async () => {
    const heard: string[] = [];
    await bolt((app) => {
      app.event('app_mention', async ({ event }) => void heard.push(event.text));
      app.event('message', async ({ event }) => void heard.push(`${event.channel_type} ${event.channel}`));
    });
    await slack.say({ user: 'U0OPAL', channel: shop, text: 'nothing for a bot' });
    await slack.say({ user: 'U0OPAL', channel: shop, text: '@rollout status' });
    const { id } = slack.directMessage('U0OPAL');
    await slack.say({ user: 'U0OPAL', channel: id, text: 'hello' });
    expect(heard).toEqual(['<@U0ROLLOUT> status', `im ${id}`]);
    expect(slack.deliveries.map(({ acked }) => acked)).toEqual([true, true]);
  });

  test('a redelivered event has the same id and says which try it is', async () => {
    const tries: (number | undefined)[] = [];
    await bolt((app) => app.event('app_mention', async ({ context }) => void tries.push(context.retryNum)));
    await slack.say({ user: 'U0OPAL', channel: shop, text: '@rollout status' });
    const [first] = slack.deliveries;
    const second = await first?.again('retry');
    expect(second?.body.event_id).toBe(first?.body.event_id);
    await first?.again('replay');
    expect(tries).toEqual([undefined, 1, undefined]);
  });

  test('Slack redelivers three times and no more', async () => {
    await bolt((app) => app.event('app_mention', async () => {}));
    await slack.say({ user: 'U0OPAL', channel: shop, text: '@rollout status' });
    const [first] = slack.deliveries;
    for (const _ of [1, 2, 3]) await first?.again('retry');
    await expect(first?.again('retry')).rejects.toThrow('at most 3 times');
  });
});
