import { isTerminal, type Rollout, rolloutName } from '../../../rollout/state/rollout.js';
import { buttonsAndMenu, compose, lines, type MessagePart, type Rendered, small } from '../blocks.js';
import { button, continueButton, pauseButton, rollbackButton } from '../phrases/buttons.js';
import type { MessageContext } from '../phrases/context.js';
import { checkButton, extendButton, finishButton, rollBackToButton } from '../phrases/form-buttons.js';
import { waysOnAfter } from '../phrases/last-run-rolled-back.js';
import { code, quoted } from '../text.js';
import { liveParts } from './live.js';

/** The live message as an answer, with the name to type and everything that can be done. */
export function renderStatus(ctx: MessageContext & { readonly planFileDiffers?: boolean }): Rendered {
  const { rollout } = ctx;
  const note = quoted(rollout.note);
  return compose(`status:${rollout.id}:${rollout.seq}`, [
    ...liveParts(ctx),
    lines(
      ctx.planFileDiffers ? 'The plan file has changed since; this rollout keeps to the plan it was started with.' : '',
      note === '' ? '' : `Note: ${note}`,
    ),
    ...waysOnAfter(rollout),
    small(code(rolloutName(rollout))),
    everyButton(rollout),
  ]);
}

/** What is done in a hurry is in view; what is chosen at leisure is behind `⋯`. */
function everyButton(rollout: Rollout): MessagePart {
  const refresh = isTerminal(rollout.phase) ? null : button('status', 'Refresh', { rollout: rollout.id });
  return buttonsAndMenu(
    [continueButton(rollout), pauseButton(rollout), rollbackButton(rollout), checkButton(rollout)],
    [rollBackToButton(rollout), extendButton(rollout), finishButton(rollout), refresh],
  );
}
