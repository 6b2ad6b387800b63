import type { NothingBecause } from '../../../rollout/state/nothing.js';
import type { Rollout } from '../../../rollout/state/rollout.js';
import { compose, lines, type Rendered } from '../blocks.js';
import { title } from '../phrases/commands.js';
import { atWords } from '../phrases/exposure.js';
import { NOTHING_WORDS } from '../phrases/nothing.js';
import { phaseWord } from '../phrases/stages.js';

export interface NothingAnswer {
  readonly because: NothingBecause;
  readonly rollout: Rollout;
}

/** Accepted, and nothing had to be done. */
export function renderNothing({ because, rollout }: NothingAnswer): Rendered {
  const stands = `${title(rollout)} is ${phaseWord(rollout.phase)} ${atWords(rollout.plan, rollout.exposure.confirmed)}.`;
  return compose(`nothing:${rollout.id}:${rollout.seq}`, [
    lines(`Nothing to do: ${NOTHING_WORDS[because]}. ${stands}`),
  ]);
}
