import type { Message } from '../../rollout/state/effects.js';
import { type Rollout, rolloutName } from '../../rollout/state/rollout.js';
import type { Rendered } from './blocks.js';
import { withoutHalfMark } from './text.js';

/** Far below every limit of Slack, whatever was refused; what is copied by hand comes on top. */
const MOST_CHARS = 1_200;
const MOST_CODE_CHARS = 2_000;
const MENTION = /<(?:@|!subteam\^)[A-Z0-9]+>/g;
const FENCE = '```';

interface About {
  readonly message: Message;
  readonly rollout: Pick<Rollout, 'plan' | 'run'>;
}

/**
 * A message whose blocks Slack refused, as short plain text: its first lines say what happened and what to do, whoever it
 * mentions is still mentioned, and the last line says how to go on. What people copy by hand stands whole or not at
 * all: half a statement may do more than the whole one.
 */
export function asPlainText({ text, blocks }: Rendered, { message, rollout }: About): Rendered {
  const code = codeIn(blocks);
  // Where the plain words lack it, they were too long for it: it stands below them.
  const [before = '', ...rest] = code === '' ? [text] : text.split(code);
  const above = shortened(before.split('\n'), MOST_CHARS);
  const below = shortened(rest.join(code).split('\n'), MOST_CHARS - above.text.length);
  const said = [above.text, below.text].join('\n');
  const fenced = code !== '' && code.length <= MOST_CODE_CHARS;
  const mentions = [...new Set(text.match(MENTION) ?? [])].filter((mention) => !said.includes(mention));
  const all = [
    above.text,
    fenced ? `${FENCE}\n${code}\n${FENCE}` : '',
    below.text,
    above.cut || below.cut || (code !== '' && !fenced) ? '…' : '',
    mentions.join(' '),
    `Slack did not take this message as it should look. ${goOn(message, rolloutName(rollout))}`,
  ];
  return { text: all.filter((line) => line !== '').join('\n'), blocks: [] };
}

/** Where what is missing here is shown. */
function goOn(message: Message, name: string): string {
  return message.template === 'approval_request' && message.outcome.kind === 'open'
    ? `To see it with its buttons: /rollout approve ${name}`
    : `How it stands, with buttons: /rollout status ${name}`;
}

/** What is set as code in the blocks, as the plain words have it. */
function codeIn(blocks: Rendered['blocks']): string {
  for (const block of blocks) {
    const words = block.type === 'section' ? (block.text?.text ?? '') : '';
    if (words.startsWith(`${FENCE}\n`) && words.endsWith(`\n${FENCE}`)) return words.slice(4, -4);
  }
  return '';
}

/** As many whole lines as fit; of a first one that is too long as much as fits, without half a mention or entity. */
function shortened(lines: readonly string[], chars: number): { readonly text: string; readonly cut: boolean } {
  const said = lines.filter((line) => line.trim() !== '');
  const kept = [...said];
  while (kept.length > 1 && kept.join('\n').length > chars) kept.pop();
  const text = kept.join('\n');
  if (text.length <= chars) return { text, cut: kept.length < said.length };
  const cut = text.slice(0, Math.max(0, chars));
  return {
    text: withoutHalfMark(cut.replace(/[\uD800-\uDBFF]$/, '')),
    cut: true,
  };
}
