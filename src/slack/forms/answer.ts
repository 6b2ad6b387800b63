import type { KnownBlock, ModalView } from '@slack/types';
import { codeBlocks, lines, type Rendered, viewBlocks } from '../blocks.js';
import { bold, oneLine } from '../text.js';
import { plain } from './fields.js';

const TITLE_CHARS = 24;

/**
 * After a form that was refused: why, and, so that nothing is lost, what the person had typed. Buttons are left out: in a
 * form they would have no message to answer in.
 */
export function renderFormAnswer(verbTitle: string, rendered: Rendered, typed: string): ModalView {
  const shown = rendered.blocks.filter((block) => block.type !== 'actions');
  const said = shown.length > 0 ? shown : viewBlocks('answer', [lines(rendered.text)]);
  return {
    ...{ type: 'modal', title: plain(oneLine(verbTitle, TITLE_CHARS) || 'Not done'), close: plain('Close') },
    blocks: [...said, ...kept(typed)],
  };
}

function kept(typed: string): KnownBlock[] {
  if (typed.trim() === '') return [];
  return [...viewBlocks('typed', [lines(bold('What you typed, to copy:'))]), ...codeBlocks('typed:words', typed)];
}
