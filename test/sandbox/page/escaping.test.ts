import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderMessage } from '../../../sandbox/slack/page/render.js';
import { renderView } from '../../../sandbox/slack/page/view.js';
import { growth, LINEAR } from '../../support/growth.js';
import { fromBot, sceneOf } from './scene.js';

const HOSTILE = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '" onmouseover="alert(1)',
  "' onfocus='x",
  'javascript:alert(1)',
  '<javascript:alert(1)|x>',
  '<https://a" onclick="b|c>',
  '[x](javascript:alert(1))',
  '<!date^1^{time}^javascript:alert(1)|"><script>>',
  '<!subteam^S1|<b>>',
  '<@U"><script>',
  '&lt;script&gt;',
  '```',
  '`',
  '*',
  '_',
  '>',
  '<',
  '|',
  '&',
  '"',
  '\n',
  'https://a.b/',
  'valueOf',
  'constructor',
  ':constructor:',
];

const hostileText = fc
  .array(fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ maxLength: 8 })), { maxLength: 8 })
  .map((parts) => parts.join(''));

/** Every kind of block and element with the same text in every field that takes one. */
function everything(t: string): Record<string, unknown>[] {
  const text = { type: 'mrkdwn', text: t };
  const plain = { type: 'plain_text', text: t };
  const options = [{ text: plain, value: t, url: t }];
  const confirm = { title: plain, text, confirm: plain, deny: plain, style: t };
  const common = {
    action_id: t,
    value: t,
    confirm,
    placeholder: plain,
    options,
    accessibility_label: t,
    initial_value: t,
  };
  const image = { type: 'image', image_url: t, alt_text: t, title: plain };
  const kinds = [
    'button',
    'overflow',
    'static_select',
    'users_select',
    'plain_text_input',
    'checkboxes',
    'radio_buttons',
    t,
  ];
  const elements = kinds.map((type) => ({ ...common, type, text: plain, url: t, style: t }));
  const leaf = {
    text: t,
    url: t,
    user_id: t,
    channel_id: t,
    usergroup_id: t,
    range: t,
    name: t,
    format: t,
    timestamp: 1,
    fallback: t,
  };
  const leaves = ['text', 'link', 'user', 'usergroup', 'channel', 'broadcast', 'emoji', 'date'].map((type) => ({
    ...leaf,
    type,
  }));
  return [
    { type: 'header', block_id: t, text: plain },
    { type: 'section', text, fields: [text, plain], accessory: elements[0] },
    { type: 'context', elements: [text, image] },
    { type: 'actions', block_id: t, elements },
    image,
    { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: leaves }] },
    { type: 'markdown', text: t },
    { type: 'table', rows: [[{ type: 'raw_text', text: t }]] },
    ...elements.map((element) => ({ type: 'input', block_id: t, label: plain, hint: plain, element })),
    { type: t },
  ];
}

const TAG = /<\/?([a-z][a-z0-9]*)((?: [a-z-]+(?:="[^"<>]*")?)*)\/?>/g;
const ATTRIBUTE = / ([a-z-]+)(?:="([^"]*)")?/g;
const FORBIDDEN_TAGS = new Set(['script', 'iframe', 'object', 'embed', 'style', 'link', 'base', 'meta']);

/** What is wrong with HTML that must hold nothing but our own tags. */
function complaints(html: string): string[] {
  const wrong: string[] = [];
  const rest = html.replace(TAG, (tag, name: string, attributeText: string) => {
    if (FORBIDDEN_TAGS.has(name)) wrong.push(tag);
    for (const [whole, attribute = '', value = ''] of attributeText.matchAll(ATTRIBUTE)) {
      const isAddress = ['href', 'src', 'data-url'].includes(attribute);
      if (attribute.startsWith('on') || attribute === 'style' || attribute === 'srcdoc') wrong.push(whole);
      if (isAddress && !/^(https?:|mailto:)/i.test(value)) wrong.push(whole);
    }
    return '';
  });
  if (/[<>]/.test(rest)) wrong.push(rest.slice(0, 200));
  return wrong;
}

describe('hostile text', () => {
  it('is found by the checks below if it gets through', () => {
    for (const html of ['<script>', '<b onclick="x">', '<a href="javascript:x">', 'a < b', '<P>', '<p class="a"b">']) {
      expect(complaints(html), html).not.toEqual([]);
    }
    expect(complaints('<p class="a" hidden>b &lt; c</p><hr>')).toEqual([]);
  });

  it('never becomes a tag, an event handler or a script address, whatever field of whatever block it is in', () => {
    fc.assert(
      fc.property(hostileText, (t) => {
        const blocks = everything(t);
        const fields = {
          text: t,
          pretext: t,
          title: t,
          title_link: t,
          footer: t,
          color: t,
          fields: [{ title: t, value: t }],
        };
        const attachments = [fields, { color: t, blocks }];
        const scene = sceneOf();
        expect(
          complaints(renderMessage(fromBot({ text: t, user: t, attachments }), scene, { where: 'channel' })),
        ).toEqual([]);
        expect(
          complaints(renderMessage(fromBot({ blocks, threadTs: t, broadcast: true }), scene, { where: 'channel' })),
        ).toEqual([]);
        const plain = { type: 'plain_text', text: t };
        const view = { type: 'modal', title: plain, submit: plain, close: plain, blocks };
        expect(complaints(renderView({ id: t, hash: t, callbackId: t, view, errors: { [t]: t } }, scene))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('stays harmless inside the confirm dialog, whose text is inserted as HTML', () => {
    fc.assert(
      fc.property(hostileText, (t) => {
        const confirm = { text: { type: 'mrkdwn', text: t } };
        const elements = [{ type: 'button', action_id: 'a', text: { type: 'plain_text', text: 'x' }, confirm }];
        const html = renderMessage(fromBot({ blocks: [{ type: 'actions', elements }] }), sceneOf(), {
          where: 'channel',
        });
        const attribute = /data-confirm="([^"]*)"/.exec(html)?.[1] ?? '';
        const entities: Record<string, string> = {
          '&quot;': '"',
          '&#39;': "'",
          '&lt;': '<',
          '&gt;': '>',
          '&amp;': '&',
        };
        const json: { html: string } = JSON.parse(
          attribute.replace(/&(?:quot|#39|lt|gt|amp);/g, (entity) => entities[entity] ?? ''),
        );
        expect(complaints(json.html)).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('does not take forever on long runs of marks', () => {
    for (const mark of ['*', '_', '~', '`', '<', '*a ', '<a|', '&gt;', '[a](']) {
      const draw = (times: number) => {
        const text = mark.repeat(times);
        renderMessage(fromBot({ text, blocks: [{ type: 'markdown', text }] }), sceneOf(), { where: 'channel' });
      };
      expect(growth(3_000, draw), mark).toBeLessThan(LINEAR);
    }
  });
});
