const region = document.querySelector('#announcer');
/** Long enough to be read out, short enough not to be found again by who searches the page. */
const KEPT_MS = 10_000;

/** Read out by a screen reader once it has finished what it was saying; not shown. */
export function announce(text) {
  const line = Object.assign(document.createElement('p'), { textContent: text });
  region.append(line);
  setTimeout(() => line.remove(), KEPT_MS);
}

/** What was for one person is not for the next. */
export function hush() {
  region.replaceChildren();
}
