import { itemNamed } from '../commands/items-meant.js';
import { rowsWithOutput } from '../commands/output.js';
import { itemsOf, outputText } from '../store/items.js';
import { rolloutNamed } from './named.js';
import { print } from './terminal.js';
import { withStore } from './with-store.js';

/** `rollout output <rollout> <item>`: all that is kept of what came of an item. */
export function output([name, ...words]: readonly string[]): Promise<number> {
  return withStore(async ({ db }) => {
    const loaded = await rolloutNamed(db, 'output', name);
    if (!loaded) return 2;
    const { id } = loaded.rollout;
    const rows = rowsWithOutput(loaded.rollout, await itemsOf(db, id));
    const [only, another] = rows;
    const named = only && !another && words.length === 0 ? { row: only } : itemNamed(words.join(' '), rows, 'output');
    if ('reason' in named) {
      const there = rows.map(({ plan }) => plan.name).join(', ');
      print(
        `rollout output: ${rows.length === 0 ? 'nothing of this rollout has an output.' : `which item? There is ${there}.`}`,
      );
      return 2;
    }
    const { item } = named.row;
    const text = item?.output ? await outputText(db, id, item.output) : null;
    print(text ?? 'rollout output: it is not kept any more.');
    return text === null ? 1 : 0;
  });
}
