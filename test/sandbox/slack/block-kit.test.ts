import { describe, expect, test } from 'vitest';
import { type Surface, validateBlocks } from '../../../sandbox/slack/block-kit.js';
import { validateView } from '../../../sandbox/slack/view-kit.js';

const x = (length: number) => 'x'.repeat(length);
const many = <T>(count: number, make: (index: number) => T) => Array.from({ length: count }, (_, index) => make(index));
const plain = (length: number) => ({ type: 'plain_text', text: x(length) });
const mrkdwn = (length: number) => ({ type: 'mrkdwn', text: x(length) });
const button = (more = {}) => ({ type: 'button', text: plain(5), ...more });
const section = (more: object) => ({ type: 'section', ...more });
const actions = (...elements: object[]) => ({ type: 'actions', elements });
const option = (more = {}) => ({ text: plain(5), value: 'v', ...more });
const select = (more: object) => actions({ type: 'static_select', ...more });
const input = (more = {}) => ({ type: 'input', label: plain(5), element: { type: 'plain_text_input' }, ...more });
const confirm = (more = {}) => ({ title: plain(5), text: mrkdwn(5), confirm: plain(5), deny: plain(5), ...more });
const cell = { type: 'raw_text', text: 'x' };
const table = (more: object) => ({ type: 'table', rows: [[cell]], ...more });
const dataTable = { type: 'data_table', caption: 'c', rows: [[cell], [cell]] };
const rich = (...elements: object[]) => ({
  type: 'rich_text',
  elements: [{ type: 'rich_text_section', elements }],
});
const divider = { type: 'divider' };
const container = (more: object) => ({ type: 'container', title: plain(5), child_blocks: [divider], ...more });

/** Each limit: the largest block Slack takes, and the next one it refuses, with the place of the complaint. */
const limits: [what: string, taken: object, refused: object, pointer: string][] = [
  ['section text', section({ text: mrkdwn(3_000) }), section({ text: mrkdwn(3_001) }), '/0/text/text'],
  ['empty text', section({ text: mrkdwn(1) }), section({ text: mrkdwn(0) }), '/0/text/text'],
  ['section needs text or fields', section({ fields: [mrkdwn(1)] }), section({}), '/0'],
  [
    'fields',
    section({ fields: many(10, () => mrkdwn(1)) }),
    section({ fields: many(11, () => mrkdwn(1)) }),
    '/0/fields',
  ],
  ['field text', section({ fields: [mrkdwn(2_000)] }), section({ fields: [mrkdwn(2_001)] }), '/0/fields/0/text'],
  ['header', { type: 'header', text: plain(150) }, { type: 'header', text: plain(151) }, '/0/text/text'],
  ['header is plain', { type: 'header', text: plain(1) }, { type: 'header', text: mrkdwn(1) }, '/0/text/type'],
  [
    'context elements',
    { type: 'context', elements: many(10, () => mrkdwn(1)) },
    { type: 'context', elements: many(11, () => mrkdwn(1)) },
    '/0/elements',
  ],
  ['actions elements', actions(...many(25, () => button())), actions(...many(26, () => button())), '/0/elements'],
  ['actions are not empty', actions(button()), actions(), '/0/elements'],
  [
    'button text',
    actions(button({ text: plain(75) })),
    actions(button({ text: plain(76) })),
    '/0/elements/0/text/text',
  ],
  ['button value', actions(button({ value: x(2_000) })), actions(button({ value: x(2_001) })), '/0/elements/0/value'],
  ['button url', actions(button({ url: x(3_000) })), actions(button({ url: x(3_001) })), '/0/elements/0/url'],
  [
    'action_id',
    actions(button({ action_id: x(255) })),
    actions(button({ action_id: x(256) })),
    '/0/elements/0/action_id',
  ],
  ['block_id', { type: 'divider', block_id: x(255) }, { type: 'divider', block_id: x(256) }, '/0/block_id'],
  ['style', actions(button({ style: 'danger' })), actions(button({ style: 'green' })), '/0/elements/0/style'],
  [
    'accessibility label',
    actions(button({ accessibility_label: x(75) })),
    actions(button({ accessibility_label: x(76) })),
    '/0/elements/0/accessibility_label',
  ],
  [
    'confirm title',
    actions(button({ confirm: confirm({ title: plain(100) }) })),
    actions(button({ confirm: confirm({ title: plain(101) }) })),
    '/0/elements/0/confirm/title/text',
  ],
  [
    'confirm text',
    actions(button({ confirm: confirm({ text: mrkdwn(300) }) })),
    actions(button({ confirm: confirm({ text: mrkdwn(301) }) })),
    '/0/elements/0/confirm/text/text',
  ],
  [
    'confirm button',
    actions(button({ confirm: confirm({ deny: plain(30) }) })),
    actions(button({ confirm: confirm({ deny: plain(31) }) })),
    '/0/elements/0/confirm/deny/text',
  ],
  [
    'options',
    select({ options: many(100, () => option()) }),
    select({ options: many(101, () => option()) }),
    '/0/elements/0/options',
  ],
  [
    'a select has options',
    select({ option_groups: [{ label: plain(1), options: [option()] }] }),
    select({}),
    '/0/elements/0',
  ],
  [
    'option value',
    select({ options: [option({ value: x(150) })] }),
    select({ options: [option({ value: x(151) })] }),
    '/0/elements/0/options/0/value',
  ],
  [
    'overflow options',
    section({ text: mrkdwn(1), accessory: { type: 'overflow', options: many(5, () => option()) } }),
    section({ text: mrkdwn(1), accessory: { type: 'overflow', options: many(6, () => option()) } }),
    '/0/accessory/options',
  ],
  [
    'accessory kind',
    section({ text: mrkdwn(1), accessory: button() }),
    section({ text: mrkdwn(1), accessory: { type: 'plain_text_input' } }),
    '/0/accessory/type',
  ],
  ['input label', input({ label: plain(2_000) }), input({ label: plain(2_001) }), '/0/label/text'],
  ['input hint', input({ hint: plain(2_000) }), input({ hint: plain(2_001) }), '/0/hint/text'],
  [
    'placeholder',
    input({ element: { type: 'plain_text_input', placeholder: plain(150) } }),
    input({ element: { type: 'plain_text_input', placeholder: plain(151) } }),
    '/0/element/placeholder/text',
  ],
  [
    'image',
    { type: 'image', image_url: x(3_000), alt_text: x(2_000) },
    { type: 'image', image_url: x(3_001), alt_text: x(2_000) },
    '/0/image_url',
  ],
  ['image alt text', { type: 'image', image_url: 'u', alt_text: 'a' }, { type: 'image', image_url: 'u' }, '/0'],
  ['markdown', { type: 'markdown', text: x(12_000) }, { type: 'markdown', text: x(12_001) }, '/0/text'],
  [
    'table rows',
    { type: 'table', rows: many(100, () => [cell]) },
    { type: 'table', rows: many(101, () => [cell]) },
    '/0/rows',
  ],
  [
    'table cells',
    { type: 'table', rows: [many(20, () => cell)] },
    { type: 'table', rows: [many(21, () => cell)] },
    '/0/rows/0',
  ],
  ['a table has rows', table({}), table({ rows: [] }), '/0/rows'],
  ['a cell says something', table({}), table({ rows: [[{ type: 'raw_text', text: '' }]] }), '/0/rows/0/0/text'],
  [
    'a rich cell says something',
    table({ rows: [[rich({ type: 'text', text: 'x' })]] }),
    table({ rows: [[rich()]] }),
    '/0/rows/0/0/elements/0/elements',
  ],
  [
    'a number in a cell',
    table({ rows: [[{ type: 'raw_number', value: 0.5, text: '0.5 %' }]] }),
    table({ rows: [[{ type: 'raw_number', value: '0.5', text: '0.5 %' }]] }),
    '/0/rows/0/0/value',
  ],
  [
    'columns',
    table({ column_settings: [null, { align: 'right' }, { is_wrapped: true }] }),
    table({ column_settings: [{ align: 'top' }] }),
    '/0/column_settings/0/align',
  ],
  [
    'characters in a table',
    table({ rows: [[{ type: 'raw_text', text: x(4_000) }], [rich({ type: 'text', text: x(6_000) })]] }),
    table({ rows: [[{ type: 'raw_text', text: x(4_000) }], [rich({ type: 'text', text: x(6_001) })]] }),
    '',
  ],
  ['container title', container({ title: plain(150) }), container({ title: plain(151) }), '/0/title/text'],
  [
    'a container has a title',
    container({ rich_text_title: rich() }),
    { type: 'container', child_blocks: [divider] },
    '/0',
  ],
  [
    'a container subtitle',
    container({ subtitle: mrkdwn(150) }),
    container({ subtitle: mrkdwn(151) }),
    '/0/subtitle/text',
  ],
  [
    'children of a container',
    container({ child_blocks: many(10, () => divider) }),
    container({ child_blocks: many(11, () => divider) }),
    '/0/child_blocks',
  ],
  [
    'what a container holds',
    container({ child_blocks: [table({}), actions(button()), input()] }),
    container({ child_blocks: [container({})] }),
    '/0/child_blocks/0/type',
  ],
  [
    'a folded container can be unfolded',
    container({ is_collapsible: true, default_collapsed: true }),
    container({ default_collapsed: true }),
    '/0/default_collapsed',
  ],
  ['container width', container({ width: 'full' }), container({ width: 'huge' }), '/0/width'],
  [
    'rich text',
    { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'a' }] }] },
    { type: 'rich_text', elements: [{ type: 'text', text: 'a' }] },
    '/0/elements/0/type',
  ],
  ['known types', { type: 'divider' }, { type: 'poem' }, '/0/type'],
  ['known fields', { type: 'divider' }, { type: 'divider', color: 'red' }, '/0'],
  ['names of object members are no types', { type: 'divider' }, { type: 'constructor' }, '/0/type'],
];

describe('blocks', () => {
  test.each(limits)('%s', (_what, taken, refused, pointer) => {
    expect(validateBlocks([taken], 'message')).toEqual([]);
    expect(validateBlocks([refused], 'message').map((problem) => problem.pointer)).toEqual([pointer]);
  });

  test.each<[Surface, number]>([
    ['message', 50],
    ['modal', 100],
    ['home', 100],
  ])('a %s holds %i blocks', (surface, most) => {
    expect(
      validateBlocks(
        many(most, () => ({ type: 'divider' })),
        surface,
      ),
    ).toEqual([]);
    expect(
      validateBlocks(
        many(most + 1, () => ({ type: 'divider' })),
        surface,
      ),
    ).toHaveLength(1);
  });

  test('block ids are unique in a message, action ids in their block', () => {
    const a = button({ action_id: 'a' });
    expect(validateBlocks([actions(a), actions(a)], 'message')).toEqual([]);
    expect(validateBlocks([actions(a, a)], 'message')).toMatchObject([{ pointer: '/0/elements/1/action_id' }]);
    const divider = { type: 'divider', block_id: 'same' };
    expect(validateBlocks([divider, divider], 'message')).toMatchObject([{ pointer: '/1/block_id' }]);
  });

  test('ids are unique across containers too', () => {
    const named = { ...divider, block_id: 'same' };
    expect(validateBlocks([named, container({ child_blocks: [named] })], 'message')).toMatchObject([
      { pointer: '/1/child_blocks/0/block_id' },
    ]);
    const a = button({ action_id: 'a' });
    expect(validateBlocks([container({ child_blocks: [actions(a, a)] })], 'message')).toMatchObject([
      { pointer: '/0/child_blocks/0/elements/1/action_id' },
    ]);
  });

  test.each<[what: string, blocks: object[], pointer: string]>([
    ['two tables', [table({}), table({})], '/1'],
    ['a table and a data table', [table({}), dataTable], '/1'],
    ['a second one in a container', [dataTable, container({ child_blocks: [table({})] })], '/1/child_blocks/0'],
  ])('a message has one table: %s', (_what, blocks, pointer) => {
    expect(validateBlocks(blocks, 'message')).toEqual([{ pointer, message: 'only_one_table_allowed' }]);
  });

  test('some blocks are for some surfaces', () => {
    const alert = { type: 'alert', text: mrkdwn(200), level: 'warning' };
    expect(validateBlocks([alert], 'modal')).toEqual([]);
    expect(validateBlocks([alert], 'message')).toHaveLength(1);
    expect(validateBlocks([{ type: 'markdown', text: 'a' }], 'home')).toHaveLength(1);
  });

  test('characters are counted as people count them', () => {
    expect(validateBlocks([section({ text: { type: 'mrkdwn', text: '🚀'.repeat(3_000) } })], 'message')).toEqual([]);
  });

  test.each([[{}], ['[]'], [null], [undefined]])('%j is no list of blocks', (blocks) => {
    expect(validateBlocks(blocks, 'message')).toMatchObject([{ pointer: '', message: 'must be an array' }]);
  });
});

describe('views', () => {
  const modal = (more = {}) => ({ type: 'modal', title: plain(24), blocks: [{ type: 'divider' }], ...more });

  test.each<[what: string, view: object, pointer: string]>([
    ['title', modal({ title: plain(25) }), '/title/text'],
    ['submit', modal({ submit: plain(25) }), '/submit/text'],
    ['close', modal({ close: plain(25) }), '/close/text'],
    ['private_metadata', modal({ private_metadata: x(3_001) }), '/private_metadata'],
    ['callback_id', modal({ callback_id: x(256) }), '/callback_id'],
    ['an input needs a submit', modal({ blocks: [input()] }), '/submit'],
    ['blocks are checked too', modal({ blocks: [{ type: 'poem' }] }), '/blocks/0/type'],
    ['type', modal({ type: 'poster' }), '/type'],
    ['home has no title', { type: 'home', title: plain(3), blocks: [] }, ''],
  ])('%s', (_what, view, pointer) => {
    expect(validateView(view).map((problem) => problem.pointer)).toEqual([pointer]);
  });

  test('a modal within all limits is taken', () => {
    const most = { submit: plain(24), close: plain(24), private_metadata: x(3_000), callback_id: x(255) };
    expect(validateView(modal({ ...most, blocks: [input()] }))).toEqual([]);
  });
});
