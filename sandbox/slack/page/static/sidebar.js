import { announce } from './announce.js';
import { morph } from './morph.js';
import { go, here } from './route.js';

const MARKS = { public: '#', private: '🔒', direct: '●' };

const WORDS = { public: 'channel', private: 'private channel', direct: 'direct messages with' };

// Per person: the newest message seen in each channel since the page was opened. What was there before counts as seen.
const seen = new Map();

function unread(state, channel, open) {
  const key = `${state.me}/${channel.id}`;
  if (open || !seen.has(key)) seen.set(key, channel.latest ?? '');
  return (channel.latest ?? '') > seen.get(key);
}

function placeButton({ id, text, label, current, fresh }) {
  const button = document.createElement('button');
  Object.assign(button, { type: 'button', className: fresh ? 'place unread' : 'place' });
  const part = (className, textContent) => Object.assign(document.createElement('span'), { className, textContent });
  button.append(part('place-name', text), ...(fresh ? [part('new', 'new')] : []));
  button.setAttribute('data-key', id);
  button.dataset.place = id;
  if (current) button.setAttribute('aria-current', 'page');
  button.setAttribute('aria-label', fresh ? `${label}, unread` : label);
  return button.outerHTML;
}

function option(value, text, selected) {
  const made = document.createElement('option');
  made.value = value;
  made.textContent = text;
  made.toggleAttribute('selected', selected);
  return made.outerHTML;
}

function fill(select, html, value) {
  if (select.innerHTML !== html) select.innerHTML = html;
  select.value = value;
}

let told = new Set();

/** Says where something new waits: on the menu of a phone, and once aloud. */
function tellOfUnread(unreadLines) {
  const names = unreadLines.map(({ text }) => text.replace('# ', '#').replace('● ', '@'));
  document.querySelector('#place-name').textContent = names.length > 0 ? `Go to (new: ${names.join(', ')})` : 'Go to';
  for (const { id, label } of unreadLines) if (!told.has(id)) announce(`New message in ${label}.`);
  told = new Set(unreadLines.map(({ id }) => id));
}

/** Channels, direct messages, Home and the person switch; on a phone the same as two menus. */
export function showSidebar(state) {
  const at = here();
  const lines = state.channels.map((channel) => {
    const current = channel.id === at.channel;
    return {
      ...channel,
      current,
      fresh: unread(state, channel, current),
      text: `${MARKS[channel.kind]} ${channel.name}`,
      label: `${WORDS[channel.kind]} ${channel.name}`,
    };
  });
  const section = (title, part) => `<h2 data-key="${title}">${title}</h2>${part.map(placeButton).join('')}`;
  const direct = lines.filter((line) => line.kind === 'direct');
  const home = { id: 'home', text: '⌂ Home', label: 'Home tab', current: at.home, fresh: false };
  const places = document.querySelector('#places');
  const channels = lines.filter((line) => line.kind !== 'direct');
  morph(places, section('Channels', channels) + section('Direct messages', direct) + section('App', [home]));
  tellOfUnread(lines.filter(({ fresh }) => fresh));
  const entries = [...lines, home].map(({ id, text, fresh }) => option(id, fresh ? `${text} (new)` : text, false));
  fill(document.querySelector('#place'), entries.join(''), at.home ? 'home' : (at.channel ?? ''));
  const people = state.users.map(({ id, name, about }) => option(id, `${name} · ${about}`, false));
  fill(document.querySelector('#user'), people.join(''), state.me);
}

/** Goes to a channel or Home, as the person of the address. */
function goTo(place) {
  const { user } = here();
  go(place === 'home' ? { user, home: true } : { user, channel: place });
}

/** The menus and the list. Another person keeps the channel open, if they may see it. */
export function listenToSidebar() {
  document.querySelector('#places').addEventListener('click', (event) => {
    const place = event.target.closest('[data-place]')?.dataset.place;
    if (place) goTo(place);
  });
  document.querySelector('#place').addEventListener('change', (event) => goTo(event.target.value));
  document.querySelector('#user').addEventListener('change', (event) => {
    const { channel, home } = here();
    go({ user: event.target.value, channel, home });
  });
}
