/** How the reference page names keys that stand in several places. */

const LISTS = [
  'stages[].before',
  'stages[].exit',
  'before',
  'every_stage.before',
  'every_stage.exit',
  'after',
  'after_rollback',
];

/** `<list>` is each of the lists, `<item>` each entry of one, in a group as well, `<action>` an item or its `verify`. */
export function keysNamed(key: string): string[] {
  const [, place = '', rest = ''] = /^<(list|item|action)>(.*)$/.exec(key) ?? [];
  if (place === '') return [key];
  if (place === 'action') return [...keysNamed(`<item>${rest}`), ...keysNamed(`<item>.verify${rest}`)];
  const entries = place === 'list' ? [''] : ['[]', '[].items[]'];
  return LISTS.flatMap((list) => entries.map((entry) => `${list}${entry}${rest}`));
}
