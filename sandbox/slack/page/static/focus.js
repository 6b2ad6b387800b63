// Where the keyboard is: kept inside a dialog while it is open, and back where it was afterwards.

const CANDIDATES = 'a[href], button, input, select, textarea, summary, [tabindex]';

/** Radio buttons of one name are one stop of the Tab key. */
const stopOf = (element) => (element.type === 'radio' ? element.name : element);

function stops(root) {
  const shown = [...root.querySelectorAll(CANDIDATES)].filter(
    (element) => !element.disabled && element.tabIndex >= 0 && element.getClientRects().length > 0,
  );
  return shown.filter(
    (element) =>
      element.type !== 'radio' || element.checked || shown.find((other) => stopOf(other) === element.name) === element,
  );
}

/** Tab goes round inside the dialog instead of leaving it. */
export function trapTab(dialog) {
  dialog.addEventListener('keydown', (event) => {
    if (event.key !== 'Tab') return;
    const all = stops(dialog);
    const [edge, next] = event.shiftKey ? [all[0], all.at(-1)] : [all.at(-1), all[0]];
    const active = document.activeElement;
    if (!next || (active !== dialog && stopOf(active) !== stopOf(edge))) return;
    event.preventDefault();
    next.focus();
  });
}

/** Remembers where the focus is. The function it answers puts it back there, or on what stands there by then. */
export function holdFocus() {
  const was = document.activeElement;
  const article = was?.closest('article')?.id;
  const key = was?.getAttribute('data-key');
  return () => {
    if (was?.isConnected && was !== document.body) return was.focus({ preventScroll: true });
    const holder = (article && document.getElementById(article)) || document.querySelector('.home');
    const successor = key && holder?.querySelector(`[data-key="${CSS.escape(key)}"]`);
    return (successor || holder || document.querySelector('.channel textarea')).focus({ preventScroll: true });
  };
}
