import { expect } from 'vitest';
import type { Page } from '../../support/chromium.js';
import type { TinyApp } from './tiny-app.js';

/** One person at the page: what they press, and waiting for what they then see. */
export function driverOf(scene: () => { page: Page; app: TinyApp }) {
  const waitFor = (expression: string) => scene().page.waitFor(expression);
  const matches = (selector: string) => `document.activeElement.matches(${JSON.stringify(selector)})`;
  /** Keys by name, one after the other; `Shift+Tab` goes back. */
  async function press(...keys: string[]): Promise<void> {
    for (const key of keys) await scene().page.press(key.replace('Shift+', ''), { shift: key.startsWith('Shift+') });
  }
  return {
    press,
    async open(hash: string) {
      await scene().page.goto(`${scene().app.slack.url}/#/${hash}`);
      await waitFor(`document.querySelector('article, .empty, .home')`);
    },
    /** Tab until the focus is there; fails after a round of the whole page. */
    async tabTo(selector: string) {
      for (let count = 0; count < 40 && !(await scene().page.evaluate(matches(selector))); count += 1)
        await press('Tab');
      expect(await scene().page.evaluate(matches(selector)), `Tab reaches ${selector}`).toBe(true);
    },
    focused: (selector: string) => waitFor(matches(selector)),
    shows: (text: string) => waitFor(`document.querySelector('#app').innerText.includes(${JSON.stringify(text)})`),
    isOpen: (dialog: string) => waitFor(`document.querySelector('${dialog}').open`),
    isClosed: (dialog: string) => waitFor(`!document.querySelector('${dialog}').open`),
    says: (text: string) =>
      waitFor(`document.querySelector('dialog[open]').innerText.includes(${JSON.stringify(text)})`),
    hears: (text: string) =>
      waitFor(`document.querySelector('[aria-live=polite]').textContent.includes(${JSON.stringify(text)})`),
    received: (type: string) => scene().app.received.filter((payload) => payload.type === type),
  };
}
