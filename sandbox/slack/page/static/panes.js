import { announce } from './announce.js';
import { restore } from './hold.js';
import { morph } from './morph.js';

const pane = (name) => ({ root: document.querySelector(`#${name}`), list: document.querySelector(`#${name}-list`) });

export const channelPane = pane('channel');
export const threadPane = pane('thread');
export const homePane = { list: document.querySelector('#home-list') };

const NEAR_BOTTOM_PX = 80;
const isAtEnd = (list) => list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_BOTTOM_PX;

/** What stays in sight of something that has the keyboard and is taller than this: its end, where its buttons are. */
const KEPT_IN_SIGHT_PX = 64;

/** Scrolls to the newest message, but never so far that a person without a mouse loses sight of where they are. */
function toEnd(list) {
  list.scrollTop = list.scrollHeight;
  const focused = list.querySelector(':focus-visible');
  if (!focused) return;
  const { bottom, height } = focused.getBoundingClientRect();
  const inSight = bottom - list.getBoundingClientRect().top;
  list.scrollTop -= Math.max(0, Math.min(height, KEPT_IN_SIGHT_PX) - inSight);
}

/** A keyboard that comes up or a window made smaller leaves the newest message in sight, if it was. */
export function keepEndInSight({ list }) {
  let atEnd = true;
  list.addEventListener('scroll', () => {
    atEnd = isAtEnd(list);
  });
  new ResizeObserver(() => {
    if (atEnd) toEnd(list);
  }).observe(list);
}

const MOST_SPOKEN = 300;

/** A message as it is read out: who, and what it says; not its time and its buttons. */
function spoken(article) {
  const body = article.querySelector('.body').cloneNode(true);
  const author = body.querySelector('.author').textContent;
  for (const part of body.querySelectorAll('.byline, button, details, select')) part.remove();
  const words = [...body.querySelectorAll('.note, .block, .attachment-title, .mrkdwn')]
    .filter((part) => !part.parentElement.closest('.block, .mrkdwn'))
    .map((part) => part.textContent.trim());
  return `${author}: ${words.join(' ').replace(/\s+/g, ' ').slice(0, MOST_SPOKEN)}`;
}

/** Fills a list of messages; one that was read to the end stays at the end. What is new in it is read out. */
export function showList({ list }, place, html) {
  const moved = list.dataset.place !== place;
  const atEnd = isAtEnd(list);
  if (moved) list.replaceChildren();
  list.dataset.place = place;
  const known = new Set([...list.querySelectorAll('article')].map(({ id }) => id));
  morph(list, html);
  restore(list);
  if (list.localName === 'ol' && (moved || atEnd)) toEnd(list);
  if (moved) return;
  for (const article of list.querySelectorAll('article')) if (!known.has(article.id)) announce(spoken(article));
}
