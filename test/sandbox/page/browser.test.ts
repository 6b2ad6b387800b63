import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Browser, chromiumPath, openBrowser, type Page } from '../../support/chromium.js';
import { startTinyApp, type TinyApp } from './tiny-app.js';

const plain = (text: string) => ({ type: 'plain_text', text });
const mrkdwn = (text: string) => ({ type: 'mrkdwn', text });
const button = (id: string, extra: Record<string, unknown> = {}) => ({
  type: 'button',
  action_id: id,
  text: plain(id),
  value: 'v1',
  ...extra,
});
const confirm = {
  title: plain('Roll back?'),
  text: mrkdwn('*All* users.'),
  confirm: plain('Roll back'),
  deny: plain('Keep'),
};
const LONG = 'Checkout_'.repeat(40);

const live = (checked: string) => [
  { type: 'header', text: plain(`New checkout ${LONG}`.slice(0, 150)) },
  { type: 'section', text: mrkdwn(`*${LONG}* https://example.com/${LONG}`), accessory: button('details') },
  { type: 'section', fields: [mrkdwn(`\`${LONG}\``), mrkdwn(`<@U0LEA> ${LONG}`)] },
  { type: 'section', text: mrkdwn(`\`\`\`${LONG}\n${'a b '.repeat(60)}\`\`\``) },
  { type: 'context', elements: [mrkdwn(`checked ${checked}`)] },
  { type: 'actions', elements: [button('pause'), button('roll back', { style: 'danger', confirm }), button('more')] },
  { type: 'actions', elements: ['one', 'two', 'three', 'four', 'five'].map((id) => button(`a button called ${id}`)) },
];

const cell = (text: string) => ({ type: 'raw_text', text });
const table = {
  type: 'table',
  column_settings: [{ is_wrapped: true }, { align: 'right' }, { align: 'right' }],
  rows: [
    ['Criterion', 'Required', 'Actual', 'Status'].map(cell),
    ...Array.from({ length: 6 }, (_, index) =>
      [`Error rate of the checkout ${index}`, 'at most 0.5 %', '0.31 %', 'GO'].map(cell),
    ),
  ],
};
const folded = (title: string) => ({
  type: 'container',
  title: plain(title),
  is_collapsible: true,
  child_blocks: [{ type: 'section', text: mrkdwn('inside') }, table, { type: 'actions', elements: [button('inner')] }],
});

const modal = {
  type: 'modal',
  callback_id: 'deny',
  title: plain('Deny'),
  submit: plain('Deny it'),
  blocks: [
    { type: 'input', block_id: 'why', label: plain('Why'), element: { type: 'plain_text_input', action_id: 'text' } },
  ],
};

describe.skipIf(chromiumPath() === undefined)('the page in a browser', () => {
  let browser: Browser;
  let page: Page;
  let app: TinyApp;
  let shop: { controls: unknown[] } | undefined;

  beforeAll(async () => {
    browser = await openBrowser();
    page = browser.page;
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    shop = undefined;
    app = await startTinyApp({
      extra: (request, response) => {
        if (!shop || !request.url?.startsWith('/shop/')) return false;
        const none = { errorRate: 0, latencyMs: 0 };
        const numbers = { exposure: 25, users: 1000, exposedUsers: 250, requests: 1234, errorRate: null, p95Ms: 41 };
        if (request.method === 'POST') request.on('data', (chunk) => shop?.controls.push(JSON.parse(String(chunk))));
        request.on('end', () => response.end(JSON.stringify({ ...numbers, controls: { exposed: none, all: none } })));
        request.resume();
        return true;
      },
    });
    await page.setViewport(390, 844);
  });
  afterEach(async () => {
    await page.goto('about:blank');
    await app.close();
  });

  const open = async (hash: string) => {
    await page.goto(`${app.slack.url}/#/${hash}`);
    await page.waitFor(`document.querySelector('article, .empty')`);
  };
  const focusOn = (selector: string) => page.evaluate(`document.querySelector(${JSON.stringify(selector)}).focus()`);
  const received = (type: string) => app.received.filter((payload) => payload.type === type);
  const shows = (text: string) => page.waitFor(`document.body.innerText.includes(${JSON.stringify(text)})`);
  const choose = (selector: string, value: string) =>
    page.evaluate(`(() => { const menu = document.querySelector(${JSON.stringify(selector)});
      menu.value = ${JSON.stringify(value)}; menu.dispatchEvent(new Event('change', { bubbles: true })); })()`);
  // What a table has more than its box shows is reached by scrolling the box.
  const outside = () =>
    page.evaluate<string[]>(`[...document.querySelectorAll('#app *')].filter((each) => {
      if (each.parentElement.closest('.table')) return false;
      const box = each.getBoundingClientRect();
      return box.width > 0 && (box.right > innerWidth + 0.5 || box.left < -0.5);
    }).map((each) => each.outerHTML.slice(0, 80))`);

  it.each([390, 1280])('has nothing outside the window at %i px, however long the words', async (width) => {
    await page.setViewport(width, 844);
    const { ts } = await app.post(live('now'), { attachments: [{ color: 'danger', blocks: live('now') }] });
    await open('U0OPAL/C0SHOP');
    expect(await outside()).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    await open(`U0OPAL/C0SHOP/${ts}`);
    await page.waitFor(`document.querySelector('#thread article')`);
    expect(await outside()).toEqual([]);
  });

  it.each([390, 1280])('scrolls a wide table in its own box at %i px', async (width) => {
    await page.setViewport(width, 844);
    await app.post([{ ...table, rows: table.rows.map((row) => [...row, ...row, ...row]) }]);
    await open('U0OPAL/C0SHOP');
    expect(await outside()).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    await focusOn('.table');
    await page.press('ArrowRight');
    await page.waitFor(`document.querySelector('.table').scrollLeft > 0`);
    expect(await page.evaluate(`document.querySelector('#channel-list').scrollLeft`)).toBe(0);
    const { ts } = await app.post([folded(LONG.slice(0, 150))]);
    await open(`U0OPAL/C0SHOP/${ts}`);
    await page.waitFor(`document.querySelector('#thread .container .table')`);
    expect(await outside()).toEqual([]);
  });

  it('leaves a group folded that a person folded, whatever the app edits, and sends clicks from in it', async () => {
    const { ts } = await app.post([folded('Items')]);
    await open('U0OPAL/C0SHOP');
    await page.click('[data-action=inner]');
    await expect.poll(() => received('block_actions')).toMatchObject([{ actions: [{ action_id: 'inner' }] }]);
    await page.click('summary.container-head');
    await app.api('chat.update', { channel: 'C0SHOP', ts, text: 'fallback', blocks: [folded('Items, 2 open')] });
    await shows('Items, 2 open');
    expect(await page.evaluate(`document.querySelector('details.container').open`)).toBe(false);
  });

  it('shows an edit at once and leaves the focus on the button it was on', async () => {
    const { ts } = await app.post(live('20 s ago'));
    await open('U0OPAL/C0SHOP');
    await focusOn('[data-action=pause]');
    await app.api('chat.update', { channel: 'C0SHOP', ts, text: 'fallback', blocks: live('5 s ago') });
    await shows('checked 5 s ago');
    expect(await page.evaluate('document.activeElement.dataset.action')).toBe('pause');
    await page.press('Enter');
    await expect.poll(() => received('block_actions')).toMatchObject([{ actions: [{ action_id: 'pause' }] }]);
  });

  it('asks before a button with a confirmation, and sends nothing when the answer is no', async () => {
    await app.post(live('now'));
    await open('U0OPAL/C0SHOP');
    await focusOn('[data-action="roll back"]');
    await page.press('Enter');
    await shows('Roll back?');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Keep');
    await page.press('Escape');
    await page.waitFor(`!document.querySelector('#confirm').open`);
    expect(received('block_actions')).toEqual([]);
    await page.press('Enter');
    await page.waitFor(`document.querySelector('#confirm').open`);
    await page.press('Tab');
    await page.press('Enter');
    await expect.poll(() => received('block_actions')).toMatchObject([{ actions: [{ action_id: 'roll back' }] }]);
  });

  it('sends a slash command from the composer and shows the answer only to who asked', async () => {
    app.answer = () => ({ text: 'Not advanced.' });
    await open('U0OPAL/C0SHOP');
    await page.click('.channel textarea');
    await page.type('/rollout advance');
    await shows('start <plan> |');
    await page.press('Enter');
    await shows('Only visible to you');
    expect(app.received).toMatchObject([{ command: '/rollout', text: 'advance' }]);
    await choose('#user', 'U0LEA');
    await page.waitFor(`location.hash === '#/U0LEA/C0SHOP'`);
    await page.waitFor(`!document.body.innerText.includes('Not advanced.')`);
  });

  it('opens a thread, answers in it, and comes back to where it was opened', async () => {
    const { ts } = await app.post([], { text: 'root', blocks: undefined });
    await open('U0OPAL/C0SHOP');
    await page.click('[aria-label="Reply in thread"]');
    await page.click('.thread textarea');
    await page.type('a reply');
    await page.press('Enter');
    await page.waitFor(`document.querySelector('#thread-list').innerText.includes('a reply')`);
    expect(app.slack.messages('C0SHOP').at(-1)).toMatchObject({ text: 'a reply', threadTs: ts, user: 'U0OPAL' });
    await page.press('Escape');
    await page.waitFor(`document.activeElement.dataset.thread === '${ts}'`);
  });

  it('shows a modal, the app’s field errors, and keeps what was typed', async () => {
    app.answer = ({ type, command, trigger_id }) => {
      if (command) void app.api('views.open', { trigger_id, view: modal });
      const first = received('view_submission').length === 1;
      return type === 'view_submission' && first
        ? { response_action: 'errors', errors: { why: 'Longer.' } }
        : undefined;
    };
    await open('U0OPAL/C0SHOP');
    await page.click('.channel textarea');
    await page.type('/rollout deny');
    await page.press('Enter');
    await page.waitFor(`document.querySelector('#view').open`);
    await page.press('Enter');
    await shows('Please complete this required field.');
    await page.type('no');
    await page.press('Enter');
    await shows('Longer.');
    expect(await page.evaluate(`document.querySelector('#view input').value`)).toBe('no');
    await page.type(' and no');
    await page.press('Enter');
    await page.waitFor(`!document.querySelector('#view').open`);
    expect(received('view_submission').at(-1)).toMatchObject({
      view: { state: { values: { why: { text: { value: 'no and no' } } } } },
    });
  });

  it('has a shop panel only where there is a shop, and it breaks the shop as told', async () => {
    await open('U0OPAL/C0SHOP');
    expect(await page.evaluate(`document.querySelector('#shop').hidden`)).toBe(true);
    shop = { controls: [] };
    await page.goto('about:blank');
    await open('U0OPAL/C0SHOP');
    await page.waitFor(`!document.querySelector('#shop').hidden`);
    await shows('25 % exposed · errors no traffic');
    await page.click('#shop summary');
    expect(await outside()).toEqual([]);
    await page.evaluate(`document.querySelector('#shop [name=errorRate]').value = '12.5'`);
    await page.click('#shop [type=submit]');
    await shows('The shop now does as told.');
    expect(shop.controls).toEqual([{ who: 'exposed', errorRate: 12.5, latencyMs: 0 }]);
  });

  it('catches up after the connection was lost', async () => {
    await open('U0OPAL/C0SHOP');
    const port = Number(new URL(app.slack.url).port);
    await app.close();
    app = await startTinyApp({ port });
    await app.post([], { text: 'after the restart', blocks: undefined });
    await page.waitFor(`document.body.innerText.includes('after the restart')`);
  });
});
