const GONE = 'The local Slack does not answer. Is the sandbox still running?';

let timer;

const element = document.querySelector('#toast');

/** A line at the bottom for a few seconds; also read out. In an open dialog, as nothing outside it is seen or heard. */
export function toast(text) {
  (document.querySelector('dialog[open]:last-of-type') ?? document.body).append(element);
  element.textContent = text;
  element.hidden = false;
  clearTimeout(timer);
  timer = setTimeout(() => {
    element.hidden = true;
  }, 6000);
}

/** The JSON at a path of this server. Throws an Error with the server's own words and its `status`. */
export async function getJson(path) {
  const response = await fetch(path).catch(() => {
    throw new Error(GONE);
  });
  const body = await response.json().catch(() => ({}));
  if (!response.ok) {
    const { status } = response;
    throw Object.assign(new Error(body.error ?? `The server answered ${status}.`), { status });
  }
  return body;
}

/** Does something as a person. Failures are shown as a toast; the answer is then undefined. */
export async function post(path, body) {
  try {
    const response = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    const answer = text.startsWith('{') ? JSON.parse(text) : {};
    if (response.ok) return answer;
    toast(answer.error ?? `The server answered ${response.status}.`);
  } catch {
    toast(GONE);
  }
  return undefined;
}
