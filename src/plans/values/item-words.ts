/** What is made of an item's text: what people read, and the name it goes by where the plan gives it none. */

const NAME_CHARS = 60;

/** `[ ]`, `[x]`, `☐` and the like, also behind the dash or dot of a list, as they come with a checklist that was copied. */
const MARK = /^(?:[-*+•] )?(?:\[[ xX✓✔]?\]|[☐☑☒□▢◻◽⬜✅✔✓🔲]\uFE0F?)/u;
const MOST_MARKS = 5;

/** The words as they are written, without a checkbox in front; '' where nothing is left. */
export function titleOf(text: string): string {
  let title = text.trim();
  for (let marks = 0; marks < MOST_MARKS && MARK.test(title); marks += 1) title = title.replace(MARK, '').trimStart();
  return title;
}

/** `gf-001-direct-intake` of `GF-001 Direct intake`; '' of a text without letters and digits. */
export function itemNameOf(text: string): string {
  const words = titleOf(text)
    .normalize('NFC')
    .toLowerCase()
    .match(/[\p{L}\p{N}][\p{L}\p{M}\p{N}]*/gu);
  // By characters: half of one is no letter.
  const name = [...(words ?? []).join('-')].slice(0, NAME_CHARS).join('');
  return name.endsWith('-') ? name.slice(0, -1) : name;
}
