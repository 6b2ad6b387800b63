import { morph } from './morph.js';
import { go, here } from './route.js';

const MARKS = { public: '#', private: '🔒', direct: '●' };

// Per person: the newest message seen in each channel since the page was opened. What was there before counts as seen.
const seen = new Map();

function unread(state, channel, open) {
  const key = `${state.me}/${channel.id}`;
  if (open || !seen.has(key)) seen.set(key, channel.latest ?? '');
  return (channel.latest ?? '') > seen.get(key);
}

function placeButton({ id, text, current, fresh }) {
  const button = document.createElement('button');
  Object.assign(button, { type: 'button', className: fresh ? 'place unread' : 'place', textContent: text });
  button.setAttribute('data-key', id);
  button.dataset.place = id;
  if (current) button.setAttribute('aria-current', 'page');
  if (fresh) button.setAttribute('aria-label', `${text}, unread`);
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
    };
  });
  const section = (title, part) => `<h2 data-key="${title}">${title}</h2>${part.map(placeButton).join('')}`;
  const direct = lines.filter((line) => line.kind === 'direct');
  const home = { id: 'home', text: '⌂ Home', current: at.home, fresh: false };
  const places = document.querySelector('#places');
  const channels = lines.filter((line) => line.kind !== 'direct');
  morph(places, section('Channels', channels) + section('App', [...direct, home]));
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
