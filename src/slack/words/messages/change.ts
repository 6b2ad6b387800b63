import { stoppedBy } from '../../../rollout/health/assess.js';
import type { ChangeEvent } from '../../../rollout/state/change-events.js';
import type { Message } from '../../../rollout/state/effects.js';
import type { Rollout } from '../../../rollout/state/rollout.js';
import { compose, lines, type Rendered } from '../blocks.js';
import { stoppedWords } from '../phrases/bake.js';
import { checkAt, checkTitle, valueWords } from '../phrases/checks.js';
import type { MessageContext } from '../phrases/context.js';
import { atWords, exposureWords } from '../phrases/exposure.js';
import { ITEM_WORDS } from '../phrases/items.js';
import { actorName, roleMentioned } from '../phrases/people.js';
import { capital, duration, escapeText, quoted } from '../text.js';

type ChangeMessage = Extract<Message, { template: 'change' }>;

/** Who did what, and why, in one line of the thread. */
export function renderChange(message: ChangeMessage, context: MessageContext): Rendered {
  const { by, event } = message;
  const { rollout } = context;
  const { did, why, more = '' } = changeWords(context, message);
  const said = quoted(why);
  return compose(`change:${rollout.id}:${event.type}`, [
    lines(`${actorName(by)} ${did}${said === '' ? '' : `: ${said}`}`, more),
  ]);
}

interface Told {
  readonly did: string;
  readonly why: string;
  /** What follows from it, on a line of its own. */
  readonly more?: string;
}

function changeWords(context: MessageContext, { event, exposure }: ChangeMessage): Told {
  const { rollout } = context;
  const move = ({ from, to }: { from: number; to: number }): string =>
    `${exposureWords(rollout.plan, from)} → ${exposureWords(rollout.plan, to)}`;
  switch (event.type) {
    case 'raise_ordered':
      return { did: `ordered ${move(event)}`, why: event.reason ?? '' };
    case 'approval_recorded':
      return { did: `approved ${move(event.saw)}; more approvals are needed`, why: '' };
    case 'approval_denied':
      return { did: `denied ${move(event.saw)}`, why: event.reason, more: afterDenial(rollout, event) };
    case 'approval_withdrawn':
      return { did: `withdrew their approval${event.raise ? '; the move is called back' : ''}`, why: '' };
    case 'paused':
      return { did: `paused it ${atWords(rollout.plan, exposure)}`, why: event.reason };
    case 'resumed':
      return { did: `resumed it${resumedTo(context)}`, why: event.reason ?? '' };
    case 'bake_extended':
      return { did: `extended the bake by ${duration(event.byMs)}`, why: event.reason };
    case 'rollback_ordered':
      return { did: 'ordered the rollback once more', why: event.cause.note };
    case 'acknowledged':
      return { did: 'has it', why: '' };
    case 'baseline_started':
      return { did: 'has the baseline measured again', why: event.reason };
    case 'reported':
      return { did: `reported ${reported(rollout, event)}`, why: event.note };
    case 'item_changed': {
      const title = escapeText(event.title, 120);
      return {
        did: event.to === 'open' ? `opened ${title} again` : `says ${title}: ${ITEM_WORDS[event.to]}`,
        why: event.note,
      };
    }
    default:
      return event satisfies never;
  }
}

/** What was decided with a denial; who is to act next is called. */
function afterDenial(
  rollout: Rollout,
  { next, extendedByMs }: Extract<ChangeEvent, { type: 'approval_denied' }>,
): string {
  const parts = [
    extendedByMs === undefined ? '' : `the bake takes ${duration(extendedByMs)} longer`,
    next === undefined ? '' : `next: ${roleMentioned(rollout, next)}`,
  ];
  return capital(parts.filter((words) => words !== '').join(' · '));
}

/** What follows from it, as it is when the post is drawn; nothing where more has happened since. */
function resumedTo({ rollout, watch, now }: MessageContext): string {
  if (rollout.phase === 'ready') return '; it is ready';
  if (rollout.phase !== 'baking') return '';
  // While it was paused the clock stood still for that alone; what would stop it now, the last readings say.
  const stopped = watch && (watch.stopped ?? stoppedBy(watch, watch.streaks, now));
  const still = stoppedWords(rollout, watch && { ...watch, stopped }, now);
  return still === '' ? '; the bake goes on' : `; the bake stands still: ${still}`;
}

function reported(rollout: Rollout, { check: name, value }: Extract<ChangeEvent, { type: 'reported' }>): string {
  const check = checkAt(rollout, name);
  return check ? `${checkTitle(check)} ${valueWords(check, value)}` : `${escapeText(name, 40)} ${value}`;
}
