import type { Verb } from '../../rollout/authority.js';
import type { Rollout } from '../../rollout/rollout.js';
import { bakeNeededMs } from '../../rollout/rollout.js';
import { compose, lines, type Rendered } from '../blocks.js';
import { escapeText, percent } from '../text.js';
import { spelled } from './phrases/bake.js';
import { title, typed } from './phrases/commands.js';
import { channel } from './phrases/people.js';
import { phaseWord } from './phrases/stages.js';

export interface DoneAnswer {
  readonly verb: Verb;
  /** As it stands after the command. */
  readonly rollout: Rollout;
  /** A fact to add: who was skipped, what was assumed. */
  readonly note?: string;
}

/** One line to the one who asked: what will happen now, and where it shows. */
export function renderDone({ verb, rollout, note }: DoneAnswer): Rendered {
  const words = `${title(rollout)}: ${outcome(verb, rollout)}`;
  return compose(`done:${verb}:${rollout.id}:${rollout.seq}`, [lines(words, note ? escapeText(note) : '')]);
}

function outcome(verb: Verb, rollout: Rollout): string {
  switch (verb) {
    case 'start':
      return `starting; targets and checks are read first. Followed in ${channel(rollout.channelId)}.`;
    case 'advance':
      return advanced(rollout);
    case 'approve':
      return rollout.request ? 'your approval is on record; more are needed.' : advanced(rollout);
    case 'deny':
      return 'denied; the request in the thread says so.';
    case 'pause':
      return `paused at ${percent(rollout.confirmed)}. Go on with ${typed('resume', rollout)}`;
    case 'resume':
      return `going on, ${phaseWord(rollout.phase)} at ${percent(rollout.confirmed)}.`;
    case 'extend':
      return `the bake now takes ${spelled(bakeNeededMs(rollout))}.`;
    case 'finish':
      return `ended at ${percent(rollout.confirmed)}, not watched any more. Take it back with ${typed('rollback', rollout)}`;
    case 'rollback':
      return rolledBack(rollout);
    case 'have':
      return 'noted that you have it; the thread says so.';
    case 'status':
    case 'why':
    case 'list':
    case 'history':
    case 'help':
      return `${phaseWord(rollout.phase)} at ${percent(rollout.confirmed)}.`;
    default:
      return verb satisfies never;
  }
}

function advanced(rollout: Rollout): string {
  if (rollout.request) return `approval of ${percent(rollout.request.to)} is asked for in the thread.`;
  if (rollout.raise) return `going to ${percent(rollout.raise.to)} now; the thread says when it is read back.`;
  return `${phaseWord(rollout.phase)} at ${percent(rollout.confirmed)}.`;
}

function rolledBack({ rollback }: Rollout): string {
  if (!rollback) return 'rolling back; the thread says when it is read back.';
  const move = `from ${percent(rollback.from)} to ${percent(rollback.to)}`;
  return rollback.confirmedAt
    ? `rolled back ${move} and read back.`
    : `rolling back ${move} now; the thread says when it is read back.`;
}
