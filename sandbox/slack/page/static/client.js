import { getJson, post, toast } from './api.js';
import { listenForClicks } from './clicks.js';
import { listenToComposer } from './composer.js';
import { showView } from './dialogs.js';
import { morph } from './morph.js';
import { go, here, permalinkTarget } from './route.js';
import { startShopPanel } from './shop.js';
import { listenToSidebar, showSidebar } from './sidebar.js';

const app = document.querySelector('#app');
const pane = (name) => ({ root: document.querySelector(`#${name}`), list: document.querySelector(`#${name}-list`) });
const channelPane = pane('channel');
const threadPane = pane('thread');

const NEAR_BOTTOM_PX = 80;
const isAtEnd = (list) => list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_BOTTOM_PX;

/** A keyboard that comes up or a window made smaller leaves the newest message in sight, if it was. */
function keepEndInSight({ list }) {
  let atEnd = true;
  list.addEventListener('scroll', () => {
    atEnd = isAtEnd(list);
  });
  new ResizeObserver(() => {
    if (atEnd) list.scrollTop = list.scrollHeight;
  }).observe(list);
}

/** Fills a list of messages; one that was read to the end stays at the end. */
function showList({ list }, place, html) {
  const moved = list.dataset.place !== place;
  const atEnd = isAtEnd(list);
  if (moved) list.replaceChildren();
  list.dataset.place = place;
  morph(list, html);
  if (moved || atEnd) list.scrollTop = list.scrollHeight;
}

function showChannel(state) {
  const title = state.channel?.title ?? (state.home === undefined ? 'No channel' : 'Home');
  document.querySelector('#channel-title').textContent = title;
  document.title = `${title} · ${state.team}`;
  const home = state.home === undefined ? undefined : `<div class="home">${state.home}</div>`;
  const empty = '<p class="empty" data-key="empty">No messages yet. Try “/rollout help”.</p>';
  showList(channelPane, `${state.me}/${state.channel?.id ?? 'home'}`, home ?? (state.channel?.html || empty));
  channelPane.root.querySelector('.composer').hidden = state.channel === undefined;
  channelPane.root.querySelector('textarea').placeholder = `Message ${title}`;
}

function showThread(state) {
  const wasOpen = threadPane.root.hidden ? undefined : threadPane.root.dataset.ts;
  app.classList.toggle('with-thread', state.thread !== undefined);
  threadPane.root.hidden = state.thread === undefined;
  if (!state.thread) {
    if (wasOpen) returnFrom(wasOpen);
    return;
  }
  threadPane.root.dataset.ts = state.thread.ts;
  const empty = '<p class="empty" data-key="empty">This thread is not there any more.</p>';
  showList(threadPane, `${state.me}/${state.thread.ts}`, state.thread.html || empty);
  if (!wasOpen) document.querySelector('#thread-title').focus({ preventScroll: true });
}

/** Back to where the thread was opened from, for the eye and the keyboard. */
function returnFrom(thread) {
  const parent = document.getElementById(`channel-${thread}`);
  parent?.scrollIntoView({ block: 'nearest' });
  parent?.querySelector('[data-thread]')?.focus({ preventScroll: true });
}

function show(state) {
  document.querySelector('#team').textContent = state.team;
  document.querySelector('#connection').textContent = state.connection;
  showSidebar(state);
  showChannel(state);
  showThread(state);
  showView(state.view);
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
threadPane.root.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') closeThread();
});

function arrive() {
  const { user, home } = here();
  listen();
  if (home) void post('/page/home', { user });
  void refresh();
}

addEventListener('hashchange', arrive);

for (const form of document.querySelectorAll('.composer')) listenToComposer(form);
listenForClicks();
listenToSidebar();
startShopPanel();
keepEndInSight(channelPane);
keepEndInSight(threadPane);
arrive();
