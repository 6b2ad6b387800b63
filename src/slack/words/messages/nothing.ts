import { isReason } from '../../../rollout/plan/reasons.js';
import type { Rollout } from '../../../rollout/state/rollout.js';
import { compose, lines, type Rendered } from '../blocks.js';
import { title } from '../phrases/commands.js';
import { atWords } from '../phrases/exposure.js';
import { REASON_WORDS } from '../phrases/reasons.js';
import { phaseWord } from '../phrases/stages.js';
import { escapeText } from '../text.js';

export interface NothingAnswer {
  /** Why there was nothing to do: a reason's code, or plain words. */
  readonly note: string;
  readonly rollout: Rollout;
}

/** Accepted, and nothing had to be done. */
export function renderNothing({ note, rollout }: NothingAnswer): Rendered {
  const words = isReason(note) ? REASON_WORDS[note] : escapeText(note);
  const stands = `${title(rollout)} is ${phaseWord(rollout.phase)} ${atWords(rollout.plan, rollout.exposure.confirmed)}.`;
  return compose(`nothing:${rollout.id}:${rollout.seq}`, [lines(`Nothing to do: ${words}. ${stands}`)]);
}
