import { post, toast } from './api.js';
import { here } from './route.js';

const COMMAND_HINT =
  '/rollout [what to do] · Move a change through its plan. “/rollout help” shows what makes sense now.';
const THREAD_HINT = 'Slash commands do not work in threads. Mention @rollout instead, or write it in the channel.';

function grow(field) {
  field.style.height = 'auto';
  field.style.height = `${field.scrollHeight}px`;
}

function hint(form, field) {
  const line = form.querySelector('.command-hint');
  const typing = field.value.startsWith('/');
  line.hidden = !typing;
  line.textContent = typing ? (form.dataset.composer === 'thread' ? THREAD_HINT : COMMAND_HINT) : '';
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
  hint(form, field);
  const sent = text.startsWith('/')
    ? await post('/page/command', { user, channel, text })
    : await post('/page/say', { user, channel, text, ...(inThread ? { threadTs: thread } : {}) });
  // Nothing typed is lost when it could not be sent.
  if (!sent && field.value === '') field.value = text;
}

/** Enter sends, Shift+Enter starts a line, a slash shows what the command takes. */
export function listenToComposer(form) {
  const field = form.querySelector('textarea');
  field.addEventListener('input', () => {
    grow(field);
    hint(form, field);
  });
  field.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    void send(form, field);
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void send(form, field);
  });
}
