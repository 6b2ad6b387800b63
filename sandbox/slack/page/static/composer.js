import { post, toast } from './api.js';
import { here } from './route.js';
import { suggestCommands } from './slash.js';

const THREAD_HINT = 'Slash commands do not work in threads. Mention @rollout instead, or write it in the channel.';

function grow(field) {
  field.style.height = 'auto';
  field.style.height = `${field.scrollHeight}px`;
}

/** In a thread a slash is a mistake; elsewhere it begins a command. */
function hinted(form, field) {
  const line = form.querySelector('.command-hint');
  if (!line) return suggestCommands(field, form.querySelector('.suggestions'));
  field.addEventListener('input', () => {
    line.hidden = !field.value.startsWith('/');
    line.textContent = line.hidden ? '' : THREAD_HINT;
  });
  return { complete: () => {}, hide: () => {} };
}

async function send(form, field) {
  const text = field.value.trim();
  const { user, channel, thread } = here();
  if (!text || !channel) return;
  const inThread = form.dataset.composer === 'thread';
  if (inThread && text.startsWith('/')) {
    toast(THREAD_HINT);
    return;
  }
  field.value = '';
  // Who sends looks at the end, where the answer comes.
  const list = form.parentElement.querySelector('.list');
  list.scrollTop = list.scrollHeight;
  grow(field);
  const sent = text.startsWith('/')
    ? await post('/page/command', { user, channel, text })
    : await post('/page/say', { user, channel, text, ...(inThread ? { threadTs: thread } : {}) });
  // Nothing typed is lost when it could not be sent.
  if (!sent && field.value === '') field.value = text;
}

/** Enter sends, Shift+Enter starts a line, a slash shows what the command takes. */
export function listenToComposer(form) {
  const field = form.querySelector('textarea');
  const commands = hinted(form, field);
  const sendNow = () => {
    commands.complete();
    commands.hide();
    void send(form, field);
  };
  field.addEventListener('input', () => grow(field));
  field.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    sendNow();
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    sendNow();
  });
}
