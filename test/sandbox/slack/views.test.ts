import type { App, ViewResponseAction } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type RunningSlack, startLocalSlack } from '../../../sandbox/slack/index.js';
import { startBolt, type Transport } from './bolt-app.js';

const user = 'U0OPAL';
const channel = 'C0SHOP';

function form(title: string): ModalView {
  const plain = (text: string) => ({ type: 'plain_text', text }) as const;
  const options = ['off', 'previous'].map((value) => ({ text: plain(value), value }));
  return {
    type: 'modal',
    callback_id: 'form',
    notify_on_close: true,
    title: plain(title),
    submit: plain('Send'),
    blocks: [
      {
        type: 'input',
        block_id: 'why',
        label: plain('Why'),
        element: { type: 'plain_text_input', action_id: 'text' },
      },
      {
        type: 'input',
        block_id: 'to',
        optional: true,
        label: plain('To'),
        element: { type: 'static_select', action_id: 'pick', options },
      },
    ],
  };
}

/** The form with something in every field, none of them required. */
function filled(): ModalView {
  const label = { type: 'plain_text', text: 'Label' } as const;
  const to = { text: { type: 'plain_text', text: 'off' } as const, value: 'off' };
  const field = { type: 'input', optional: true, label } as const;
  return {
    ...form('Filled'),
    blocks: [
      { ...field, block_id: 'why', element: { type: 'plain_text_input', action_id: 'text', initial_value: 'errors' } },
      {
        ...field,
        block_id: 'to',
        element: { type: 'static_select', action_id: 'pick', options: [to], initial_option: to },
      },
      { ...field, block_id: 'who', element: { type: 'users_select', action_id: 'ask', initial_user: 'U0LEA' } },
    ],
  };
}

let slack: RunningSlack;
let stop: () => Promise<unknown>;

beforeEach(async () => {
  slack = await startLocalSlack();
});

afterEach(async () => {
  await stop();
  await slack.close();
});

describe.each<Transport>(['http', 'socket'])('views over %s', (transport) => {
  /** Opens the form; the app answers its submissions with `answers`, one after the other. */
  async function open(answers: ViewResponseAction[], register: (app: App) => void = () => {}) {
    stop = await startBolt(slack, transport, (app) => {
      app.command('/rollout', async ({ ack, client, command }) => {
        await ack();
        await client.views.open({ trigger_id: command.trigger_id, view: form('First') });
      });
      app.view('form', ({ ack }) => {
        const answer = answers.shift();
        return answer ? ack(answer) : ack();
      });
      register(app);
    });
    const opened = nextView();
    await slack.command({ user, channel, text: 'rollback' });
    await opened;
  }

  function nextView(): Promise<void> {
    return new Promise((resolve) => {
      const off = slack.subscribe((change) => {
        if (change.type !== 'view') return;
        off();
        resolve();
      });
    });
  }

  const values = { why: { text: 'errors' }, to: { pick: 'off' } };
  const titles = () => slack.views(user).map(({ view }) => view.title);

  test('a submission carries what was entered, and an empty acknowledgement closes the view', async () => {
    await open([]);
    expect(slack.views(user)).toMatchObject([{ callbackId: 'form' }]);
    const delivery = await slack.submit({ user, values });
    expect(delivery).toMatchObject({
      acked: true,
      body: {
        type: 'view_submission',
        user: { id: user },
        view: {
          callback_id: 'form',
          state: {
            values: {
              why: { text: { type: 'plain_text_input', value: 'errors' } },
              to: { pick: { type: 'static_select', selected_option: { value: 'off' } } },
            },
          },
        },
      },
    });
    expect(slack.views(user)).toEqual([]);
  });

  test('field errors keep the view open and show at their fields', async () => {
    await open([{ response_action: 'errors', errors: { why: 'Say more.' } }]);
    await slack.submit({ user, values });
    expect(slack.views(user)).toMatchObject([{ errors: { why: 'Say more.' } }]);
  });

  test('an update replaces the view, a push lays one on top, clear closes all', async () => {
    const answers: ViewResponseAction[] = [
      { response_action: 'update', view: form('Second') },
      { response_action: 'push', view: form('Third') },
      { response_action: 'clear' },
    ];
    await open(answers);
    await slack.submit({ user, values });
    expect(titles()).toMatchObject([{ text: 'Second' }]);
    await slack.submit({ user, values });
    expect(titles()).toMatchObject([{ text: 'Second' }, { text: 'Third' }]);
    await slack.submit({ user, values });
    expect(titles()).toEqual([]);
  });

  test('a required field that is empty stops the submission in the form', async () => {
    await open([]);
    await expect(slack.submit({ user, values: { to: { pick: 'off' } } })).rejects.toThrow('why');
    expect(slack.views(user)[0]?.errors).toEqual({ why: 'Please complete this required field.' });
    expect(slack.deliveries).toHaveLength(1);
  });

  test('a field that was emptied is sent empty, one that was not touched with what it started with', async () => {
    const update: ViewResponseAction = { response_action: 'update', view: filled() };
    await open([update, update]);
    await slack.submit({ user, values });
    const sent = async (given: Record<string, Record<string, unknown>>) =>
      (await slack.submit({ user, values: given })).body.view;
    const started = { why: { text: { value: 'errors' } }, to: { pick: { selected_option: { value: 'off' } } } };
    expect(await sent({})).toMatchObject({
      state: { values: { ...started, who: { ask: { selected_user: 'U0LEA' } } } },
    });
    const emptied = { why: { text: '' }, to: { pick: null }, who: { ask: null } };
    expect(await sent(emptied)).toMatchObject({
      state: {
        values: {
          why: { text: { value: null } },
          to: { pick: { selected_option: null } },
          who: { ask: { selected_user: null } },
        },
      },
    });
  });

  test('a fourth view is not laid on top; the form says that it could not be sent', async () => {
    const push: ViewResponseAction = { response_action: 'push', view: form('More') };
    await open([push, push, push]);
    for (const _ of [1, 2, 3]) await slack.submit({ user, values });
    expect(slack.views(user)).toHaveLength(3);
    expect(slack.views(user).at(-1)?.errors).toEqual({ why: expect.stringContaining('trouble') });
  });

  test('a view that clears on close takes those below with it, and says so', async () => {
    await open([{ response_action: 'push', view: { ...form('On top'), clear_on_close: true } }], (app) =>
      app.view({ callback_id: 'form', type: 'view_closed' }, ({ ack }) => ack()),
    );
    await slack.submit({ user, values });
    await slack.closeView({ user });
    expect(slack.views(user)).toEqual([]);
    expect(slack.deliveries.at(-1)).toMatchObject({ body: { type: 'view_closed', is_cleared: true } });
  });

  test('closing a view tells the app that asked for it', async () => {
    await open([], (app) => app.view({ callback_id: 'form', type: 'view_closed' }, ({ ack }) => ack()));
    await slack.closeView({ user });
    expect(slack.views(user)).toEqual([]);
    expect(slack.deliveries.at(-1)).toMatchObject({ acked: true, body: { type: 'view_closed', is_cleared: false } });
  });

  test('opening Home lets the app publish it', async () => {
    await open([], (app) =>
      app.event('app_home_opened', async ({ event, client }) => {
        const blocks = [{ type: 'header', text: { type: 'plain_text', text: 'Home' } } as const];
        await client.views.publish({ user_id: event.user, view: { type: 'home', blocks } });
      }),
    );
    const published = new Promise<void>((resolve) => {
      slack.subscribe((change) => change.type === 'home' && resolve());
    });
    await slack.openHome(user);
    await published;
    expect(slack.home(user)).toMatchObject({ type: 'home', blocks: [{ type: 'header' }] });
  });
});
