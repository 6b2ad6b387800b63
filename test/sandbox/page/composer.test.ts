import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Browser, chromiumPath, openBrowser, type Page } from '../../support/chromium.js';
import { driverOf } from './page-driver.js';
import { startTinyApp, type TinyApp } from './tiny-app.js';

const plain = (text: string) => ({ type: 'plain_text', text });
const LONG = 'Checkout_'.repeat(20);
const commands = [
  { command: '/rollback', description: 'Go back', usageHint: '<plan>' },
  { command: '/rollout', description: 'Move a change', usageHint: 'start <plan> | help' },
];
const composer = '.channel textarea';
const SHOWN = `[...document.querySelectorAll('[role=option]')].map((each) => each.firstChild.textContent)`;

describe.skipIf(chromiumPath() === undefined)('the message box and what is new', () => {
  let browser: Browser;
  let page: Page;
  let app: TinyApp;
  const { open, press, tabTo, focused, shows, isOpen, hears } = driverOf(() => ({ page, app }));

  beforeAll(async () => {
    browser = await openBrowser();
    page = browser.page;
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    app = await startTinyApp({ commands });
    await page.setViewport(1280, 800);
  });
  afterEach(async () => {
    await page.goto('about:blank');
    await app.close();
  });

  const say = (text: string) => app.post([], { text, blocks: undefined });
  const holds = () => page.evaluate<string>(`document.querySelector('${composer}').value`);
  const suggested = () => page.evaluate<string[]>(SHOWN);
  const chosen = () =>
    page.evaluate<string>(
      `document.getElementById(document.activeElement.getAttribute('aria-activedescendant')).textContent`,
    );

  describe('a slash', () => {
    beforeEach(async () => {
      await open('U0OPAL/C0SHOP');
      await tabTo(composer);
      await page.type('/');
    });

    it('shows the commands with what they take, narrowed down with each letter', async () => {
      expect(await suggested()).toEqual(['/rollback', '/rollout']);
      await hears('/rollback: <plan>');
      await page.type('rollo');
      expect(await suggested()).toEqual(['/rollout']);
      await shows('start <plan> | help');
      await page.type('ut start');
      expect(await suggested()).toEqual(['/rollout']);
      await page.type('/');
      await page.evaluate(`document.querySelector('${composer}').select()`);
      await page.type('no command');
      expect(await suggested()).toEqual([]);
    });

    it('and Enter completes the chosen command and sends it', async () => {
      await press('ArrowDown');
      expect(await chosen()).toContain('/rollout');
      await press('Enter');
      await expect.poll(() => app.received).toMatchObject([{ command: '/rollout', text: '' }]);
      expect(await holds()).toBe('');
    });

    it('and Tab completes it for the words that follow, then moves on', async () => {
      await press('ArrowUp', 'Tab');
      expect(await holds()).toBe('/rollout ');
      await page.type('help');
      await press('Tab');
      await focused('.channel .send');
      await press('Enter');
      await expect.poll(() => app.received).toMatchObject([{ command: '/rollout', text: 'help' }]);
    });

    it('and Escape puts the list away and keeps what was typed', async () => {
      await press('Escape');
      expect(await suggested()).toEqual([]);
      expect(await holds()).toBe('/');
    });

    it('before a command nobody knows is answered by Slack itself, and nothing typed is lost', async () => {
      await page.type('deploy now');
      await press('Enter');
      await page.waitFor(`document.querySelector('#toast').textContent === '/deploy is not a valid command.'`);
      expect(await holds()).toBe('/deploy now');
      expect(app.received).toEqual([]);
    });
  });

  describe('a new message', () => {
    it('in the open channel is read out with its author, those that were there before are not', async () => {
      await say('first');
      await open('U0OPAL/C0SHOP');
      await say('second');
      await hears('rollout: second');
      expect(await page.evaluate(`document.querySelector('#announcer').textContent`)).not.toContain('first');
    });

    it('from the bot to one person marks the direct messages as unread until they are opened', async () => {
      await open('U0OPAL/C0SHOP');
      await app.api('chat.postMessage', { channel: 'U0OPAL', text: 'You are asked.' });
      await hears('New message in direct messages with rollout.');
      await tabTo('[aria-label="direct messages with rollout, unread"]');
      expect(await page.evaluate('document.activeElement.innerText')).toContain('new');
      await press('Enter');
      await shows('You are asked.');
      await page.waitFor(`document.querySelector('[aria-label="direct messages with rollout"][aria-current]')`);
    });

    it('is named on the menu of a phone', async () => {
      await page.setViewport(390, 844);
      await open('U0OPAL/C0SHOP');
      await app.api('chat.postMessage', { channel: 'C0RELEASES', text: 'news' });
      await shows('Go to (new: #releases)');
    });

    it('for one person is not read out to the next', async () => {
      await open('U0OPAL/C0SHOP');
      await app.api('chat.postEphemeral', { channel: 'C0SHOP', user: 'U0OPAL', text: 'secret' });
      await hears('secret');
      await page.evaluate(`location.hash = '#/U0LEA/C0SHOP'`);
      await page.waitFor(`document.querySelector('#announcer').textContent === ''`);
    });
  });

  it('a channel that somebody archived or renamed is at once as it is now', async () => {
    await open('U0OTTO/C0SHOP');
    app.slack.setChannel('C0SHOP', { name: 'store' });
    await shows('#store');
    app.slack.setChannel('C0RANDOM', { isArchived: true, members: [] });
    await page.waitFor(`!document.querySelector('[data-place=C0RANDOM]')`);
  });

  it.each([390, 1280])('has nothing cut off in a form or in Home at %i px, however long the words', async (width) => {
    const words = { type: 'section', text: { type: 'mrkdwn', text: `*${LONG}* \`${LONG}\`` } };
    const buttons = { type: 'actions', elements: [{ type: 'button', action_id: 'a', text: plain(LONG.slice(0, 75)) }] };
    const options = [{ text: plain(LONG.slice(0, 75)), value: 'v', description: plain(LONG.slice(0, 75)) }];
    const field = (element: object) => ({
      type: 'input',
      label: plain(LONG),
      hint: plain(LONG),
      optional: true,
      element,
    });
    const blocks = [
      words,
      buttons,
      field({ type: 'plain_text_input', action_id: 'a' }),
      ...['static_select', 'radio_buttons', 'checkboxes'].map((type) => field({ type, action_id: 'a', options })),
    ];
    const view = { type: 'modal', title: plain(LONG.slice(0, 24)), submit: plain(LONG.slice(0, 24)), blocks };
    const cutOff = (root: string) =>
      page.evaluate<string[]>(`[...document.querySelectorAll('${root} *')].filter((each) => {
        const box = each.getBoundingClientRect();
        const clips = getComputedStyle(each).overflowX !== 'visible' && each.scrollWidth > each.clientWidth + 1;
        return each.localName !== 'option' && box.width > 0 && (box.right > innerWidth + 0.5 || box.left < -0.5 || clips);
      }).map((each) => each.outerHTML.slice(0, 120))`);
    await app.api('views.publish', { user_id: 'U0OPAL', view: { type: 'home', blocks: [words, buttons] } });
    app.answer = ({ command, trigger_id }) => void (command && app.api('views.open', { trigger_id, view }));
    await page.setViewport(width, 844);
    await open('U0OPAL/home');
    await page.waitFor(`document.querySelector('.home button')`);
    expect(await cutOff('#home-list')).toEqual([]);
    await open('U0OPAL/C0SHOP');
    await tabTo(composer);
    await page.type('/rollout');
    expect(await cutOff('.channel .composer')).toEqual([]);
    await press('Enter');
    await isOpen('#view');
    expect(await cutOff('#view')).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
  });
});
