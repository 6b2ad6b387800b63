import { type ListedItem, rowsOf } from '../rollout/state/items.js';
import { doneLine, listTitle, openLines, progressWords } from '../slack/words/phrases/items.js';
import { itemsOf } from '../store/items.js';
import { rolloutNamed } from './named.js';
import { plain, print } from './terminal.js';
import { withStore } from './with-store.js';

/** `rollout items <rollout>`: every list that was opened, and how each item is. It only lists. */
export function items([name]: readonly string[]): Promise<number> {
  return withStore(async ({ db }) => {
    const loaded = await rolloutNamed(db, 'items', name);
    if (!loaded) return 2;
    const { rollout } = loaded;
    const read = await itemsOf(db, rollout.id);
    const opened = rollout.lists.filter(({ opening }) => opening > 0);
    if (opened.length === 0) print(rollout.lists.length === 0 ? 'The plan has no lists.' : 'No list is open yet.');
    for (const list of opened) {
      const state = list.state === 'open' ? '' : ', closed';
      print(plain(`${listTitle(rollout, list)}: ${progressWords(list)}${state}`));
      for (const row of rowsOf(read, list)) for (const line of rowLines(row)) print(plain(`  ${line}`));
    }
    return 0;
  });
}

function rowLines(row: ListedItem): readonly string[] {
  if (row.state === 'done' || row.state === 'waived') return [doneLine(row)];
  const [first = '', ...more] = openLines(row).filter((line) => line !== '');
  return [first, ...more.map((line) => `  ${line}`)];
}
