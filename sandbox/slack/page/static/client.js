import { announce, hush } from './announce.js';
import { getJson, post, toast } from './api.js';
import { listenForClicks } from './clicks.js';
import { listenToComposer } from './composer.js';
import { listenToFields } from './hold.js';
import { showModal } from './modal.js';
import { channelPane, homePane, keepEndInSight, showList, threadPane } from './panes.js';
import { go, here, permalinkTarget } from './route.js';
import { startShopPanel } from './shop.js';
import { listenToSidebar, showSidebar } from './sidebar.js';
import { knowCommands } from './slash.js';

const app = document.querySelector('#app');

/** The name of what is open, where it is written; read out when it is another than before. */
function showTitle(state, title) {
  const heading = document.querySelector('#channel-title');
  const isAnother = heading.textContent !== title && heading.dataset.known !== undefined;
  heading.textContent = title;
  heading.dataset.known = '';
  document.title = `${title} · ${state.team}`;
  if (isAnother) announce(`${title} is open.`);
}

function showChannel(state) {
  const isHome = state.home !== undefined;
  const title = state.channel?.title ?? (isHome ? 'Home' : 'No channel');
  showTitle(state, title);
  channelPane.list.hidden = isHome;
  homePane.list.hidden = !isHome;
  if (isHome) showList(homePane, state.me, `<div class="home" tabindex="-1">${state.home}</div>`);
  const command = state.commands[0]?.command ?? '/rollout';
  const empty = `<li class="empty" data-key="empty">No messages yet. Try “${command} help”.</li>`;
  showList(channelPane, `${state.me}/${state.channel?.id}`, state.channel?.html || empty);
  channelPane.list.setAttribute('aria-label', `Messages in ${title}`);
  channelPane.root.querySelector('.composer').hidden = state.channel === undefined;
  const field = channelPane.root.querySelector('textarea');
  field.placeholder = `Message ${title}`;
  field.setAttribute('aria-label', `Message ${title}`);
}

function showThread(state) {
  const wasOpen = threadPane.root.hidden ? undefined : threadPane.root.dataset.ts;
  const wasInside = threadPane.root.contains(document.activeElement);
  app.classList.toggle('with-thread', state.thread !== undefined);
  threadPane.root.hidden = state.thread === undefined;
  if (!state.thread) {
    if (wasOpen) returnFrom(wasOpen, wasInside);
    return;
  }
  threadPane.root.dataset.ts = state.thread.ts;
  const empty = '<li class="empty" data-key="empty">This thread is not there any more.</li>';
  showList(threadPane, `${state.me}/${state.thread.ts}`, state.thread.html || empty);
  if (!wasOpen) document.querySelector('#thread-title').focus({ preventScroll: true });
}

/** Back to where the thread was opened from, for the eye, and for the keyboard if it was in there. */
function returnFrom(thread, withKeyboard) {
  const parent = document.getElementById(`channel-${thread}`);
  parent?.scrollIntoView({ block: 'nearest' });
  if (withKeyboard) parent?.querySelector('[data-thread]')?.focus({ preventScroll: true });
}

function show(state) {
  document.querySelector('#team').textContent = state.team;
  document.querySelector('#connection').textContent = state.connection;
  knowCommands(state.commands);
  showSidebar(state);
  showChannel(state);
  showThread(state);
  showModal(state.view);
}

function query({ user, channel, thread, home }) {
  const parts = Object.entries({ user, channel, thread, home: home ? '1' : undefined });
  return new URLSearchParams(parts.filter(([, value]) => value !== undefined));
}

let loading = false;
let again = false;

/** Asks for the state and shows it. While one question is open, more changes make exactly one more. */
async function refresh() {
  if (loading) {
    again = true;
    return;
  }
  loading = true;
  do {
    again = false;
    await load();
  } while (again);
  loading = false;
}

async function load() {
  const at = here();
  const asked = location.hash;
  try {
    const state = await getJson(`/page/state?${query(at)}`);
    const first = state.channels[0]?.id;
    if (!at.user || (!state.channel && !at.home && first)) {
      again = true;
      go({ user: state.me, channel: state.channel?.id ?? first }, { replace: true });
      return;
    }
    // Gone elsewhere meanwhile: what came is not what is asked for now.
    if (location.hash === asked) show(state);
    else again = true;
  } catch (error) {
    toast(error.message);
    // A person of another workspace file: start again with the first one there is.
    if (error.status === 404 && at.user) go({}, { replace: true });
  }
}

let stream;
let streamUser;

function listen() {
  const { user } = here();
  if (!user || user === streamUser) return;
  stream?.close();
  streamUser = user;
  hush();
  stream = new EventSource(`/page/stream?user=${encodeURIComponent(user)}`);
  // Also after a lost connection: what was missed in between is in the state.
  stream.addEventListener('open', () => void refresh());
  stream.addEventListener('message', () => void refresh());
}

function openedThread(event) {
  const button = event.target.closest('[data-thread]');
  if (button) return { channel: button.closest('article').dataset.channel, thread: button.dataset.thread };
  const anchor = event.target.closest('a[href]');
  return anchor ? permalinkTarget(anchor.href) : undefined;
}

document.addEventListener('click', (event) => {
  const target = openedThread(event);
  if (!target) return;
  event.preventDefault();
  go({ user: here().user, ...target });
});

function closeThread() {
  const { user, channel, thread } = here();
  if (thread) go({ user, channel });
}

document.querySelector('#thread-close').addEventListener('click', closeThread);
// From wherever the keyboard is. A dialog, a menu or a list of commands that is open takes the key for itself.
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && !event.defaultPrevented && !document.querySelector('dialog[open]')) closeThread();
});
document.querySelector('#skip').addEventListener('click', () => {
  const field = document.querySelector('.channel .composer:not([hidden]) textarea');
  (field ?? document.querySelector('.home button, #channel-title')).focus();
});

function arrive() {
  const { user, home } = here();
  listen();
  if (home) void post('/page/home', { user });
  void refresh();
}

addEventListener('hashchange', arrive);

for (const form of document.querySelectorAll('.composer')) listenToComposer(form);
listenToFields();
listenForClicks();
listenToSidebar();
startShopPanel();
keepEndInSight(channelPane);
keepEndInSight(threadPane);
arrive();
