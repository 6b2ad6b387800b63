import { rolloutName } from '../../../rollout/state/rollout.js';
import { buttons, compose, lines, type Rendered, small } from '../blocks.js';
import type { MessageContext } from '../phrases/context.js';
import { waysOnAfter } from '../phrases/fell.js';
import { checkButton, extendButton, finishButton, rollBackToButton } from '../phrases/form-buttons.js';
import { code, quoted } from '../text.js';
import { liveButtons, liveParts } from './live.js';

/** The live message as an answer, with the ids behind it. */
export function renderStatus(ctx: MessageContext & { readonly planFileDiffers?: boolean }): Rendered {
  const { rollout } = ctx;
  const ids = `${code(rolloutName(rollout))} · id ${rollout.id} · plan ${rollout.planHash.slice(0, 12)} · try ${rollout.stage.attempt} · event ${rollout.seq}`;
  const note = quoted(rollout.note);
  return compose(`status:${rollout.id}:${rollout.seq}`, [
    ...liveParts(ctx),
    lines(
      ctx.planFileDiffers ? 'The plan file has changed since; this rollout keeps to the plan it was started with.' : '',
      note === '' ? '' : `Note: ${note}`,
    ),
    ...waysOnAfter(rollout),
    small(ids),
    liveButtons(rollout),
    buttons(checkButton(rollout), rollBackToButton(rollout), extendButton(rollout), finishButton(rollout)),
  ]);
}
