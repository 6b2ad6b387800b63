import type { App } from '@slack/bolt';
import type { ActionsBlock, HomeView, ModalView } from '@slack/types';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type RunningSlack, startLocalSlack } from '../../../sandbox/slack/index.js';
import { startBolt, type Transport } from './bolt-app.js';
import { clientFor } from './web-client.js';

const user = 'U0OPAL';
const plain = (text: string) => ({ type: 'plain_text', text }) as const;
const button = (action_id: string, value: string) =>
  ({ type: 'button', action_id, value, text: plain(value) }) as const;
const options = ['off', 'previous'].map((value) => ({ text: plain(value), value }));

const modal: ModalView = {
  type: 'modal',
  callback_id: 'form',
  private_metadata: 'rollout 7',
  title: plain('Roll back'),
  submit: plain('Send'),
  blocks: [
    { type: 'actions', block_id: 'first', elements: [button('look', 'one')] },
    { type: 'actions', block_id: 'other', elements: [button('look', 'two')] },
    { type: 'actions', block_id: 'second', elements: [button('look', 'three')] },
    {
      type: 'section',
      block_id: 'to',
      text: plain('To'),
      accessory: { type: 'static_select', action_id: 'pick', options },
    },
    {
      type: 'input',
      block_id: 'why',
      label: plain('Why'),
      element: { type: 'plain_text_input', action_id: 'text', initial_value: 'errors' },
    },
  ],
};
const home: HomeView = {
  type: 'home',
  private_metadata: 'page 2',
  blocks: [{ type: 'actions', block_id: 'row', elements: [button('open', '7')] }],
};

let slack: RunningSlack;
let stop: () => Promise<unknown>;

beforeEach(async () => {
  slack = await startLocalSlack();
});

afterEach(async () => {
  await stop();
  await slack.close();
});

describe.each<Transport>(['http', 'socket'])('clicks in views over %s', (transport) => {
  /** The modal is open and the Home tab published. */
  async function shown(register: (app: App) => void = () => {}) {
    stop = await startBolt(slack, transport, (app) => {
      for (const id of ['look', 'pick', 'open']) app.action(id, ({ ack }) => ack());
      app.command('/rollout', ({ ack }) => ack());
      register(app);
    });
    const client = clientFor(slack);
    const { body } = await slack.command({ user, channel: 'C0SHOP', text: '' });
    await client.views.open({ trigger_id: String(body.trigger_id), view: modal });
    await client.views.publish({ user_id: user, view: home });
  }

  test('a button of a modal arrives with the view and without any message, channel or response_url', async () => {
    await shown();
    const [open] = slack.views(user);
    const delivery = await slack.clickView({ user, actionId: 'look', value: 'two' });
    expect(delivery).toMatchObject({
      acked: true,
      body: {
        type: 'block_actions',
        user: { id: user, team_id: 'T0SANDBOX' },
        container: { type: 'view', view_id: open?.id },
        trigger_id: expect.stringMatching(/^\d+\.\d+\.[0-9a-f]+$/),
        view: { id: open?.id, hash: open?.hash, type: 'modal', callback_id: 'form', private_metadata: 'rollout 7' },
        actions: [{ type: 'button', action_id: 'look', block_id: 'other', value: 'two', text: plain('two') }],
      },
    });
    for (const field of ['message', 'channel', 'response_url']) expect(delivery.body).not.toHaveProperty(field);
  });

  test('its trigger lays a view on top', async () => {
    await shown((app) =>
      app.action('open', async ({ ack, body, client }) => {
        await ack();
        if ('trigger_id' in body) await client.views.open({ trigger_id: body.trigger_id, view: modal });
      }),
    );
    const { body } = await slack.clickView({ user, actionId: 'look' });
    await clientFor(slack).views.push({ trigger_id: String(body.trigger_id), view: modal });
    expect(slack.views(user)).toHaveLength(2);
  });

  test('the block id tells buttons with one action id apart', async () => {
    await shown();
    const { body } = await slack.clickView({ user, actionId: 'look', blockId: 'second' });
    expect(body).toMatchObject({ actions: [{ block_id: 'second', value: 'three' }] });
  });

  test('the view carries what its fields hold, and what was just chosen', async () => {
    await shown();
    const values = { why: { text: 'latency' } };
    const { body } = await slack.clickView({ user, actionId: 'pick', value: 'previous', values });
    expect(body).toMatchObject({
      actions: [{ type: 'static_select', block_id: 'to', selected_option: { value: 'previous' } }],
      view: {
        state: {
          values: {
            to: { pick: { selected_option: { value: 'previous' } } },
            why: { text: { type: 'plain_text_input', value: 'latency' } },
          },
        },
      },
    });
  });

  test('a button of the Home tab arrives with that view', async () => {
    await shown();
    const delivery = await slack.clickHome({ user, actionId: 'open' });
    expect(delivery).toMatchObject({
      acked: true,
      body: {
        type: 'block_actions',
        container: { type: 'view', view_id: expect.stringMatching(/^V/) },
        view: { type: 'home', private_metadata: 'page 2', hash: expect.any(String), state: { values: {} } },
        actions: [{ action_id: 'open', block_id: 'row', value: '7' }],
      },
    });
    for (const field of ['message', 'channel', 'response_url']) expect(delivery.body).not.toHaveProperty(field);
  });

  test.each([
    ['no button of that name', { actionId: 'dance' }, 'shows no button dance'],
    ['no button of that value', { actionId: 'look', value: 'four' }, 'shows no button look'],
    ['no such button in that block', { actionId: 'look', blockId: 'to' }, 'shows no button look'],
    ['an input that waits for its submission', { actionId: 'text' }, 'shows no button text'],
    ['a choice that is not offered', { actionId: 'pick', value: 'half' }, 'offers no choice half'],
  ])('what is not shown cannot be clicked: %s', async (_what, aim, words) => {
    await shown();
    await expect(slack.clickView({ user, ...aim })).rejects.toThrow(words);
  });

  test('without a view there is nothing to click', async () => {
    await shown();
    await expect(slack.clickHome({ user: 'U0LEA', actionId: 'open' })).rejects.toThrow('no Home tab for U0LEA');
    await expect(slack.clickView({ user: 'U0LEA', actionId: 'look' })).rejects.toThrow('no view open');
    await expect(slack.clickHome({ user, actionId: 'look' })).rejects.toThrow('shows no button look');
  });

  test('a menu of a message is chosen from as a button is pressed', async () => {
    await shown();
    const menu = { type: 'static_select', action_id: 'pick', options } as const;
    const { ts = '' } = await clientFor(slack).chat.postMessage({
      channel: 'C0SHOP',
      text: 'To?',
      blocks: [{ type: 'actions', block_id: 'row', elements: [menu] }],
    });
    const { body } = await slack.click({ user, channel: 'C0SHOP', ts, actionId: 'pick', value: 'off' });
    expect(body).toMatchObject({ actions: [{ block_id: 'row', selected_option: { value: 'off' } }] });
    await expect(slack.click({ user, channel: 'C0SHOP', ts, actionId: 'pick', value: 'up' })).rejects.toThrow('up');
  });

  test('a button in a container is pressed as any other, also where its block got its id from Slack', async () => {
    await shown();
    const row: ActionsBlock = {
      type: 'actions',
      elements: [{ type: 'button', action_id: 'look', text: { type: 'plain_text', text: 'Look' } }],
    };
    const { ts = '' } = await clientFor(slack).chat.postMessage({
      channel: 'C0SHOP',
      text: 'More',
      blocks: [{ type: 'container', title: plain('More'), child_blocks: [row] }],
    });
    const { body } = await slack.click({ user, channel: 'C0SHOP', ts, actionId: 'look' });
    expect(body).toMatchObject({ actions: [{ action_id: 'look', block_id: expect.stringMatching(/./) }] });
  });

  test('opening Home again tells the app what it shows', async () => {
    await shown((app) => app.event('app_home_opened', async () => {}));
    await slack.openHome(user);
    await slack.openHome('U0LEA');
    const [known, fresh] = slack.deliveries.slice(-2).map(({ body }) => body.event);
    expect(known).toMatchObject({ type: 'app_home_opened', user, tab: 'home', view: { type: 'home', blocks: [{}] } });
    expect(known).toMatchObject({ channel: slack.directMessage(user).id });
    expect(fresh).toMatchObject({ type: 'app_home_opened', user: 'U0LEA', tab: 'home' });
    expect(fresh).not.toHaveProperty('view');
  });
});
