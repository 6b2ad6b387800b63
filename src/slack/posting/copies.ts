import type { ContextBlock, KnownBlock, SectionBlock } from '@slack/types';
import type { Copy } from '../../store/direct.js';
import { type Rendered, withNote } from '../words/blocks.js';
import { channelRefused } from '../words/phrases/channel-refused.js';
import { person } from '../words/phrases/people.js';
import { link, spoken } from '../words/text.js';

/** A post of the channel as one person is shown it: the same words and buttons, and why they come this way. */
export function asCopy(rendered: Rendered, copy: Copy, channelId: string): Rendered {
  if (copy.kind === 'lost') return withNote(rendered, `I cannot post in <#${channelId}>: ${channelRefused(copy.code)}`);
  const thread = copy.link === null ? '' : ` · ${link(copy.link, 'open its thread')}`;
  return withPlace(rendered, `In <#${channelId}>${thread}`);
}

/** What was for one person alone, in the thread, because they cannot be written to directly. */
export function asInstead(rendered: Rendered, userId: string): Rendered {
  return withNote(rendered, `${person(userId)} cannot be written to directly, so it is said here`);
}

/** The first line says what this is about; the next one where it belongs. */
function withPlace({ text, blocks }: Rendered, place: string): Rendered {
  const [first, ...others] = blocks;
  const [head = '', ...said] = text.split('\n');
  return {
    text: [head, spoken(place), ...said].join('\n'),
    blocks: first?.type === 'section' ? [...parted(first, place), ...others] : [small(place, 'copy'), ...blocks],
  };
}

function parted(section: SectionBlock, place: string): KnownBlock[] {
  const id = section.block_id ?? 'message';
  const [head = '', ...rest] = (section.text?.text ?? '').split('\n');
  return [
    { ...section, text: { type: 'mrkdwn', text: head, verbatim: true } },
    small(place, id),
    ...(rest.length === 0 ? [] : [below(rest.join('\n'), id)]),
  ];
}

function small(line: string, id: string): ContextBlock {
  return { type: 'context', block_id: `${id}:place`, elements: [{ type: 'mrkdwn', text: line, verbatim: true }] };
}

function below(words: string, id: string): SectionBlock {
  return { type: 'section', block_id: `${id}:rest`, text: { type: 'mrkdwn', text: words, verbatim: true } };
}
