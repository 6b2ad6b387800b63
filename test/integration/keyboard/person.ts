import { mkdirSync } from 'node:fs';
import { expect } from 'vitest';
import type { Page } from '../../support/chromium.js';

const PICTURES = new URL('../../../test-output/keyboard/', import.meta.url).pathname;
const PATIENCE_MS = 45_000;
/** More than this many keys to get somewhere, and nobody would. */
const MOST_STOPS = 60;
/** Between a number and its unit stands a space that does not break the line. */
const SPACES = `.replaceAll('\\u00a0', ' ')`;
const WORDS = `.innerText${SPACES}`;

/** What has the focus, and whether a person sees that it has: a ring around it, inside the window. */
const FOCUS = `(() => {
  const element = document.activeElement;
  const style = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  const dialog = document.querySelector('dialog[open]');
  return {
    on: element.localName + ' ' + (element.id || element.getAttribute('aria-label') || element.innerText || '').slice(0, 60),
    lost: element === document.body || element === document.documentElement,
    ring: element.matches(':focus-visible') && style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
    inSight: box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    inDialog: !dialog || dialog.contains(element),
  };
})()`;

/** Somebody at the page who has a keyboard and nothing else. Every act ends with a look at where the focus is. */
export interface Person {
  /** Becomes somebody else in "You are", with the arrow keys. */
  become(name: string): Promise<void>;
  /** Opens a channel or Home from the list at the side. */
  goTo(place: string): Promise<void>;
  /** Types into the message box and sends it. */
  write(text: string): Promise<void>;
  /** Goes to the newest button with these words and presses it. */
  activate(label: string): Promise<void>;
  /** The same inside the dialog that is open. */
  answer(label: string): Promise<void>;
  /** Types where the focus is. */
  type(text: string): Promise<void>;
  /** Puts away the dialog that is open. */
  escape(): Promise<void>;
  /** Waits until the page shows these words. */
  sees(words: string): Promise<void>;
  /** Waits until the page does not show these words (any more). */
  seesNoMore(words: string): Promise<void>;
  /** Waits until the dialog that is open says this; '' is any dialog. */
  isAsked(words: string): Promise<void>;
  /** How often something was pressed so far with Enter or Space. */
  readonly activations: number;
}

export function personAt(page: Page): Person {
  mkdirSync(PICTURES, { recursive: true });
  let activations = 0;
  let pictures = 0;

  const isOn = (condition: string) => page.evaluate<boolean>(`Boolean(${condition})`);
  const see = (condition: string) => page.waitFor(condition, PATIENCE_MS);

  async function look(did: string): Promise<void> {
    pictures += 1;
    const name = did.replace(/[^\w]+/g, '-').slice(0, 50);
    await page.screenshot(`${PICTURES}${String(pictures).padStart(2, '0')}-${name}.png`);
    const { on, ...focus } = await page.evaluate<Record<string, unknown>>(FOCUS);
    expect(focus, `after "${did}" the focus is on "${on}"`).toEqual({
      ...{ lost: false, ring: true, inSight: true, inDialog: true },
    });
  }

  /** Tab, or back, until the focus is where it should be. */
  async function tabTo(condition: string, what: string, shift = false): Promise<void> {
    for (let count = 0; count < MOST_STOPS; count += 1) {
      if (await isOn(condition)) return;
      await page.press('Tab', { shift });
    }
    throw new Error(`${MOST_STOPS} times Tab does not reach ${what}`);
  }

  async function hit(key: 'Enter' | ' '): Promise<void> {
    activations += 1;
    await page.press(key);
  }

  const active = (selector: string) => `document.activeElement.matches(${JSON.stringify(selector)})`;
  const says = (label: string) => `.textContent${SPACES}.trim() === ${JSON.stringify(label)}`;
  const labelled = (label: string) => `document.activeElement${says(label)}`;

  async function toMessageBox(): Promise<void> {
    await tabTo(active('#skip'), 'the skip link');
    await page.press('Enter');
  }

  return {
    get activations() {
      return activations;
    },
    async become(name) {
      await tabTo(active('#user'), 'the menu of people');
      const chosen = `document.activeElement.selectedOptions[0].text.startsWith(${JSON.stringify(name)})`;
      const steps = `[...document.activeElement.options].findIndex((each) => each.text.startsWith(${JSON.stringify(name)}))
        - document.activeElement.selectedIndex`;
      for (let left = await page.evaluate<number>(steps); left !== 0; left -= Math.sign(left))
        await page.press(left > 0 ? 'ArrowDown' : 'ArrowUp');
      await see(chosen);
      await see(`location.hash.split('/')[1] === document.querySelector('#user').value`);
      await look(`is ${name}`);
    },
    async goTo(place) {
      await tabTo(`${active('[data-place]')} && ${labelled(place)}`, `${place} in the list at the side`);
      await hit('Enter');
      await see(`document.querySelector('[aria-current=page]')?.textContent === ${JSON.stringify(place)}`);
      await look(`goes to ${place}`);
    },
    async write(text) {
      await toMessageBox();
      await page.type(text);
      await hit('Enter');
      await see(`document.querySelector('.channel textarea').value === ''`);
      await look(`writes ${text}`);
    },
    async activate(label) {
      const home = await isOn(`!document.querySelector('#home-list').hidden`);
      const shown = `[...document.querySelectorAll('${home ? '.home' : '.channel'} button')].some((each) => each${says(label)})`;
      await see(shown);
      await toMessageBox();
      // The newest messages stand right before the message box; Home begins at its top.
      await tabTo(`${active('article button, .home button')} && ${labelled(label)}`, `[ ${label} ]`, !home);
      await look(`finds ${label}`);
      await hit(' ');
      await see(`document.querySelector('dialog[open]') || !document.querySelector('[aria-busy=true]')`);
      await look(`presses ${label}`);
    },
    async answer(label) {
      await tabTo(`${active('dialog button')} && ${labelled(label)}`, `[ ${label} ] in the dialog`);
      await look(`chooses ${label}`);
      await hit('Enter');
      await see(`!document.querySelector('[aria-busy=true]')`);
      await look(`answers ${label}`);
    },
    async type(text) {
      await page.type(text);
      await look(`types ${text}`);
    },
    async escape() {
      await page.press('Escape');
      await see(`!document.querySelector('dialog[open]')`);
      await look('escapes');
    },
    async sees(words) {
      await see(`document.querySelector('#app')${WORDS}.includes(${JSON.stringify(words)})`);
      await look(`sees ${words}`);
    },
    async seesNoMore(words) {
      await see(`!document.querySelector('#app')${WORDS}.includes(${JSON.stringify(words)})`);
      await look(`sees no more ${words}`);
    },
    async isAsked(words) {
      await see(`document.querySelector('dialog[open]')${WORDS}.includes(${JSON.stringify(words)})`);
      await look(`is asked ${words}`);
    },
  };
}
