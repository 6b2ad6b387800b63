import type { KnownBlock, ModalView } from '@slack/types';
import { codeBlocks, lines, type Rendered, viewBlocks } from '../words/blocks.js';
import { bold, oneLine } from '../words/text.js';
import { plain } from './fields.js';

const TITLE_CHARS = 24;

/**
 * Shown in place of a form that was refused: why, the buttons for what can be done next, and the person's own text, to copy. There is
 * nothing left to submit, so it only has Close.
 */
export function renderFormAnswer(verbTitle: string, rendered: Rendered, typed: string): ModalView {
  const said = rendered.blocks.length > 0 ? rendered.blocks : viewBlocks('answer', [lines(rendered.text)]);
  return {
    type: 'modal',
    title: plain(oneLine(verbTitle, TITLE_CHARS) || 'Not done'),
    close: plain('Close'),
    blocks: [...said, ...kept(typed)],
  };
}

function kept(typed: string): KnownBlock[] {
  if (typed.trim() === '') return [];
  return [...viewBlocks('typed', [lines(bold('What you typed, to copy:'))]), ...codeBlocks('typed:words', typed)];
}
