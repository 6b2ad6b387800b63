import { mkdirSync, rmSync } from 'node:fs';
import { expect } from 'vitest';
import type { Page } from '../../support/chromium.js';

const PICTURES = new URL('../../../test-output/keyboard/', import.meta.url).pathname;
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
export interface Person extends Moving, Pressing, Seeing {
  /** How often something was set off with Enter or Space so far; skipping to the message box sets nothing off. */
  readonly activations: number;
}

interface Moving {
  /** Becomes somebody else in "You are", with the arrow keys. */
  become(name: string): Promise<void>;
  /** Opens a channel or Home from the list at the side. */
  goTo(place: string): Promise<void>;
}

interface Pressing {
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
}

interface Seeing {
  /** Waits until the page shows these words. */
  sees(words: string): Promise<void>;
  /** Waits until the page does not show these words (any more). */
  seesNoMore(words: string): Promise<void>;
  /** Waits until the dialog that is open says this. */
  isAsked(words: string): Promise<void>;
}

/** What all of these are made of. */
interface Body {
  readonly page: Page;
  /** Waits until this is true in the page. */
  see(condition: string): Promise<void>;
  /** Keeps a picture of what was just done, and fails when nobody could say where the focus is. */
  look(did: string): Promise<void>;
  /** Tab, or back, until the focus is where it should be. */
  tabTo(condition: string, what: string, back?: boolean): Promise<void>;
  skipToMessageBox(): Promise<void>;
  setOff(key: 'Enter' | ' '): Promise<void>;
}

const isOn = (selector: string) => `document.activeElement.matches(${JSON.stringify(selector)})`;
const says = (label: string) => `.textContent${SPACES}.trim() === ${JSON.stringify(label)}`;
const isLabelled = (label: string) => `document.activeElement${says(label)}`;

export function personAt(page: Page): Person {
  rmSync(PICTURES, { recursive: true, force: true });
  mkdirSync(PICTURES, { recursive: true });
  let activations = 0;
  const tabTo = tabbing(page);
  const body: Body = {
    page,
    tabTo,
    see: (condition) => page.waitFor(condition),
    look: looking(page),
    async skipToMessageBox() {
      await tabTo(isOn('#skip'), 'the skip link');
      await page.press('Enter');
    },
    async setOff(key) {
      activations += 1;
      await page.press(key);
    },
  };
  return {
    ...moving(body),
    ...pressing(body),
    ...seeing(body),
    get activations() {
      return activations;
    },
  };
}

function looking(page: Page): Body['look'] {
  let pictures = 0;
  return async (did) => {
    pictures += 1;
    const name = did.replace(/[^\w]+/g, '-').slice(0, 50);
    await page.screenshot(`${PICTURES}${String(pictures).padStart(2, '0')}-${name}.png`);
    const { on, ...focus } = await page.evaluate<Record<string, unknown>>(FOCUS);
    expect(focus, `after "${did}" the focus is on "${on}"`).toEqual({
      lost: false,
      ring: true,
      inSight: true,
      inDialog: true,
    });
  };
}

function tabbing(page: Page): Body['tabTo'] {
  return async (condition, what, back = false) => {
    for (let count = 0; count < MOST_STOPS; count += 1) {
      if (await page.evaluate<boolean>(condition)) return;
      await page.press('Tab', { shift: back });
    }
    throw new Error(`${MOST_STOPS} times Tab does not reach ${what}`);
  };
}

function moving({ page, see, look, tabTo, setOff }: Body): Moving {
  return {
    async become(name) {
      await tabTo(isOn('#user'), 'the menu of people');
      const steps = await page.evaluate<number>(`(({ options, selectedIndex }) =>
        [...options].findIndex((each) => each.text.startsWith(${JSON.stringify(name)})) - selectedIndex)(document.activeElement)`);
      for (let left = steps; left !== 0; left -= Math.sign(left)) await page.press(left > 0 ? 'ArrowDown' : 'ArrowUp');
      await see(`document.activeElement.selectedOptions[0].text.startsWith(${JSON.stringify(name)})`);
      await see(`location.hash.split('/')[1] === document.activeElement.value`);
      await look(`is ${name}`);
    },
    async goTo(place) {
      await tabTo(`${isOn('[data-place]')} && ${isLabelled(place)}`, `${place} in the list at the side`);
      await setOff('Enter');
      await see(`document.querySelector('[aria-current=page]')?.textContent === ${JSON.stringify(place)}`);
      await look(`goes to ${place}`);
    },
  };
}

function pressing({ page, see, look, tabTo, skipToMessageBox, setOff }: Body): Pressing {
  return {
    async write(text) {
      await skipToMessageBox();
      await page.type(text);
      await setOff('Enter');
      await see(`document.querySelector('.channel textarea').value === ''`);
      await look(`writes ${text}`);
    },
    async activate(label) {
      const isHome = await page.evaluate<boolean>(`!document.querySelector('#home-list').hidden`);
      const buttons = isHome ? '.home button' : '.channel article button';
      await see(`[...document.querySelectorAll('${buttons}')].some((each) => each${says(label)})`);
      await skipToMessageBox();
      // The newest messages stand right before the message box; Home begins at its top.
      await tabTo(`${isOn(buttons)} && ${isLabelled(label)}`, `[ ${label} ]`, !isHome);
      await look(`finds ${label}`);
      await setOff(' ');
      await see(`document.querySelector('dialog[open]') || !document.querySelector('[aria-busy=true]')`);
      await look(`presses ${label}`);
    },
    async answer(label) {
      await tabTo(`${isOn('dialog button')} && ${isLabelled(label)}`, `[ ${label} ] in the dialog`);
      await look(`chooses ${label}`);
      await setOff('Enter');
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
  };
}

function seeing({ see, look }: Body): Seeing {
  const shows = (root: string, words: string) =>
    `document.querySelector('${root}')${WORDS}.includes(${JSON.stringify(words)})`;
  return {
    async sees(words) {
      await see(shows('#app', words));
      await look(`sees ${words}`);
    },
    async seesNoMore(words) {
      await see(`!${shows('#app', words)}`);
      await look(`sees no more ${words}`);
    },
    async isAsked(words) {
      await see(shows('dialog[open]', words));
      await look(`is asked ${words}`);
    },
  };
}
