import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Browser, chromiumPath, openBrowser, type Page } from '../../support/chromium.js';
import { driverOf } from './page-driver.js';
import { startTinyApp, type TinyApp } from './tiny-app.js';

const plain = (text: string) => ({ type: 'plain_text', text });
const options = ['schema', 'backup', 'alarm'].map((value) => ({ text: plain(value), value }));
const chosen = (...values: string[]) => options.filter(({ value }) => values.includes(value));
/** Boxes of which the app says that these are ticked; none: it says nothing, as Slack wants it. */
const boxes = (block_id: string | undefined, ...ticked: string[]) => ({
  type: 'actions',
  ...(block_id === undefined ? {} : { block_id }),
  elements: [
    {
      type: 'checkboxes',
      action_id: 'tick',
      options,
      ...(ticked.length === 0 ? {} : { initial_options: chosen(...ticked) }),
    },
  ],
});
const radios = (block_id: string) => ({
  type: 'actions',
  block_id,
  elements: [{ type: 'radio_buttons', action_id: 'pick', options }],
});
const line = (text: string) => ({ type: 'section', text: plain(text) });
const row = { type: 'actions', elements: [{ type: 'button', action_id: 'go', value: '1', text: plain('Go') }] };
const note = {
  type: 'input',
  block_id: 'note',
  optional: true,
  label: plain('Note'),
  element: { type: 'plain_text_input', action_id: 'text' },
};

describe.skipIf(chromiumPath() === undefined)('what a person has ticked on the page', () => {
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

  const { open, shows, says, received } = driverOf(() => ({ page, app }));
  const ticked = (pane = 'channel', field = 'checkbox') =>
    page.evaluate<string[]>(
      `[...document.querySelectorAll('#${pane} [type=${field}]:checked')].map((each) => each.value)`,
    );
  const tick = (value: string, pane = 'channel') => page.click(`#${pane} input[value=${value}]`);
  let edits = 0;
  const edit = async (ts: string, ...blocks: Record<string, unknown>[]) => {
    edits += 1;
    const text = `version ${edits}`;
    await app.api('chat.update', { channel: 'C0SHOP', ts, text, blocks: [line(text), ...blocks] });
    await shows(text);
  };

  it('stays through an edit with the same ids, whatever the app says is ticked', async () => {
    const { ts } = await app.post([line('version 0'), boxes('items')]);
    await open('U0OPAL/C0SHOP');
    await tick('schema');
    await edit(ts, boxes('items', 'backup'));
    expect(await ticked()).toEqual(['schema']);
    await tick('schema');
    await edit(ts, boxes('items', 'schema'));
    expect(await ticked()).toEqual([]);
  });

  it('is what the client had also where nobody touched it', async () => {
    const { ts } = await app.post([line('version 0'), boxes('items', 'alarm')]);
    await open('U0OPAL/C0SHOP');
    await edit(ts, boxes('items', 'backup'));
    expect(await ticked()).toEqual(['alarm']);
  });

  it.each([
    ['another block id', 'items:2'],
    ['a block id of Slack’s own', undefined],
  ])('begins again with %s', async (_what, next) => {
    const { ts } = await app.post([line('version 0'), boxes(next && 'items:1')]);
    await open('U0OPAL/C0SHOP');
    await tick('schema');
    await edit(ts, boxes(next, 'backup', 'alarm'));
    expect(await ticked()).toEqual(['backup', 'alarm']);
  });

  it('is kept and begins again in a form by the same two ids', async () => {
    const form = (...blocks: object[]) => ({ type: 'modal', title: plain('Items'), blocks });
    app.answer = ({ command, trigger_id }) => {
      if (command) void app.api('views.open', { trigger_id, view: form(boxes('items:1')) });
    };
    await open('U0OPAL/C0SHOP');
    await page.click('.channel textarea');
    await page.type('/rollout items');
    await page.press('Enter');
    await tick('schema', 'view');
    const { id } = app.slack.views('U0OPAL')[0] ?? {};
    const update = async (title: string, block: object) => {
      await app.api('views.update', { view_id: id, view: { ...form(block), title: plain(title) } });
      await says(title);
    };
    await update('Same ids', boxes('items:1', 'backup'));
    expect(await ticked('view')).toEqual(['schema']);
    await update('Other id', boxes('items:2', 'backup'));
    expect(await ticked('view')).toEqual(['backup']);
  });

  it('belongs to one person', async () => {
    await app.post([line('version 0'), boxes('items')]);
    await open('U0OPAL/C0SHOP');
    await tick('schema');
    await page.evaluate(`location.hash = '#/U0LEA/C0SHOP'`);
    await page.waitFor(`document.querySelector('#user').value === 'U0LEA'`);
    await page.waitFor(
      `document.querySelector('#channel article') && !document.querySelector('#channel :checked:not(option)')`,
    );
    await page.evaluate(`location.hash = '#/U0OPAL/C0SHOP'`);
    await page.waitFor(`document.querySelector('#channel [type=checkbox]:checked')?.value === 'schema'`);
  });

  it('is the same in the channel and in the thread, and both keep a choice of their own button', async () => {
    const { ts } = await app.post([line('version 0'), boxes('items'), radios('how')]);
    await open(`U0OPAL/C0SHOP/${ts}`);
    await page.waitFor(`document.querySelector('#thread [type=radio]')`);
    await tick('backup', 'thread');
    await page.click('#thread [type=radio][value=alarm]');
    for (const pane of ['channel', 'thread']) {
      expect(await ticked(pane)).toEqual(['backup']);
      expect(await ticked(pane, 'radio')).toEqual(['alarm']);
    }
  });

  it('goes with every click in the message, with what was typed', async () => {
    await app.post([line('version 0'), boxes('items'), boxes('more', 'alarm'), note, row]);
    await open('U0OPAL/C0SHOP');
    await page.click('#channel [type=text]');
    await page.type('at noon');
    await page.click('#channel [data-block=more] input[value=backup]');
    await page.click('[data-action=go]');
    await expect.poll(() => received('block_actions')).toHaveLength(2);
    const state = {
      values: {
        items: { tick: { selected_options: [] } },
        more: { tick: { selected_options: chosen('backup', 'alarm') } },
        note: { text: { value: 'at noon' } },
      },
    };
    expect(received('block_actions')).toMatchObject([
      { actions: [{ block_id: 'more', selected_options: chosen('backup', 'alarm') }], state },
      { actions: [{ action_id: 'go' }], state },
    ]);
  });

  it('is a moment by the clock of the machine that shows the page', async () => {
    const element = { type: 'datetimepicker', action_id: 'when', initial_date_time: 1_900_000_020 };
    await app.post([{ type: 'actions', block_id: 'at', elements: [element] }, row]);
    await open('U0OPAL/C0SHOP');
    await page.click('[data-action=go]');
    await expect.poll(() => received('block_actions')).toHaveLength(1);
    const chosen = await page.evaluate<number>(`(() => {
      const field = document.querySelector('[type=datetime-local]');
      field.value = '2031-02-03T04:05';
      field.dispatchEvent(new Event('change', { bubbles: true }));
      return new Date(2031, 1, 3, 4, 5).getTime() / 1000;
    })()`);
    await expect.poll(() => received('block_actions')).toHaveLength(2);
    const state = (selected_date_time: number) => ({
      state: { values: { at: { when: { type: 'datetimepicker', selected_date_time } } } },
    });
    expect(received('block_actions')).toMatchObject([
      state(1_900_000_020),
      { actions: [{ selected_date_time: chosen }], ...state(chosen) },
    ]);
  });
});
