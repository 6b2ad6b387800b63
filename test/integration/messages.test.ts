/**
 * Whatever the bot shows, on a phone and on a desk: nothing is cut off, nothing sticks out. Pictures of all of it go to
 * test-output/messages.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startTinyApp, type TinyApp } from '../sandbox/page/tiny-app.js';
import { type Browser, chromiumPath, openBrowser, type Page } from '../support/chromium.js';
import { lookAndKeep } from './pictures/look.js';
import { copies, forms, homes, messages } from './pictures/samples.js';

const SHOP = 'C0SHOP';
const OPAL = 'U0OPAL';
const LIVE_LINES = 22;
const WINDOWS = [
  [390, 844],
  [1280, 800],
] as const;

describe.skipIf(!chromiumPath()).each(WINDOWS)('in a window of %i × %i', (width, height) => {
  const size = [width, height] as const;
  let app: TinyApp;
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    app = await startTinyApp();
    browser = await openBrowser();
    page = browser.page;
  });
  afterAll(async () => {
    await browser?.close();
    await app?.close();
  });
  beforeEach(() => page.setViewport(width, height));

  const open = async (place: string) => {
    await page.goto(`${app.slack.url}/#/${OPAL}/${place}`);
    await page.waitFor(`document.querySelector('[aria-current=page]')?.dataset.place === '${place}'`);
  };

  async function posted(channel: string, name: string, { text, blocks }: { text: string; blocks: readonly object[] }) {
    const { ts } = await app.api('chat.postMessage', { channel, text, blocks });
    await page.waitFor(`document.querySelector('article[data-ts="${ts}"]')`);
    const seen = await lookAndKeep(page, 'message', name, size);
    await app.api('chat.delete', { channel, ts });
    return seen;
  }

  test('every message and answer fits, and a live message on a phone is one screen', async () => {
    await open(SHOP);
    const wrong: string[] = [];
    for (const [name, message] of Object.entries(messages())) {
      const seen = await posted(SHOP, name, message);
      wrong.push(...seen.wrong);
      if (name.startsWith('live-') && width === 390 && seen.lines > LIVE_LINES)
        wrong.push(`${name}: ${seen.lines} lines`);
    }
    expect(wrong).toEqual([]);
  });

  test('every copy in a direct message fits', async () => {
    const { id } = app.slack.directMessage(OPAL);
    await open(id);
    const wrong: string[] = [];
    for (const [name, message] of Object.entries(copies())) wrong.push(...(await posted(id, name, message)).wrong);
    expect(wrong).toEqual([]);
  });

  test('every form fits, and its buttons are in sight', async () => {
    await open(SHOP);
    const wrong: string[] = [];
    for (const [name, view] of Object.entries(forms())) {
      app.answer = ({ command, trigger_id }) => {
        if (command) void app.api('views.open', { trigger_id, view });
        return undefined;
      };
      await app.slack.command({ user: OPAL, channel: SHOP, text: 'form' });
      await page.waitFor(`document.querySelector('#view').open`);
      wrong.push(...(await lookAndKeep(page, 'form', name, size)).wrong);
      await app.slack.closeView({ user: OPAL });
      await page.waitFor(`!document.querySelector('#view').open`);
    }
    expect(wrong).toEqual([]);
  });

  test('the Home tab fits, empty and full', async () => {
    await open('home');
    const wrong: string[] = [];
    for (const [name, view] of Object.entries(homes())) {
      const before = await page.evaluate<string>(`document.querySelector('.home').innerHTML`);
      await app.api('views.publish', { user_id: OPAL, view });
      await page.waitFor(`document.querySelector('.home').innerHTML !== ${JSON.stringify(before)}`);
      wrong.push(...(await lookAndKeep(page, 'home', name, size)).wrong);
    }
    expect(wrong).toEqual([]);
  });
});
