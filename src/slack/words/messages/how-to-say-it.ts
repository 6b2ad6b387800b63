import { compose, lines, type Rendered } from '../blocks.js';
import { code } from '../text.js';

export interface HowToSayIt {
  readonly why: 'edited' | 'not_first' | 'greeting';
}

/** To somebody who mentioned the bot in a message that is no command. Nothing was done. */
export function renderHowToSayIt({ why }: HowToSayIt): Rendered {
  if (why === 'greeting')
    return compose('how-to-say-it:greeting', [
      lines(
        'Hello. I take changes to everybody stage by stage, and back when a number breaks its limit.',
        `${code('/rollout help')} shows what you can do here, ${code('/rollout list')} what is under way, ${code('/rollout plans')} what could be started.`,
      ),
    ]);
  const said =
    why === 'edited'
      ? 'I do not read an edited message again, so the change did nothing. Write a new one.'
      : 'I read a mention as a command only where a new message begins with it, so nothing was done.';
  return compose(`how-to-say-it:${why}`, [
    lines(
      said,
      `Type ${code('/rollout help')} to see what you can do here, or begin with my name: ${code('@rollout status')}`,
    ),
  ]);
}
