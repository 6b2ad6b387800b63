import { isStartOpen } from '../../rollout/moves/announcement.js';
import type { Addressed } from '../../rollout/state/audience.js';
import type { Message } from '../../rollout/state/effects.js';
import type { Rollout } from '../../rollout/state/rollout.js';
import { closesChannel, type TryLater } from '../connection/failures.js';
import type { Rendered } from '../words/blocks.js';
import type { Urgency } from './budget.js';

/** What is to be shown in one slot, and what is known of earlier tries. */
export interface Showing {
  readonly rollout: Rollout;
  readonly slot: string;
  readonly message: Message;
  /** Who hears of it, as its effect has it. */
  readonly addressed: Pick<Addressed, 'place' | 'still' | 'urgent'>;
  readonly rendered: Rendered;
  /** The same for a post that was made before and is gone; absent: no other words. */
  readonly repeated?: Rendered;
  /** Domain time, for the budgets. */
  readonly now: Date;
  /** An earlier try may have posted it without the answer reaching us: look before posting. */
  readonly mayBePosted: () => boolean | Promise<boolean>;
  /** How often this was tried in vain. */
  readonly failures: number;
  /** Its thread cannot be begun: it stands in the channel itself. */
  readonly rootless?: boolean;
  /** The effect that says so: what an older one says never replaces what a newer one said. Absent: a redraw. */
  readonly effect?: number;
  /** Shown to this person in a direct message, not in the channel. */
  readonly person?: string;
}

/** An edit that Slack does not answer, or a look, is given up for a post after this many tries. */
export const PATIENT_TRIES = 3;

/** An incident waits for no budget; drawings of the live message and copies for people leave the last edits to others. */
export function urgencyOf({ person, addressed: { urgent, place }, rollout }: Showing): Urgency {
  if (urgent) return 'urgent';
  // It decides whether the rollout starts at all, and the bot may have been invited a moment ago.
  if (place === 'root' && isStartOpen(rollout)) return 'first';
  return place === 'root' || person !== undefined ? 'spare' : 'normal';
}

/** The same for a new post. Replies hang on the live message: where that is gone, it is posted like any of them. */
export function postUrgencyOf(showing: Showing): Urgency {
  const urgency = urgencyOf(showing);
  return urgency === 'spare' && showing.addressed.place === 'root' ? 'normal' : urgency;
}

/** May this edit still come through, or would a new post meet the same? */
export function isToBeTriedAgain(refusal: TryLater, { addressed, failures }: Showing): boolean {
  const { remedy } = refusal;
  switch (remedy) {
    case 'token':
      return true;
    case null:
    case 'wait':
    case 'again':
      return !addressed.urgent || failures < PATIENT_TRIES;
    case 'tell_people':
      return closesChannel(refusal, 'edit');
    case 'post_new':
    case 'plain_text':
      return false;
    default:
      return remedy satisfies never;
  }
}

const REDRAW_MOST_MS = 60_000;
const REDRAW_LEAST_MS = 10_000;

/** A live message is drawn again this often without an event: once a minute, oftener in a bake that is over before that. */
export function redrawEveryMs(rollout: Rollout): number {
  const bakeMs = rollout.plan.stages[rollout.stage.no - 1]?.bakeMs ?? REDRAW_MOST_MS;
  return Math.min(REDRAW_MOST_MS, Math.max(REDRAW_LEAST_MS, bakeMs / 4));
}
