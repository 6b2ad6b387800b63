import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openScene, type Scene, SHOP, WHO } from '../support/scene.js';

type Body = Record<string, unknown>;

const user = { id: WHO.opal, username: 'opal', team_id: 'T0SANDBOX' };
const team = { id: 'T0SANDBOX', domain: 'sandbox' };
const common = { user, team, api_app_id: 'A0', token: 'x', trigger_id: '1.2.abc' };
const button = (action_id: unknown, value: unknown = 'x') => [{ type: 'button', action_id, value, action_ts: '1.2' }];
const view = { id: 'V1', type: 'modal', hash: '1.a', title: { type: 'plain_text', text: 'Rollout' }, state: {} };
const message = { ts: '1.2', text: 'hello', user: WHO.opal };
const container = { type: 'message', message_ts: '1.2', channel_id: SHOP };
const channel = { id: SHOP, name: 'shop' };

const OPTIONS = { options: [] };

/** What it is, the payload, and the answer that is not empty. */
const INTERACTIVE: readonly [string, Body, unknown?][] = [
  [
    'a menu that asks for its options',
    { ...common, type: 'block_suggestion', action_id: 'who', block_id: 'b', value: 'op', container },
    OPTIONS,
  ],
  ['the same in a form', { ...common, type: 'block_suggestion', action_id: 'who', value: '', view }, OPTIONS],
  ['a menu of a dialog', { ...common, type: 'dialog_suggestion', name: 'who', value: 'o', callback_id: 'd' }, OPTIONS],
  ['a global shortcut', { ...common, type: 'shortcut', callback_id: 'start', action_ts: '1.2' }],
  [
    'a message shortcut',
    { ...common, type: 'message_action', callback_id: 'note', channel, message, message_ts: '1.2' },
  ],
  ['a message shortcut without a channel', { ...common, type: 'message_action', callback_id: 'note' }],
  ['a workflow step', { ...common, type: 'workflow_step_edit', callback_id: 'step', workflow_step: { inputs: {} } }],
  ['a form that was closed', { ...common, type: 'view_closed', view, is_cleared: false }],
  [
    'a form of the bot that was closed',
    { ...common, type: 'view_closed', view: { ...view, callback_id: 'rollout_deny' } },
  ],
  ['a dialog', { ...common, type: 'dialog_submission', callback_id: 'd', submission: { reason: 'x' }, channel }],
  ['a dialog that was cancelled', { ...common, type: 'dialog_cancellation', callback_id: 'd', channel }],
  [
    'a button of an old attachment',
    { ...common, type: 'interactive_message', callback_id: 'c', actions: [{ name: 'a' }] },
  ],
  ['a type of the future', { ...common, type: 'sparkles_requested' }],
  ['a type and nothing else', { type: 'block_actions' }],
  ['a button of another app', { ...common, type: 'block_actions', actions: button('poll_vote'), container, channel }],
  ['no button', { ...common, type: 'block_actions', actions: [], container, channel }],
  ['a button that is no object', { ...common, type: 'block_actions', actions: [null], container, channel }],
  ['a button without a name', { ...common, type: 'block_actions', actions: button(undefined), container }],
  ['actions that are no list', { ...common, type: 'block_actions', actions: 'rollout_pause', container }],
  ['a click of nobody', { type: 'block_actions', team, actions: button('rollout_rollback'), container, channel }],
  ['a click of a user without an id', { ...common, type: 'block_actions', user: {}, actions: button('rollout_pause') }],
  ['a form of another app', { ...common, type: 'view_submission', view: { ...view, callback_id: 'poll' } }],
  ['a form without a name', { ...common, type: 'view_submission', view }],
  ['a form that is no object', { ...common, type: 'view_submission', view: null }],
  ['a form of nobody', { type: 'view_submission', team, view: { ...view, callback_id: 'rollout_deny' } }],
];

/** Those of the bot, with less in them than usual: the person is told. */
const LESS: readonly (readonly [string, Body])[] = [
  ['a form without what it remembers', { ...view, callback_id: 'rollout_deny' }],
  ['a form that remembers nothing', { ...view, callback_id: 'rollout_deny', private_metadata: '' }],
  ['a form without its state', { ...view, callback_id: 'rollout_deny', private_metadata: '{}', state: undefined }],
  ['a form of another version', { ...view, callback_id: 'rollout_sparkle', private_metadata: '{"a":1}' }],
  [
    'a form without a field',
    {
      ...view,
      callback_id: 'rollout_deny',
      private_metadata: JSON.stringify({ value: null, channel: SHOP, thread: null, message: '' }),
    },
  ],
];

const EVENTS: readonly (readonly [string, Body])[] = [
  [
    'a reaction',
    { type: 'reaction_added', user: WHO.opal, reaction: 'eyes', item: { type: 'message', channel: SHOP } },
  ],
  ['a reaction to nothing', { type: 'reaction_added', user: WHO.opal, item: null }],
  ['a file', { type: 'file_shared', file_id: 'F1', channel_id: SHOP }],
  ['a step of a workflow', { type: 'function_executed', function: {}, inputs: {}, function_execution_id: 'Fx1' }],
  ['an assistant', { type: 'assistant_thread_started', assistant_thread: { user_id: WHO.opal } }],
  ['a link', { type: 'link_shared', links: [], channel: SHOP }],
  ['an event without a type', { user: WHO.opal }],
];

describe('over Socket Mode', () => {
  const transport = 'socket';
  let scene: Scene;
  beforeAll(async () => {
    scene = await openScene({ transport });
  });
  afterAll(() => scene.close());

  test.each(INTERACTIVE)('%s is answered, and nothing comes of it', async (_what, body, response) => {
    const delivery = await scene.slack.deliver('interactive', body);
    expect([delivery.acked, delivery.response]).toEqual([true, response]);
    expect(await scene.events()).toEqual([]);
  });

  test.each(LESS)('%s is answered, and the person is told', async (_what, given) => {
    const delivery = await scene.slack.deliver('interactive', { ...common, type: 'view_submission', view: given });
    expect(delivery).toMatchObject({
      acked: true,
      response: { response_action: expect.stringMatching(/^(update|errors)$/) },
    });
    expect(await scene.events()).toEqual([]);
  });

  test.each([
    ['nothing chosen', undefined],
    ['a choice without a value', {}],
    ['a choice of another version', { value: 'sparkle {}' }],
    ['a choice that is no verb', { value: 'menu {"rollout":1}' }],
    ['a choice that is no text', { value: 7 }],
  ])('%s behind ⋯ is acknowledged, and nothing comes of it', async (_what, selected_option) => {
    const [chosen] = button('rollout_menu');
    const actions = [{ ...chosen, type: 'overflow', selected_option }];
    const body = { ...common, type: 'block_actions', actions, container, channel };
    expect(await scene.slack.deliver('interactive', body)).toMatchObject({ acked: true });
    expect(await scene.events()).toEqual([]);
  });

  test('a click without a team is a click', async () => {
    const body = { ...common, type: 'block_actions', team: null, actions: button('rollout_pause'), container, channel };
    expect(await scene.slack.deliver('interactive', body)).toMatchObject({ acked: true });
    expect(await scene.events()).toEqual([]);
  });

  test.each(EVENTS)('%s is acknowledged', async (_what, event) => {
    const body = { type: 'event_callback', team_id: team.id, event_id: 'Ev1', event };
    expect(await scene.slack.deliver('events_api', body)).toMatchObject({ acked: true });
  });

  test('another command is told which one there is', async () => {
    const body = { command: '/deploy', text: 'start', user_id: WHO.opal, channel_id: SHOP, trigger_id: '1.2.x' };
    const { acked, response } = await scene.slack.deliver('slash_commands', body);
    expect([acked, JSON.stringify(response)]).toEqual([true, expect.stringContaining('/rollout')]);
    const nobody = await scene.slack.deliver('slash_commands', {
      command: '/rollout',
      text: 'start',
      channel_id: SHOP,
    });
    expect(nobody).toMatchObject({ acked: true });
    expect(await scene.events()).toEqual([]);
  });

  test('and a command after all of it is done', async () => {
    const { answer } = await scene.command(WHO.opal, '/rollout plans');
    expect(answer).not.toBe('');
  });
});

test('what the port is sent with a right signature and no sense is refused, never broken', async () => {
  const scene = await openScene({ transport: 'http' });
  try {
    const send = async (body: string, type: string) => {
      const at = String(Math.floor(Date.now() / 1_000));
      const hex = createHmac('sha256', scene.slack.signingSecret).update(`v0:${at}:${body}`).digest('hex');
      const headers = { 'content-type': type, 'x-slack-signature': `v0=${hex}`, 'x-slack-request-timestamp': at };
      return (await fetch(scene.slack.requestUrl ?? '', { method: 'POST', body, headers })).status;
    };
    const form = 'application/x-www-form-urlencoded';
    expect(await send('', form)).toBe(400);
    expect(await send('payload=', form)).toBe(400);
    expect(await send('payload=%7B%7D', form)).toBe(400);
    expect(await send('{}', 'application/json')).toBe(400);
    // In Socket Mode the library reads the event before anybody else does.
    for (const event of ['null', '"message"', '[]'])
      expect(await send(`{"type":"event_callback","event":${event}}`, 'application/json')).toBe(200);
    expect(await send('{"type":"app_rate_limited","minute_rate_limited":1}', 'application/json')).toBe(200);
  } finally {
    await scene.close();
  }
});
