import type { KnownBlock, ModalView } from '@slack/types';
import { codeBlocks, lines, type Rendered, viewBlocks } from '../words/blocks.js';
import { bold, oneLine } from '../words/text.js';
import { plain } from './fields.js';

const TITLE_CHARS = 24;

/**
 * After a form that was refused: why, with the buttons that lead on, and, so that nothing is lost, what the person had
 * typed. There is nothing to send any more: only Close is at the bottom.
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
