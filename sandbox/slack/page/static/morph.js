// Live updates change only what differs, so that focus, selection, scroll and half-typed text stay where they are.

const keyOf = (node) => (node instanceof Element ? (node.getAttribute('data-key') ?? node.id) : '');

const fits = (old, fresh) => old.nodeName === fresh.nodeName && keyOf(old) === keyOf(fresh);

function morphAttributes(old, fresh) {
  for (const { name } of [...old.attributes]) {
    // What is open or folded away, and a running click, belong to the person, not to the message.
    if (!fresh.hasAttribute(name) && name !== 'open' && name !== 'aria-busy') old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (name === 'open') continue;
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
}

function morphNode(old, fresh) {
  if (old instanceof Element) {
    morphAttributes(old, fresh);
    if (old.nodeName !== 'SELECT' || old.innerHTML !== fresh.innerHTML) morphChildren(old, fresh);
  } else if (old.nodeValue !== fresh.nodeValue) {
    old.nodeValue = fresh.nodeValue;
  }
}

/** The child of `parent` at or after `from` that stands for `fresh`; keyed ones are found wherever they are. */
function partner(from, fresh) {
  const key = keyOf(fresh);
  if (!key) return from && fits(from, fresh) ? from : undefined;
  for (let node = from; node; node = node.nextSibling) if (fits(node, fresh)) return node;
  return undefined;
}

function morphChildren(parent, freshParent) {
  let at = parent.firstChild;
  for (const fresh of [...freshParent.childNodes]) {
    const old = partner(at, fresh);
    if (!old) {
      parent.insertBefore(fresh, at);
      continue;
    }
    // What stands between is gone from the new state: removing it (not moving the partner) keeps the focus.
    while (at !== old) {
      const next = at.nextSibling;
      at.remove();
      at = next;
    }
    morphNode(old, fresh);
    at = old.nextSibling;
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

/** The focused element went away: its successor if there is one, else what held it; not the top of the page. */
function keepFocus(lost, holder) {
  const key = keyOf(lost);
  const successor = key ? holder.querySelector(`[data-key="${CSS.escape(key)}"]`) : undefined;
  (successor ?? holder).focus({ preventScroll: true });
}

/** Makes the inside of `element` be `html` (rendered and escaped by the server) with the fewest changes. */
export function morph(element, html) {
  const focused = element.contains(document.activeElement) ? document.activeElement : undefined;
  const holder = focused?.closest('article, form, .home');
  const template = document.createElement('template');
  template.innerHTML = html;
  morphChildren(element, template.content);
  if (focused && !focused.isConnected && holder?.isConnected) keepFocus(focused, holder);
}
