import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startTinyApp, type TinyApp } from '../page/tiny-app.js';

const user = 'U0OPAL';
const channel = 'C0SHOP';
const plain = (text: string) => ({ type: 'plain_text', text });
const option = (value: string) => ({ text: plain(value), value });
const [schema, backup] = ['schema', 'backup'].map(option);
const ticks = (block_id: string, more: object = {}) => ({
  type: 'actions',
  block_id,
  elements: [{ type: 'checkboxes', action_id: 'tick', options: [schema, backup], ...more }],
});
const about = {
  type: 'input',
  block_id: 'about',
  label: plain('About'),
  element: { type: 'plain_text_input', action_id: 'text' },
};
const row = { type: 'actions', elements: [{ type: 'button', action_id: 'go', text: plain('Go') }] };

describe('what a click in a message says of the rest of it', () => {
  let app: TinyApp;

  beforeEach(async () => {
    app = await startTinyApp();
  });
  afterEach(() => app.close());

  const shown = async () => {
    const mine = {
      type: 'container',
      title: plain('Mine'),
      child_blocks: [ticks('mine', { initial_options: [backup] })],
    };
    const { ts } = await app.post([mine, ticks('yours'), row], { attachments: [{ blocks: [about] }] });
    return ts;
  };

  test('it brings what everything holds: as it began, as it was filled in, and not what is gone', async () => {
    const ts = await shown();
    const values = { yours: { tick: ['schema'] }, about: { text: 'soon' }, gone: { tick: ['schema'] } };
    const { body } = await app.slack.click({ user, channel, ts, actionId: 'go', values });
    expect(body.state).toEqual({
      values: {
        mine: { tick: { type: 'checkboxes', selected_options: [backup] } },
        yours: { tick: { type: 'checkboxes', selected_options: [schema] } },
        about: { text: { type: 'plain_text_input', value: 'soon' } },
      },
    });
  });

  test('it has what was just chosen, in the block where it was chosen', async () => {
    const ts = await shown();
    const at = { user, channel, ts, actionId: 'tick', blockId: 'yours' };
    const { body } = await app.slack.click({ ...at, value: ['schema', 'backup'] });
    expect(body).toMatchObject({
      actions: [{ block_id: 'yours', selected_options: [schema, backup] }],
      state: {
        values: {
          mine: { tick: { selected_options: [backup] } },
          yours: { tick: { selected_options: [schema, backup] } },
        },
      },
    });
    const cleared = await app.slack.click({ ...at, blockId: 'mine', value: [] });
    expect(cleared.body).toMatchObject({ state: { values: { mine: { tick: { selected_options: [] } } } } });
  });

  test('a message with nothing to fill in has no state', async () => {
    const { ts } = await app.post([row]);
    const { body } = await app.slack.click({ user, channel, ts, actionId: 'go' });
    expect(body.state).toEqual({ values: {} });
  });
});
