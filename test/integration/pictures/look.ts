import { mkdirSync } from 'node:fs';
import type { Page } from '../../support/chromium.js';

const PICTURES = new URL('../../../test-output/messages/', import.meta.url).pathname;
/** Room for what stands around the picture: the names of channel and person, the message box. */
const AROUND_PX = 220;
const TALLEST_PX = 6_000;

/** What a person sees of one thing on the page, and what is wrong with it. */
export interface Seen {
  /** The page is wider than the window, or something sticks out of it or is cut off. */
  readonly wrong: readonly string[];
  /** Heights at which there is text; a row of buttons counts as one. */
  readonly lines: number;
}

/** The newest message, the form that is open, or Home. */
export type What = 'message' | 'form' | 'home';

const WHERE: Readonly<Record<What, string>> = {
  message: `[...document.querySelectorAll('article')].filter((each) => each.offsetParent !== null).at(-1)`,
  form: `document.querySelector('#view[open] form')`,
  home: `document.querySelector('.home')`,
};

const look = (what: What) => `(() => {
  const root = ${WHERE[what]};
  root.scrollIntoView({ block: 'end' });
  const shown = (each) => each.getBoundingClientRect().width > 0;
  const isCut = (each) => getComputedStyle(each).overflowX !== 'visible' && getComputedStyle(each).display !== 'inline'
    // What somebody types scrolls inside its field, and Slack cuts the name of a choice itself.
    && !each.matches('input, select') && each.scrollWidth > each.clientWidth + 1;
  const sticksOut = ({ left, right }) => right > innerWidth + 1 || left < -1;
  const clipped = [...root.querySelectorAll('*')]
    .filter((each) => shown(each) && (isCut(each) || sticksOut(each.getBoundingClientRect())))
    .map((each) => 'cut off or sticking out: ' + each.tagName + '.' + each.className + ': ' + each.textContent.slice(0, 60));
  // The buttons of a form stay where they are, however long it is.
  const foot = root.querySelector('.dialog-foot')?.getBoundingClientRect();
  const hidden = foot && foot.bottom > innerHeight + 1 ? ['the buttons are out of sight'] : [];
  const tops = new Set();
  const body = root.querySelector('.body') ?? root;
  const walk = document.createTreeWalker(body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    if (!node.textContent.trim() || node.parentElement.closest('.byline')) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const button = node.parentElement.closest('button');
    const boxes = button ? [button.getBoundingClientRect()] : [...range.getClientRects()];
    for (const box of boxes) tops.add(Math.round((box.top + box.height / 2) / 8));
  }
  const width = document.documentElement.scrollWidth;
  const wide = width > innerWidth ? ['the page is ' + width + ' px wide'] : [];
  const inside = root.querySelector('.dialog-body');
  const height = root.scrollHeight + (inside ? inside.scrollHeight - inside.clientHeight : 0);
  return { wrong: [...wide, ...clipped, ...hidden], lines: tops.size, height };
})()`;

/** Looks at it in the window as it is, then takes a picture of all of it, however long it is. */
export async function lookAndKeep(
  page: Page,
  what: What,
  name: string,
  window: readonly [number, number],
): Promise<Seen> {
  mkdirSync(PICTURES, { recursive: true });
  const [width, height] = window;
  await page.setViewport(width, height);
  const { height: needs, ...seen } = await page.evaluate<Seen & { height: number }>(look(what));
  if (needs + AROUND_PX > height) await page.setViewport(width, Math.min(TALLEST_PX, needs + AROUND_PX));
  await page.evaluate(`${WHERE[what]}.scrollIntoView({ block: 'end' })`);
  await page.screenshot(`${PICTURES}${name}-${width}.png`);
  return { ...seen, wrong: seen.wrong.map((each) => `${name}: ${each}`) };
}
