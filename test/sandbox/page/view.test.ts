import { describe, expect, it } from 'vitest';
import { renderView } from '../../../sandbox/slack/page/view.js';
import { sceneOf } from './scene.js';

const plain = (text: string) => ({ type: 'plain_text', text });
const choices = ['one', 'two'].map((text) => ({ text: plain(text), value: text }));
const input = (id: string, element: Record<string, unknown>, extra: Record<string, unknown> = {}) => ({
  type: 'input',
  block_id: id,
  label: plain(id),
  element: { action_id: 'a', ...element },
  ...extra,
});
const render = (blocks: Record<string, unknown>[], errors: Record<string, string> = {}) =>
  renderView(
    { id: 'V1', hash: 'h', callbackId: '', view: { type: 'modal', title: plain('T'), blocks }, errors },
    sceneOf(),
  );

describe('a form', () => {
  it('ties each field to its label, its error and its hint', () => {
    const html = render([input('why', { type: 'plain_text_input' }, { hint: plain('Goes on record.') })], {
      why: 'More.',
    });
    expect(html).toMatch(
      /<input[^>]*aria-labelledby="label-why" aria-describedby="error-why hint-why" aria-invalid="true"/,
    );
    expect(html).toContain('id="error-why" role="alert">More.</p>');
    expect(html).toContain('id="hint-why">Goes on record.</p>');
  });

  it('does not call a field invalid before it was', () => {
    const html = render([input('why', { type: 'plain_text_input' })]);
    expect(html).not.toContain('aria-invalid');
    expect(html).toContain('aria-describedby="error-why"');
  });

  it('ties nothing to nothing when a block id holds spaces', () => {
    const html = render([input('the why', { type: 'plain_text_input' })]);
    expect(html).toContain('id="label-the_why"');
    expect(html).toContain('aria-labelledby="label-the_why"');
  });

  it('says of a group of radio buttons that one must be chosen', () => {
    const html = render([input('how', { type: 'radio_buttons', options: choices })]);
    expect(html).toMatch(/role="radiogroup" aria-required="true"[^>]*aria-labelledby="label-how"/);
  });

  it('names a menu that has no label by what it asks for', () => {
    const menu = { type: 'static_select', action_id: 'a', placeholder: plain('Where to'), options: choices };
    expect(render([{ type: 'actions', block_id: 'row', elements: [menu] }])).toContain('aria-label="Where to"');
  });

  it('shows what is wrong with the form as a whole, once, and not at a field', () => {
    const blocks = [{ type: 'section', block_id: 'text', text: plain('Sure?') }];
    expect(render(blocks, { '': 'No <connection>.' })).toContain(
      '<p class="form-error" role="alert">No &lt;connection&gt;.</p>',
    );
    expect(render([input('why', { type: 'plain_text_input' })], { why: 'More.' })).not.toContain('form-error');
  });

  it('keeps what was typed with the block it was typed in, not with the place on the screen', () => {
    const key = (blocks: Record<string, unknown>[]) => render(blocks).match(/data-key="input-[^"]*"/g);
    const why = input('why', { type: 'plain_text_input' });
    expect(key([why])).toEqual(['data-key="input-why"']);
    expect(key([{ type: 'divider' }, why])).toEqual(['data-key="input-why"']);
  });
});
