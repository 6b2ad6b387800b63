import { mkdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startLocalSlack } from '../../sandbox/slack/index.js';
import type { LocalSlack } from '../../sandbox/slack/types.js';
import { PHASES } from '../../src/rollout/rollout.js';
import type { Rendered } from '../../src/slack/blocks.js';
import { renderMessage } from '../../src/slack/messages/index.js';
import { clientFor } from '../sandbox/slack/web-client.js';
import { everyMessage } from '../slack/every-message.js';
import { type Browser, chromiumPath, openBrowser } from '../support/chromium.js';
import { NOW, rolloutAt, watchAt } from '../support/rollouts.js';

const PICTURES = new URL('../../test-output/messages/', import.meta.url).pathname;
const SHOP = 'C0SHOP';
const LIVE_LINES = 22;

/** Every message once with the words people really write, and once with the longest ones that are allowed. */
function samples(): Record<string, Rendered> {
  const all: Record<string, Rendered> = {};
  for (const phase of PHASES) {
    const ctx = { rollout: rolloutAt(phase), watch: watchAt(), now: NOW, lowering: null, byHand: [] };
    all[`live-${phase}`] = renderMessage({ template: 'live' }, ctx);
  }
  for (const [name, render] of Object.entries(everyMessage('numbers look good'))) all[`plain-${name}`] = render();
  const long = `${'unbrokenword'.repeat(20)} and then ${'many short words '.repeat(20)}`;
  for (const [name, render] of Object.entries(everyMessage(long))) all[`long-${name}`] = render();
  return all;
}

interface Seen {
  readonly pageWidth: number;
  readonly clipped: string[];
  readonly lines: number;
}

/** What a person sees of the newest message: whether anything sticks out or is cut, and how many lines it takes. */
const LOOK = `(() => {
  const articles = [...document.querySelectorAll('article')].filter((each) => each.offsetParent !== null);
  const article = articles.at(-1);
  article.scrollIntoView({ block: 'end' });
  const clipped = [...article.querySelectorAll('*')].filter((each) => {
    const style = getComputedStyle(each);
    const box = each.getBoundingClientRect();
    const cut = style.overflowX !== 'visible' && each.scrollWidth > each.clientWidth + 1 && style.display !== 'inline';
    return box.width > 0 && (cut || box.right > innerWidth + 1 || box.left < -1);
  }).map((each) => each.tagName + '.' + each.className + ': ' + each.textContent.slice(0, 60));
  // A line is a height at which there is text, a row of buttons one line.
  const tops = new Set();
  const walk = document.createTreeWalker(article.querySelector('.body') ?? article, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    if (!node.textContent.trim() || node.parentElement.closest('.byline')) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const button = node.parentElement.closest('button');
    const boxes = button ? [button.getBoundingClientRect()] : [...range.getClientRects()];
    for (const box of boxes) tops.add(Math.round((box.top + box.height / 2) / 8));
  }
  return { pageWidth: document.documentElement.scrollWidth, clipped, lines: tops.size };
})()`;

describe.skipIf(!chromiumPath())('every message in a browser', () => {
  let slack: LocalSlack;
  let browser: Browser;
  beforeAll(async () => {
    slack = await startLocalSlack();
    browser = await openBrowser();
    mkdirSync(PICTURES, { recursive: true });
  });
  afterAll(async () => {
    await browser?.close();
    await slack?.close();
  });

  test.each([
    [390, 844],
    [1280, 800],
  ])('fits %i px: no sideways scrolling, nothing cut off, a live message on one screen', async (width, height) => {
    const client = clientFor(slack);
    await browser.page.setViewport(width, height);
    const wrong: string[] = [];
    await browser.page.goto(`${slack.url}/#/U0OPAL/${SHOP}`);
    for (const [name, { text, blocks }] of Object.entries(samples())) {
      const { ts } = await client.chat.postMessage({ channel: SHOP, text, blocks });
      await browser.page.waitFor(`document.querySelector('[data-ts="${ts}"], [data-key*="${ts}"]') !== null`);
      const seen = await browser.page.evaluate<Seen>(LOOK);
      await browser.page.screenshot(`${PICTURES}${name}-${width}.png`);
      if (seen.pageWidth > width) wrong.push(`${name}: the page is ${seen.pageWidth} px wide`);
      for (const cut of seen.clipped) wrong.push(`${name}: cut off or sticking out: ${cut}`);
      if (name.startsWith('live-') && width === 390 && seen.lines > LIVE_LINES)
        wrong.push(`${name}: ${seen.lines} lines`);
      await client.chat.delete({ channel: SHOP, ts: ts ?? '' });
    }
    expect(wrong).toEqual([]);
  });
});
