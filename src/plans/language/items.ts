/** How a list and its items are written. Which keys stand beside which is told by `rules/list-items.ts`. */
import { z } from 'zod';
import { line, lines, listOf, matching, name, wholeNumber } from '../values/forms.js';
import { boundText } from '../values/limit-forms.js';
import { actionKeys, expectation } from './item-actions.js';

/** Of a whole plan, and so of a single list too. */
export const MOST_ITEMS = 300;
export const ANY = { from: 1, to: 20 };

const BY = 'a role such as qa, a list of roles (one person of each), or { any: 2, of: [role, …] }';
const ITEM = 'a text, or a mapping with one of do, test, run, request, query, check, say, group';
const GROUPED = 'a text, or a mapping with one of do, test, run, request, query, check, say';
const FLAG = 'true or false';

export const role = name('a role');
export const anyOf = z.strictObject({
  any: wholeNumber('a whole number of people', ANY),
  of: listOf('roles', role, 20),
});

const title = line('a text', 300);

/** What an item says for itself, and a group for all its items. */
const DEFAULTS = {
  name: matching(
    'a name of lower-case letters, digits and dashes, at most 60 characters',
    /^[\p{Ll}\p{Lm}\p{Lo}\p{N}][\p{Ll}\p{Lm}\p{Lo}\p{M}\p{N}-]{0,59}$/u,
  ).optional(),
  by: z.union([role, listOf('roles', role, 20), anyOf], BY).optional(),
  needs: listOf('names of items', line('the name of an item', 300), MOST_ITEMS).optional(),
  optional: z.boolean(FLAG).optional(),
  waive: listOf('roles', role, 20).optional(),
};

/** Beside `check`: what is required of it. */
const criterionKeys = {
  check: name('a check').optional(),
  below: boundText.optional(),
  above: boundText.optional(),
  at_most: boundText.optional(),
  at_least: boundText.optional(),
  between: z
    .array(z.number('a number'), 'two numbers, the smaller first')
    .length(2, 'two numbers, the smaller first')
    .optional(),
};

/** Exactly one of `do`, `test`, `run`, `request`, `query`, `check` and `say`: a rule, so that it is told together with mistakes in them. */
const WORK = {
  do: title.optional(),
  test: title.optional(),
  as: line('in whose place it is tried', 120).optional(),
  how: lines('how it is tried', 3_000).optional(),
  expect: expectation.optional(),
  say: title.optional(),
  ...actionKeys,
  ...criterionKeys,
};

export const grouped = z.strictObject({ ...WORK, ...DEFAULTS }, GROUPED);

export const item = z.strictObject(
  {
    ...WORK,
    group: title.optional(),
    items: listOf('items', z.union([title, grouped], GROUPED), MOST_ITEMS).optional(),
    ...DEFAULTS,
  },
  ITEM,
);

export const list = listOf('items', z.union([title, item], ITEM), MOST_ITEMS);
export const everyStage = z.strictObject(
  { before: list.optional(), exit: list.optional() },
  'a mapping with before or exit',
);
