import { describe, expect, it } from 'vitest';
import { renderBlocks } from '../../../sandbox/slack/page/blocks.js';
import { sceneOf } from './scene.js';

const render = (...blocks: Record<string, unknown>[]) => renderBlocks(blocks, sceneOf());
const plain = (text: string) => ({ type: 'plain_text', text });
const mrkdwn = (text: string) => ({ type: 'mrkdwn', text });
const button = (extra: Record<string, unknown> = {}) => ({
  type: 'button',
  action_id: 'pause',
  text: plain('Pause'),
  value: 'v1',
  ...extra,
});
const input = (element: Record<string, unknown>, extra: Record<string, unknown> = {}) => ({
  type: 'input',
  block_id: 'why',
  label: plain('Why'),
  element: { action_id: 'a', ...element },
  ...extra,
});

describe('block kinds', () => {
  it('header: literal text, emoji names shown', () => {
    expect(render({ type: 'header', text: plain('New *checkout* :rocket:') })).toContain('New *checkout* 🚀</h3>');
  });

  it('section: text, fields and an accessory', () => {
    const html = render({
      type: 'section',
      text: mrkdwn('*a*'),
      fields: [mrkdwn('f1'), plain('f2')],
      accessory: button(),
    });
    expect(html).toContain('<strong>a</strong>');
    expect(html).toMatch(/class="fields">.*f1.*f2/s);
    expect(html).toMatch(/class="accessory"><button/);
  });

  it('context: texts and small images', () => {
    const image = { type: 'image', image_url: 'https://example.com/i.png', alt_text: 'chart' };
    const html = render({ type: 'context', elements: [mrkdwn('_now_'), image] });
    expect(html).toContain('<em>now</em>');
    expect(html).toContain('<img class="context-image" src="https://example.com/i.png" alt="chart"');
  });

  it('actions: buttons with style, value and accessible label', () => {
    const html = render({ type: 'actions', elements: [button({ style: 'danger', accessibility_label: 'Pause it' })] });
    expect(html).toContain('class="button danger"');
    expect(html).toContain('data-action="pause" data-value="v1" aria-label="Pause it"');
  });

  it('actions: a button keeps its key when Slack gives its block another id', () => {
    const keyOf = (block_id: string) =>
      /data-key="pause[^"]*"/.exec(render({ type: 'actions', block_id, elements: [button()] }))?.[0];
    expect(keyOf('x1')).toBeDefined();
    expect(keyOf('x1')).toBe(keyOf('x2'));
  });

  it('confirm: carries Slack’s four texts', () => {
    const confirm = { title: plain('Sure?'), text: mrkdwn('*All*'), confirm: plain('Do it'), deny: plain('No') };
    const html = render({ type: 'actions', elements: [button({ confirm })] });
    const json = /data-confirm="([^"]*)"/
      .exec(html)?.[1]
      ?.replaceAll('&quot;', '"')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>');
    expect(JSON.parse(json ?? '')).toEqual({
      title: 'Sure?',
      html: '<strong>All</strong>',
      confirm: 'Do it',
      deny: 'No',
      style: 'primary',
    });
  });

  it('static_select: placeholder, options, groups and the initial one', () => {
    const options = ['a', 'b'].map((value) => ({ text: plain(`Plan ${value}`), value }));
    const html = render({
      type: 'actions',
      elements: [
        { type: 'static_select', action_id: 's', placeholder: plain('Which?'), options, initial_option: options[1] },
      ],
    });
    expect(html).toContain('<option value="">Which?</option><option value="a">Plan a</option>');
    expect(html).toContain('<option value="b" selected>');
    const grouped = { type: 'static_select', action_id: 's', option_groups: [{ label: plain('Group'), options }] };
    expect(render({ type: 'actions', elements: [grouped] })).toContain('<optgroup label="Group"><option value="a">');
  });

  it('overflow: one button for each choice', () => {
    const options = [{ text: plain('Runbook'), value: 'r', url: 'https://example.com/' }];
    const html = render({ type: 'actions', elements: [{ type: 'overflow', action_id: 'more', options }] });
    expect(html).toContain('aria-label="More actions"');
    expect(html).toMatch(/data-url="https:\/\/example.com\/".*data-action="more" data-value="r"/);
  });

  it('divider and image with title', () => {
    expect(render({ type: 'divider' })).toContain('<hr>');
    const html = render({
      type: 'image',
      image_url: 'http://127.0.0.1/c.png',
      alt_text: 'Errors',
      title: plain('Error rate'),
    });
    expect(html).toContain('<figcaption>Error rate</figcaption><img class="picture" src="http://127.0.0.1/c.png"');
  });

  it('image: another kind of address shows the description instead', () => {
    const html = render({ type: 'image', image_url: 'data:image/svg+xml,x', alt_text: 'chart' });
    expect(html).not.toContain('<img');
    expect(html).toContain('chart');
  });

  it('rich_text: styles, lists, quotes, code and mentions', () => {
    const text = (value: string, style?: Record<string, boolean>) => ({ type: 'text', text: value, style });
    const section = {
      type: 'rich_text_section',
      elements: [text('b', { bold: true }), { type: 'user', user_id: 'U0LEA' }],
    };
    const list = {
      type: 'rich_text_list',
      style: 'ordered',
      elements: [{ type: 'rich_text_section', elements: [text('one')] }],
    };
    const code = { type: 'rich_text_preformatted', elements: [text('x < y')] };
    const quote = { type: 'rich_text_quote', elements: [text('said')] };
    const html = render({ type: 'rich_text', elements: [section, list, code, quote] });
    expect(html).toContain('<strong>b</strong>');
    expect(html).toContain('@Lea Lead');
    expect(html).toContain('<ol><li>one</li></ol><pre>x &lt; y</pre><blockquote>said</blockquote>');
  });

  it('markdown: headings, emphasis, lists, code and links of standard Markdown', () => {
    const html = render({
      type: 'markdown',
      text: '## Plan\n**bold** [x](https://example.com/)\n- one\n- two\n```js\na<b\n```',
    });
    expect(html).toContain('<h4>Plan</h4>');
    expect(html).toContain('<strong>bold</strong> <a href="https://example.com/"');
    expect(html).toContain('<ul><li>one</li><li>two</li></ul>');
    expect(html).toContain('<pre>a&lt;b</pre>');
  });

  const cell = (text: string) => ({ type: 'raw_text', text });

  it('table: the first row as headings', () => {
    const html = render({ type: 'table', rows: [[cell('Check')], [cell('<ok>')]] });
    expect(html).toContain('<tr><th scope="col">Check</th></tr><tr><td>&lt;ok&gt;</td></tr>');
  });

  it('table: columns to the right and with wrapped words; one without settings is as usual', () => {
    const column_settings = [null, { align: 'right', is_wrapped: true }];
    const number = { type: 'raw_number', value: 0.5, text: '0.5 %' };
    const html = render({
      type: 'table',
      column_settings,
      rows: [
        [cell('a'), cell('b'), cell('c')],
        [cell('1'), number],
      ],
    });
    expect(html).toContain('<td>1</td><td class="to-right wraps">0.5 %</td>');
    expect(html).toContain('<th scope="col">c</th>');
  });

  it('table: formatted words in a cell', () => {
    const bold = { type: 'text', text: 'GO', style: { bold: true } };
    const rich = { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [bold] }] };
    expect(render({ type: 'table', rows: [[cell('a')], [rich]] })).toContain('<td><p><strong>GO</strong></p></td>');
  });

  it('container: a title, what is under it, and folded only where it can be unfolded', () => {
    const child_blocks = [{ type: 'section', text: mrkdwn('*inside*') }];
    const of = (more: object) => render({ type: 'container', title: plain('<Items>'), child_blocks, ...more });
    expect(of({ subtitle: plain('3 open') })).toMatch(
      /<section class="container">.*&lt;Items&gt;<\/h4>.*3 open.*<strong>inside<\/strong>.*<\/section>/s,
    );
    expect(of({ is_collapsible: true })).toMatch(/<details class="container" open><summary.*<\/summary>.*inside/s);
    expect(of({ is_collapsible: true, default_collapsed: true })).toMatch(/<details class="container"><summary/);
    expect(of({ width: 'narrow', has_header_divider: true })).toContain('<section class="container narrow ruled">');
  });

  it('an unknown kind says so instead of vanishing', () => {
    expect(render({ type: 'hologram' })).toContain('[a hologram block is not shown here]');
    expect(render({ type: 'actions', elements: [{ type: 'slider' }] })).toContain('[slider is not shown here]');
  });
});

describe('input blocks', () => {
  it('label their control and mark what is optional', () => {
    const html = render(input({ type: 'plain_text_input' }, { optional: true, hint: plain('Goes on record.') }));
    expect(html).toContain('id="label-why">Why <span class="optional">(optional)</span>');
    expect(html).toMatch(/<input[^>]*aria-labelledby="label-why"/);
    expect(html).not.toContain(' required');
    expect(html).toContain('Goes on record.');
  });

  it('require a value otherwise', () => {
    expect(render(input({ type: 'plain_text_input', multiline: true, initial_value: '<x>' }))).toMatch(
      /<textarea[^>]* required[^>]*>&lt;x&gt;<\/textarea>/,
    );
  });

  it('show the app’s error under the field it belongs to', () => {
    const blocks = [input({ type: 'plain_text_input' }), input({ type: 'plain_text_input' }, { block_id: 'other' })];
    const html = renderBlocks(blocks, sceneOf(), { why: 'Say why.' });
    expect(html.split('<div class="block"')[1]).toContain('role="alert">Say why.</p>');
    expect(html.split('<div class="block"')[2]).not.toContain('Say why.');
  });

  it('users_select offers people, with the initial one chosen', () => {
    const html = render(input({ type: 'users_select', initial_user: 'U0LEA' }));
    expect(html).toContain('<option value="U0LEA" selected>Lea Lead</option>');
  });

  it('checkboxes and radio buttons are one group each', () => {
    const options = [{ text: plain('Channel'), value: 'c' }];
    expect(render(input({ type: 'checkboxes', options, initial_options: options }))).toMatch(
      /type="checkbox"[^>]* checked/,
    );
    expect(render(input({ type: 'radio_buttons', options }))).toMatch(/role="radiogroup".*type="radio"/s);
  });
});
