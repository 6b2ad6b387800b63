import { type Rollout, rolloutName } from '../rollout/rollout.js';
import type { Rendered } from './blocks.js';

/** Far below every limit of Slack, whatever was refused. */
const MOST_CHARS = 1_200;
const MENTION = /<(?:@|!subteam\^)[A-Z0-9]+>/g;

/**
 * A message whose blocks Slack refused, as short plain text: its first lines say what happened and what to do, whoever it
 * mentions is still mentioned, and the last line says where the buttons are.
 */
export function asPlainText({ text }: Rendered, rollout: Pick<Rollout, 'plan' | 'run'>): Rendered {
  const lines = text.split('\n');
  let kept = lines;
  while (kept.length > 1 && kept.join('\n').length > MOST_CHARS) kept = kept.slice(0, -1);
  const short = kept.join('\n').slice(0, MOST_CHARS);
  const dropped = kept.length < lines.length || short.length < kept.join('\n').length;
  const mentions = [...new Set(text.match(MENTION) ?? [])].filter((mention) => !short.includes(mention));
  const all = [
    short,
    ...(dropped ? ['…'] : []),
    ...(mentions.length === 0 ? [] : [mentions.join(' ')]),
    `Slack did not take this message as it should look. Everything, with its buttons: /rollout status ${rolloutName(rollout)}`,
  ];
  return { text: all.join('\n'), blocks: [] };
}
