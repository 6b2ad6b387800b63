import { trapTab } from './focus.js';

const dialog = document.querySelector('#confirm');

function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

/** Ends the question asked last, if it is still open to an answer. */
let unanswered = () => {};

/** Asks Slack's "are you sure" with the app's own words. Resolves true only for the confirm button. */
export function ask({ title, html, confirm, deny, style }) {
  const body = element('div', { className: 'dialog-body mrkdwn', id: 'confirm-text' });
  body.innerHTML = html;
  const no = element('button', { value: 'no', className: 'button', textContent: deny });
  const yes = element('button', { value: 'yes', className: `button ${style}`, textContent: confirm });
  const form = element(
    'form',
    { method: 'dialog' },
    element('header', { className: 'dialog-head' }, element('h2', { id: 'confirm-title', textContent: title })),
    body,
    element('footer', { className: 'dialog-foot' }, no, yes),
  );
  dialog.replaceChildren(form);
  dialog.returnValue = 'no';
  dialog.showModal();
  no.focus();
  // The end of the question before this one may be told late, when this one is already open: it was not a yes.
  unanswered(false);
  return new Promise((resolve) => {
    unanswered = resolve;
    const closed = () => {
      if (dialog.open) return;
      dialog.removeEventListener('close', closed);
      resolve(dialog.returnValue === 'yes');
    };
    dialog.addEventListener('close', closed);
  });
}

trapTab(dialog);
