import { post, toast } from './api.js';

const POLL_MS = 2000;
const panel = document.querySelector('#shop');
const form = document.querySelector('#shop-form');

const percent = (value) => (value === null ? 'no traffic' : `${Number(value.toFixed(2))} %`);
const millis = (value) => (value === null ? 'no traffic' : `${Math.round(value)} ms`);
const whole = (value) => value.toLocaleString('en-US');

const describe = ({ errorRate, latencyMs }) =>
  errorRate === 0 && latencyMs === 0 ? 'as it is' : `+${percent(errorRate)} errors, +${millis(latencyMs)}`;

function showNumbers(state) {
  const rows = [
    ['Exposure', `${percent(state.exposure)} · ${whole(state.exposedUsers)} of ${whole(state.users)} users`],
    ['Requests', whole(state.requests)],
    ['Error rate', percent(state.errorRate)],
    ['p95 latency', millis(state.p95Ms)],
    ['Exposed users', describe(state.controls.exposed)],
    ['All users', describe(state.controls.all)],
  ];
  const list = document.querySelector('#shop-numbers');
  const cells = rows.flatMap(([name, value]) => [
    Object.assign(document.createElement('dt'), { textContent: name }),
    Object.assign(document.createElement('dd'), { textContent: value }),
  ]);
  list.replaceChildren(...cells);
  document.querySelector('#shop-line').textContent =
    `${percent(state.exposure)} exposed · errors ${percent(state.errorRate)}`;
}

let controls;

function fillForm() {
  const chosen = controls?.[form.elements.who.value];
  if (!chosen) return;
  form.elements.errorRate.value = chosen.errorRate;
  form.elements.latencyMs.value = chosen.latencyMs;
}

/** False when there is no shop here: the panel then stays hidden and nobody asks again. */
async function refresh() {
  const response = await fetch('/shop/state').catch(() => undefined);
  if (response?.status === 404) return false;
  if (!response?.ok) return true;
  const state = await response.json();
  const first = controls === undefined;
  controls = state.controls;
  panel.hidden = false;
  showNumbers(state);
  if (first) fillForm();
  return true;
}

async function poll() {
  if (await refresh()) setTimeout(() => void poll(), POLL_MS);
}

async function set(who, errorRate, latencyMs) {
  const done = await post('/shop/controls', { who, errorRate, latencyMs });
  if (done) await refresh();
  return Boolean(done);
}

/** Starts the panel that makes the demo shop fail on purpose. */
export function startShopPanel() {
  form.elements.who.addEventListener('change', fillForm);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const { who, errorRate, latencyMs } = form.elements;
    if (await set(who.value, Number(errorRate.value), Number(latencyMs.value))) toast('The shop now does as told.');
  });
  document.querySelector('#shop-repair').addEventListener('click', async () => {
    if ((await set('exposed', 0, 0)) && (await set('all', 0, 0))) toast('The shop works again.');
    fillForm();
  });
  void poll();
}
