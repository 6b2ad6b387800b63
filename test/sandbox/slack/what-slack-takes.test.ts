import type { WebClient } from '@slack/web-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningSlack, startLocalSlack } from '../../../sandbox/slack/index.js';
import { clientFor, refusal } from './web-client.js';

type Block = Record<string, unknown>;
type Place = 'message' | 'home' | 'modal';

const plain = (text: string) => ({ type: 'plain_text', text });
const many = <T>(count: number, make: (index: number) => T) => Array.from({ length: count }, (_, index) => make(index));
const cell = (text: string) => ({ type: 'raw_text', text });
const rich = (...elements: Block[]) => ({ type: 'rich_text', elements: [{ type: 'rich_text_section', elements }] });
const table = { type: 'table', rows: [[cell('a')]] };
const dataTable = { type: 'data_table', caption: 'c', rows: [[cell('a')], [cell('b')]] };
const container = (more: Block) => ({
  type: 'container',
  title: plain('Details'),
  child_blocks: [{ type: 'divider' }],
  ...more,
});

const option = (value: string) => ({ text: plain(value), value });
const ab = { action_id: 'tick', options: [option('a'), option('b')] };
const actions = (element: Block) => ({ type: 'actions', elements: [element] });
const input = (element: Block) => ({ type: 'input', label: plain('How many?'), element });
const numberOf = (more: Block) => input({ type: 'number_input', action_id: 'n', is_decimal_allowed: false, ...more });
const number = numberOf({});
const typed = (focus_on_load: boolean) => input({ type: 'plain_text_input', action_id: 't', focus_on_load });
const image = (more: Block) => ({ type: 'image', alt_text: 'a', ...more });
const when = { type: 'datetimepicker', action_id: 'when' };
const button = { type: 'button', text: plain('Open') };
const card = (more: Block) => ({ type: 'card', title: { type: 'mrkdwn', text: '*Checkout*' }, ...more });
const carousel = { type: 'carousel', elements: [card({})] };
const plan = { type: 'plan', title: 'Steps', tasks: [] };
const markdown = (length: number) => ({ type: 'markdown', text: 'x'.repeat(length) });

interface Shape {
  names?: string[];
  categories?: string[];
  given?: string[];
}
/** A chart of these lines over these categories, with a value for each that is given. */
function chart({ names = ['now', 'limit'], categories = ['10:00', '10:05'], given = categories }: Shape = {}): Block {
  const data = given.map((label) => ({ label, value: 1 }));
  const series = names.map((name) => ({ name, data }));
  return {
    type: 'data_visualization',
    title: 'Error rate',
    chart: { type: 'line', series, axis_config: { categories } },
  };
}
const numbered = (count: number) => many(count, String);

/** What Slack says to what an app sends; without an error it says ok. */
const payloads: [what: string, place: Place, blocks: Block[], error?: string, detail?: string][] = [
  [
    'choices of which one is ticked',
    'message',
    [actions({ type: 'checkboxes', ...ab, initial_options: [option('b')] })],
  ],
  [
    'a ticked choice that is not offered',
    'message',
    [actions({ type: 'checkboxes', ...ab, initial_options: [option('c')] })],
    'invalid_blocks',
    'must be among the options [json-pointer:/blocks/0/elements/0/initial_options]',
  ],
  [
    'a ticked choice in other words than it is offered in',
    'message',
    [actions({ type: 'radio_buttons', ...ab, initial_option: { ...option('a'), text: plain('A') } })],
    'invalid_blocks',
    'must be among the options [json-pointer:/blocks/0/elements/0/initial_option]',
  ],
  [
    'no ticked choice, as an empty list',
    'message',
    [actions({ type: 'checkboxes', ...ab, initial_options: [] })],
    'invalid_blocks',
    'no fewer than 1 items required [json-pointer:/blocks/0/elements/0/initial_options]',
  ],
  [
    'a menu that begins with what it does not offer',
    'message',
    [actions({ type: 'static_select', ...ab, initial_option: option('c') })],
    'invalid_blocks',
    'must be among the options [json-pointer:/blocks/0/elements/0/initial_option]',
  ],
  [
    'a menu that begins with a choice of its groups',
    'message',
    [
      actions({
        type: 'multi_static_select',
        action_id: 'm',
        option_groups: [{ label: plain('g'), options: ab.options }],
        initial_options: ab.options,
      }),
    ],
  ],
  ['one table', 'message', [table]],
  ['two tables', 'message', [table, table], 'invalid_attachments', 'only_one_table_allowed'],
  ['a table and a data table', 'message', [table, dataTable], 'invalid_attachments', 'only_one_table_allowed'],
  [
    'an empty cell',
    'message',
    [{ type: 'table', rows: [[cell('')]] }],
    'invalid_blocks',
    'must be more than 0 characters [json-pointer:/blocks/0/rows/0/0/text]',
  ],
  [
    'an empty cell of rich text',
    'message',
    [{ type: 'table', rows: [[rich()]] }],
    'invalid_blocks',
    'no fewer than 1 items required [json-pointer:/blocks/0/rows/0/0/elements/0/elements]',
  ],
  ['a table in a container', 'message', [container({ child_blocks: [table] })]],
  ['a folded container', 'message', [container({ is_collapsible: true, default_collapsed: true })]],
  [
    'a folded container that cannot be unfolded',
    'message',
    [container({ default_collapsed: true })],
    'invalid_blocks',
    'needs `is_collapsible` to be true [json-pointer:/blocks/0/default_collapsed]',
  ],
  [
    'two charts of six lines over 20 categories',
    'message',
    [chart({ names: numbered(6), categories: numbered(20) }), chart()],
  ],
  [
    'three charts',
    'message',
    [chart(), chart(), chart()],
    'invalid_blocks',
    'no more than 2 data_visualization allowed in a message [json-pointer:/blocks/2]',
  ],
  [
    'seven lines',
    'message',
    [chart({ names: numbered(7) })],
    'invalid_blocks',
    'no more than 6 items allowed [json-pointer:/blocks/0/chart/series]',
  ],
  [
    'two lines of one name',
    'message',
    [chart({ names: ['now', 'now'] })],
    'invalid_blocks',
    '`name` now already exists [json-pointer:/blocks/0/chart/series/1/name]',
  ],
  [
    'a line without a value for a category',
    'message',
    [chart({ names: ['now'], given: ['10:00'] })],
    'invalid_blocks',
    'must have exactly one value for each category [json-pointer:/blocks/0/chart/series/0/data]',
  ],
  [
    '21 categories',
    'message',
    [chart({ names: ['now'], categories: numbered(21), given: numbered(20) })],
    'invalid_blocks',
    'no more than 20 items allowed [json-pointer:/blocks/0/chart/axis_config/categories]',
  ],
  [
    'a category of 21 letters',
    'message',
    [chart({ categories: ['x'.repeat(21)] })],
    'invalid_blocks',
    'must be less than 21 characters [json-pointer:/blocks/0/chart/axis_config/categories/0]',
  ],
  [
    'a slice of nothing',
    'message',
    [{ type: 'data_visualization', title: 't', chart: { type: 'pie', segments: [{ label: 'a', value: 0 }] } }],
    'invalid_blocks',
    'must be a number above 0 [json-pointer:/blocks/0/chart/segments/0/value]',
  ],
  ['a moment to pick in a message', 'message', [actions(when), input(when)]],
  [
    'a moment to pick in the Home tab',
    'home',
    [actions(when)],
    'invalid_arguments',
    'unsupported type: datetimepicker [json-pointer:/view/blocks/0/elements/0/type]',
  ],
  [
    'a number to enter in a message',
    'message',
    [number],
    'invalid_blocks',
    'unsupported type: number_input [json-pointer:/blocks/0/element/type]',
  ],
  [
    'a number to enter in the Home tab',
    'home',
    [number],
    'invalid_arguments',
    'unsupported type: number_input [json-pointer:/view/blocks/0/element/type]',
  ],
  ['a whole number to enter in a form', 'modal', [numberOf({ min_value: '1', max_value: '5', initial_value: '2' })]],
  [
    'a number with decimals where it has to be whole',
    'modal',
    [numberOf({ initial_value: '2.5' })],
    'invalid_arguments',
    'must be a whole number [json-pointer:/view/blocks/0/element/initial_value]',
  ],
  [
    'a least number above the most',
    'modal',
    [numberOf({ min_value: '9', max_value: '5' })],
    'invalid_arguments',
    'must not be above `max_value` [json-pointer:/view/blocks/0/element/min_value]',
  ],
  ['one field that has the keyboard at first', 'modal', [typed(true), typed(false)]],
  [
    'two fields that have the keyboard at first',
    'modal',
    [typed(true), typed(true)],
    'invalid_arguments',
    'only one element may have `focus_on_load` [json-pointer:/view/blocks/1]',
  ],
  ['an image by its file', 'message', [image({ slack_file: { id: 'F0123456789' } })]],
  [
    'an image by two sources',
    'message',
    [image({ image_url: 'https://example.com/a.png', slack_file: { id: 'F0123456789' } })],
    'invalid_blocks',
    'must have exactly one of: image_url, slack_file [json-pointer:/blocks/0]',
  ],
  [
    'a file by two names',
    'message',
    [image({ slack_file: { id: 'F0123456789', url: 'https://example.com/a.png' } })],
    'invalid_blocks',
    'must have exactly one of: url, id [json-pointer:/blocks/0/slack_file]',
  ],
  [
    'two plans',
    'message',
    [plan, plan],
    'invalid_blocks',
    'no more than 1 plan allowed in a message [json-pointer:/blocks/1]',
  ],
  ['12,000 characters in two markdown blocks', 'message', [markdown(6_000), markdown(6_000)]],
  [
    '12,001 characters in two markdown blocks',
    'message',
    [markdown(6_000), markdown(6_001)],
    'invalid_blocks',
    'no more than 12000 characters allowed in markdown blocks [json-pointer:/blocks]',
  ],
  ['a card with two buttons', 'message', [card({ actions: [button, button] })]],
  [
    'a card with three buttons',
    'message',
    [card({ actions: [button, button, button] })],
    'invalid_blocks',
    'no more than 2 items allowed [json-pointer:/blocks/0/actions]',
  ],
  ['a card with a plain title', 'message', [card({ title: plain('Checkout') })]],
  ['a card in the Home tab', 'home', [card({})]],
  ['a carousel in the Home tab', 'home', [carousel]],
];

describe('what Slack takes and what it refuses', () => {
  let slack: RunningSlack;
  let client: WebClient;

  beforeAll(async () => {
    slack = await startLocalSlack();
    client = clientFor(slack);
  });
  afterAll(() => slack.close());

  const send = async (place: Place, blocks: Block[]) => {
    const message = { channel: 'C0SHOP', text: 'x', blocks };
    if (place === 'message') return client.apiCall('chat.postMessage', message);
    if (place === 'home') return client.apiCall('views.publish', { user_id: 'U0OPAL', view: { type: 'home', blocks } });
    const { body } = await slack.command({ user: 'U0OPAL', channel: 'C0SHOP', text: '' });
    const view = { type: 'modal', title: plain('Form'), submit: plain('Send'), blocks };
    return client.apiCall('views.open', { trigger_id: body.trigger_id, view });
  };

  test.each(payloads)('%s (%s)', async (_what, place, blocks, error, detail) => {
    const call = send(place, blocks);
    if (error === undefined) {
      expect(await call).toMatchObject({ ok: true });
    } else {
      const messages = expect.arrayContaining([expect.stringContaining(`[ERROR] ${detail}`)]);
      expect(await refusal(call)).toMatchObject({ error, response_metadata: { messages } });
    }
  });
});
