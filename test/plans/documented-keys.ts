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

/** `<list>` is each of the lists, `<item>` each entry of one, in a group as well. */
export function keysNamed(key: string): string[] {
  const [, place = '', rest = ''] = /^<(list|item)>(.*)$/.exec(key) ?? [];
  if (place === '') return [key];
  const entries = place === 'list' ? [''] : ['[]', '[].items[]'];
  return LISTS.flatMap((list) => entries.map((entry) => `${list}${entry}${rest}`));
}
