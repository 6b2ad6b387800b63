import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Browser, chromiumPath, openBrowser, type Page } from '../../support/chromium.js';
import { driverOf } from './page-driver.js';
import { startTinyApp, type TinyApp } from './tiny-app.js';

const plain = (text: string) => ({ type: 'plain_text', text });
const option = (text: string) => ({ text: plain(text), value: text });
const options = ['off', 'previous', 'half'].map(option);
const button = (id: string, extra: Record<string, unknown> = {}) => ({
  type: 'button',
  action_id: id,
  text: plain(id),
  value: 'v1',
  ...extra,
});
const input = (id: string, element: Record<string, unknown>, extra: Record<string, unknown> = {}) => ({
  type: 'input',
  block_id: id,
  label: plain(id),
  element: { action_id: 'it', ...element },
  ...extra,
});
const confirm = { title: plain('Roll back?'), text: plain('All users.'), confirm: plain('Yes'), deny: plain('Keep') };

const form = {
  type: 'modal',
  title: plain('Roll back'),
  submit: plain('Send'),
  blocks: [
    input('why', { type: 'plain_text_input', multiline: true }),
    input('to', { type: 'static_select', options }),
    input('how', { type: 'radio_buttons', options: ['at once', 'slowly'].map(option) }),
    input('tell', { type: 'checkboxes', options: ['on call', 'leads'].map(option) }, { optional: true }),
    { type: 'actions', block_id: 'row', elements: [button('preview')] },
  ],
};
const home = (text: string, ...above: object[]) => ({
  type: 'home',
  blocks: [
    ...above,
    { type: 'section', text: plain(text) },
    { type: 'actions', elements: [button('details'), button('roll back', { style: 'danger', confirm })] },
  ],
});

describe.skipIf(chromiumPath() === undefined)('the page by keyboard alone', () => {
  let browser: Browser;
  let page: Page;
  let app: TinyApp;

  beforeAll(async () => {
    browser = await openBrowser();
    page = browser.page;
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    app = await startTinyApp();
    await page.setViewport(1280, 800);
  });
  afterEach(async () => {
    await page.goto('about:blank');
    await app.close();
  });

  const { open, press, tabTo, focused, shows, says, isOpen, isClosed, received } = driverOf(() => ({ page, app }));
  const composer = '.channel textarea';
  /** A slash command opens the view; a submission is answered with what `answer` says. */
  const opens = (view: unknown, answer: () => unknown = () => undefined) => {
    app.answer = ({ command, trigger_id, type }) => {
      if (command) void app.api('views.open', { trigger_id, view });
      return type === 'view_submission' ? answer() : undefined;
    };
  };
  const command = async () => {
    await tabTo(composer);
    await page.type('/rollout rollback');
    await press('Enter');
    await isOpen('#view');
  };

  it('fills in a form, is led to what is wrong with it, sends it, and is back in the message box', async () => {
    const errors = { to: 'Stage 1 is not over.' };
    opens(form, () => (received('view_submission').length === 1 ? { response_action: 'errors', errors } : undefined));
    await open('U0OPAL/C0SHOP');
    await command();
    await focused('#view textarea');
    await tabTo('[type=submit]');
    await press('Enter');
    await says('Please complete this required field.');
    await focused('#view textarea[aria-invalid=true]');
    await page.type('errors');
    await tabTo('#view select');
    await press('p', 'Tab', ' ', 'ArrowDown', 'Tab', ' ');
    await tabTo('[type=submit]');
    await press(' ');
    await says('Stage 1 is not over.');
    await focused('#view select[aria-invalid=true]');
    const described = `document.getElementById(document.activeElement.getAttribute('aria-describedby')).textContent`;
    expect(await page.evaluate(described)).toBe('Stage 1 is not over.');
    await tabTo('[type=submit]');
    await press('Enter');
    await isClosed('#view');
    await focused(composer);
    expect(received('view_submission').at(-1)).toMatchObject({
      view: {
        state: {
          values: {
            why: { it: { value: 'errors' } },
            to: { it: { selected_option: { value: 'previous' } } },
            how: { it: { selected_option: { value: 'slowly' } } },
            tell: { it: { selected_options: [{ value: 'on call' }] } },
          },
        },
      },
    });
  });

  it('stays inside an open form with Tab, in both directions, and leaves it with Escape', async () => {
    opens(form);
    await open('U0OPAL/C0SHOP');
    await command();
    await press('Shift+Tab');
    await focused('#view [type=submit]');
    await press('Tab');
    await focused('#view textarea');
    for (let count = 0; count < 12; count += 1) {
      await press('Tab');
      expect(await page.evaluate(`document.querySelector('#view').contains(document.activeElement)`)).toBe(true);
    }
    await press('Escape');
    await isClosed('#view');
    await focused(composer);
    expect(app.slack.views('U0OPAL')).toEqual([]);
  });

  it('presses a button of the form, which arrives with what was typed so far', async () => {
    opens(form);
    await open('U0OPAL/C0SHOP');
    await command();
    await page.type('half');
    await tabTo('[data-action=preview]');
    await press(' ');
    await expect.poll(() => received('block_actions')).toHaveLength(1);
    expect(received('block_actions')).toMatchObject([
      { container: { type: 'view' }, view: { state: { values: { why: { it: { value: 'half' } } } } } },
    ]);
  });

  it('comes back to what was typed when a form on top of it is closed', async () => {
    opens(form, () => ({ response_action: 'push', view: { ...form, title: plain('Sure?'), blocks: [] } }));
    await open('U0OPAL/C0SHOP');
    await command();
    await page.type('errors');
    await tabTo('#view select');
    await press('h', 'Tab', ' ');
    await tabTo('[type=submit]');
    await press('Enter');
    await says('Sure?');
    await press('Escape');
    await focused('#view textarea');
    const held = `[...document.querySelectorAll('#view textarea, #view select, #view :checked[type=radio]')].map((each) => each.value)`;
    expect(await page.evaluate(held)).toEqual(['errors', 'half', 'at once']);
  });

  it('goes to Home, presses a button there, and stays on it when the app publishes Home again', async () => {
    await app.api('views.publish', { user_id: 'U0OPAL', view: home('one rollout') });
    app.answer = ({ type }) => {
      const view = home('two rollouts', { type: 'divider' });
      if (type === 'block_actions') void app.api('views.publish', { user_id: 'U0OPAL', view });
      return undefined;
    };
    await open('U0OPAL/C0SHOP');
    await tabTo('[data-place=home]');
    await press('Enter');
    await shows('one rollout');
    await expect.poll(() => received('event_callback')).toMatchObject([{ event: { type: 'app_home_opened' } }]);
    await tabTo('[data-action=details]');
    await press(' ');
    await shows('two rollouts');
    expect(received('block_actions')).toMatchObject([{ view: { type: 'home' }, actions: [{ action_id: 'details' }] }]);
    await focused('[data-action=details]');
  });

  it('is asked before a dangerous button, and is back on it after either answer', async () => {
    await app.api('views.publish', { user_id: 'U0OPAL', view: home('one rollout') });
    await open('U0OPAL/home');
    await tabTo('[data-action="roll back"]');
    await press(' ');
    await isOpen('#confirm');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Keep');
    await press('Tab', 'Tab', 'Enter');
    await isClosed('#confirm');
    await focused('[data-action="roll back"]');
    expect(received('block_actions')).toEqual([]);
    await press('Enter');
    await isOpen('#confirm');
    await press('Tab', 'Enter');
    await expect.poll(() => received('block_actions')).toMatchObject([{ actions: [{ action_id: 'roll back' }] }]);
    await focused('[data-action="roll back"]');
  });

  it('is left at the message when the button that opened the form is gone meanwhile', async () => {
    const row = [{ type: 'actions', block_id: 'row', elements: [button('edit')] }];
    const { ts } = await app.post(row);
    app.answer = ({ type, trigger_id }) => {
      if (type === 'block_actions') void app.api('views.open', { trigger_id, view: form });
      return undefined;
    };
    await open('U0OPAL/C0SHOP');
    await tabTo('[data-action=edit]');
    await press('Enter');
    await isOpen('#view');
    await app.api('chat.update', { channel: 'C0SHOP', ts, text: 'over', blocks: [] });
    await page.waitFor(`!document.querySelector('[data-action=edit]')`);
    await press('Escape');
    await isClosed('#view');
    await focused(`article[data-ts="${ts}"]`);
  });

  it('opens a menu with an arrow key, without choosing from it', async () => {
    const menu = { type: 'static_select', action_id: 'pick', placeholder: plain('Where to'), options };
    const boxes = { type: 'checkboxes', action_id: 'boxes', options };
    await app.post([{ type: 'actions', block_id: 'row', elements: [boxes, menu] }]);
    await open('U0OPAL/C0SHOP');
    await tabTo('[data-action=boxes] input');
    await press(' ');
    await expect.poll(() => received('block_actions')).toHaveLength(1);
    expect(received('block_actions')).toMatchObject([
      { actions: [{ type: 'checkboxes', selected_options: [{ value: 'off' }] }] },
    ]);
    await tabTo('select[aria-label="Where to"]');
    await press('ArrowDown');
    expect(await page.evaluate(`document.querySelector('[data-action=pick]').value`)).toBe('');
    await press('ArrowDown', 'Enter');
    await expect.poll(() => received('block_actions')).toHaveLength(2);
    expect(received('block_actions')[1]).toMatchObject({ actions: [{ selected_option: { value: 'off' } }] });
  });

  it('opens what is behind ⋯, leaves it with Escape, and chooses from it', async () => {
    await app.post([
      { type: 'actions', block_id: 'row', elements: [{ type: 'overflow', action_id: 'more', options }] },
    ]);
    await open('U0OPAL/C0SHOP');
    await tabTo('details.overflow summary');
    await press('Enter', 'Tab');
    await focused('.menu [data-value=off]');
    await press('Escape');
    await focused('details.overflow summary');
    expect(await page.evaluate(`document.querySelector('details.overflow').open`)).toBe(false);
    await press('Enter', 'Tab', 'Tab', 'Enter');
    await expect.poll(() => received('block_actions')).toHaveLength(1);
    const [chosen] = received('block_actions');
    expect(chosen).toMatchObject({ actions: [{ type: 'overflow', selected_option: { value: 'previous' } }] });
    await focused('details.overflow summary');
  });

  it('closes a thread with Escape from wherever it is, and skips past a long channel', async () => {
    const { ts } = await app.post([], { text: 'root', blocks: undefined });
    await app.post([], { text: 'reply', blocks: undefined, thread_ts: ts });
    await open('U0OPAL/C0SHOP');
    await press('Tab');
    await focused('#skip');
    await press('Enter');
    await focused(composer);
    await press('Shift+Tab', 'Enter');
    await focused('#thread-title');
    await press('Escape');
    await focused(`[data-thread="${ts}"]`);
    await press('Enter');
    await focused('#thread-title');
    await tabTo('#skip');
    await press('Enter', 'Escape');
    await page.waitFor(`document.querySelector('#thread').hidden`);
    await focused(composer);
  });
});
