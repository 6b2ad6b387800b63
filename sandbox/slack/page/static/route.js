// The address says who looks at what: #/U0OPAL/C0SHOP, #/U0OPAL/C0SHOP/1732100000.000100 for a thread, #/U0OPAL/home.
// So reload, the back button and two windows with two people work.

/** Where the address points: `{ user, channel, thread, home }`. */
export function here() {
  const [user, place, thread] = location.hash.replace(/^#\/?/, '').split('/');
  return {
    user: user || undefined,
    channel: place === 'home' ? undefined : place || undefined,
    thread: thread || undefined,
    home: place === 'home',
  };
}

/** Goes there; `replace` leaves no step for the back button. */
export function go({ user, channel, thread, home }, { replace = false } = {}) {
  const hash = `#/${[user, home ? 'home' : channel, thread].filter(Boolean).join('/')}`;
  if (hash === location.hash) return;
  if (!replace) {
    location.hash = hash;
    return;
  }
  history.replaceState(null, '', hash);
  dispatchEvent(new HashChangeEvent('hashchange'));
}

/** The message a permalink of this workspace names, or undefined: `{ channel, thread }`. */
export function permalinkTarget(href) {
  const match = /\/archives\/([A-Z0-9]+)\/p(\d{10})(\d{6})(?:\?.*?thread_ts=([\d.]+))?/.exec(href);
  if (!match) return undefined;
  const ts = `${match[2]}.${match[3]}`;
  return { channel: match[1], ts, thread: match[4] ?? ts };
}
