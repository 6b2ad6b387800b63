import { own } from './composition.js';
import { filledRichText } from './rich-text.js';
import { byType, finite, flag, list, number, oneOf, orNull, type Rule, shape, text } from './rules.js';

const cell = byType({
  raw_text: shape({ text: text(10_000) }),
  raw_number: shape({ value: finite, text: text(255) }),
  rich_text: filledRichText,
});

function rows(least: number, most: number): Rule {
  return list(most, list(20, cell), least);
}

/** null leaves a column as it is. */
const column = orNull(shape({}, { align: oneOf('left', 'center', 'right'), is_wrapped: flag }));

export const table = shape({ rows: rows(1, 100) }, { ...own, column_settings: list(20, column, 0) });

/** The first row is the head. */
export const dataTable = shape(
  { rows: rows(2, 101), caption: text(2_000) },
  { ...own, page_size: number(1, 100), row_header_column_index: number(0, 19) },
);
