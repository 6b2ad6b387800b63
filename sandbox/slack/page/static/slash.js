import { announce } from './announce.js';

/** The app's commands as its manifest names them; filled with the first state. */
let commands = [];

export function knowCommands(known) {
  commands = known;
}

/** The commands that what is typed may become, and the one it already is. */
function fitting(text) {
  if (!text.startsWith('/')) return [];
  const [word] = text.split(/\s/, 1);
  return commands.filter(({ command }) => (word === text ? command.startsWith(word) : command === word));
}

function line({ command, description, usageHint }, id, selected) {
  const item = document.createElement('div');
  Object.assign(item, { id, role: 'option', className: 'suggestion' });
  item.setAttribute('aria-selected', String(selected));
  item.dataset.command = command;
  const part = (tag, className, textContent) => Object.assign(document.createElement(tag), { className, textContent });
  item.append(part('b', '', command), ' ', part('span', 'usage', usageHint), part('span', 'about', description));
  return item;
}

/**
 * The list above a message box while a command is typed. Arrow keys choose, Tab completes, Enter completes and sends,
 * Escape puts the list away until something else is typed.
 */
export function suggestCommands(field, list) {
  let shown = [];
  let at = 0;

  function show(found) {
    const isNew = found.map(({ command }) => command).join() !== shown.map(({ command }) => command).join();
    if (isNew) at = 0;
    shown = found;
    list.hidden = shown.length === 0;
    list.replaceChildren(...shown.map((each, index) => line(each, `${list.id}-${index}`, index === at)));
    if (list.hidden) field.removeAttribute('aria-activedescendant');
    else field.setAttribute('aria-activedescendant', `${list.id}-${at}`);
    if (isNew && shown[0])
      announce(
        `${shown.length === 1 ? 'Command' : `${shown.length} commands,`} ${shown[0].command}: ${shown[0].usageHint}`,
      );
  }

  /** Fills in the chosen command if it is only begun; true when it was. */
  function complete(rest) {
    const chosen = shown[at];
    if (!chosen || /\s/.test(field.value) || field.value === chosen.command) return false;
    field.value = chosen.command + rest;
    show(fitting(field.value));
    return true;
  }

  function keydown(event) {
    if (list.hidden || event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && shown.length > 1) {
      at = (at + step + shown.length) % shown.length;
      show(shown);
    } else if (event.key === 'Escape') {
      event.stopPropagation();
      show([]);
      return event.preventDefault();
    } else if (event.key !== 'Tab' || event.shiftKey || !complete(' ')) {
      return undefined;
    }
    return event.preventDefault();
  }

  list.addEventListener('mousedown', (event) => {
    const command = event.target.closest('[data-command]')?.dataset.command;
    if (!command) return;
    event.preventDefault();
    field.value = `${command} `;
    field.focus();
    show(fitting(field.value));
  });
  field.addEventListener('keydown', keydown);
  field.addEventListener('input', () => show(fitting(field.value)));
  return { complete: () => complete(''), hide: () => show([]) };
}
