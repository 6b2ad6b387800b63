import type { Message } from '../../../rollout/state/effects.js';
import { isTerminal, type Rollout } from '../../../rollout/state/rollout.js';
import { compose, lines, type Rendered, small } from '../blocks.js';
import { moveLine, outcomeWords, overrideWords } from '../phrases/approvals.js';
import { typed } from '../phrases/commands.js';
import type { MessageContext } from '../phrases/context.js';
import { atWords, raiseWords } from '../phrases/exposure.js';
import { channel } from '../phrases/people.js';
import { phaseWord } from '../phrases/stages.js';

type OutcomeMessage = Extract<Message, { template: 'outcome' }>;

/** To the one who asked, in a direct message: what became of the request, what happens now, and where. */
export function renderOutcome({ request, outcome }: OutcomeMessage, { rollout }: MessageContext): Rendered {
  const over = overrideWords(request);
  return compose(`outcome:${request.id}:${outcome.kind}`, [
    lines(
      moveLine(rollout, request),
      outcomeWords(rollout, request, outcome),
      over === '' ? '' : `You asked for an override: ${over}`,
      now(rollout, request),
    ),
    small(`You asked for this in ${channel(rollout.channelId)}`),
  ]);
}

/** What is true when this is read, not what was when it was decided. */
function now(rollout: Rollout, { id, to }: OutcomeMessage['request']): string {
  const where = `${phaseWord(rollout.phase)} ${atWords(rollout.plan, rollout.exposure.confirmed)}.`;
  if (rollout.raise?.request?.id === id)
    return `${raiseWords(rollout.plan, to, ['Going to', 'Switching it on'])} now; the thread says when it is read back.`;
  if (rollout.phase === 'ready') return `It is ${where} To ask again: ${typed('advance', rollout)}`;
  if (rollout.phase === 'held') return `It is ${where} To go on: ${typed('resume', rollout)}`;
  if (isTerminal(rollout.phase)) return `This run is over, ${where}`;
  return `It is ${where} More: ${typed('why', rollout)}`;
}
