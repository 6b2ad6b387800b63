import type { StagePlan } from '../../../rollout/plan/plan.js';
import { bakeNeededMs, type Rollout } from '../../../rollout/state/rollout.js';
import type { Verb } from '../../../rollout/state/verbs.js';
import { compose, lines, type Rendered } from '../blocks.js';
import { toMrkdwn } from '../inline.js';
import { spelled } from '../phrases/bake.js';
import { checkAt, checkTitle, valueWords } from '../phrases/checks.js';
import { title, typed } from '../phrases/commands.js';
import { atWords, exposureWords, raiseWords } from '../phrases/exposure.js';
import { itemsLeft, toDoWords } from '../phrases/items.js';
import { channel, listed, person, roleNames } from '../phrases/people.js';
import { insteadWords, readBackOf } from '../phrases/rollback.js';
import { phaseWord, stageLabel } from '../phrases/stages.js';
import { untriedWords } from '../phrases/way-back.js';
import { clock, escapeText } from '../text.js';

/** So few are read; the rest is in the plan. */
const MOST_STAGES = 5;

export interface DoneAnswer {
  readonly verb: Verb;
  /** As it stands after the command. */
  readonly rollout: Rollout;
  /** A fact to add: who was skipped, what was assumed. */
  readonly note?: string;
  /** Who can approve the stages that ask for it: Slack user ids. */
  readonly approvers?: readonly Approvers[];
  /** Who the plan names and cannot do anything here, and why. */
  readonly skipped?: readonly Skipped[];
}

interface Approvers {
  readonly stage: StagePlan;
  readonly people: readonly string[];
}

interface Skipped {
  readonly role: string;
  readonly id: string;
  readonly why: string;
}

/** One line to the one who asked: what will happen now, and where it shows. */
export function renderDone({ verb, rollout, note, approvers = [], skipped = [] }: DoneAnswer): Rendered {
  const words = `${title(rollout)}: ${outcome(verb, rollout)}`;
  return compose(`done:${verb}:${rollout.id}:${rollout.seq}`, [
    lines(
      words,
      verb === 'rollback' ? toMrkdwn(insteadWords(rollout)) : '',
      note ? escapeText(note) : '',
      ...approvalLines(approvers),
      skippedLine(skipped),
    ),
  ]);
}

function approvalLines(approvers: readonly Approvers[]): string[] {
  const shown = approvers.slice(0, MOST_STAGES).map(({ stage, people }) => {
    return `Can approve ${stageLabel(stage)}: ${people.length === 0 ? 'nobody now' : listed(people.map(person), 'or')}`;
  });
  const more = approvers.length - MOST_STAGES;
  return [...shown, more > 0 ? `and ${more} more stages` : ''];
}

function skippedLine(skipped: readonly Skipped[]): string {
  const named = skipped.map(({ id, why, role }) => `${person(id)} (${escapeText(why, 60)}, ${roleNames([role])})`);
  return named.length === 0 ? '' : `Skipped: ${listed(named, 'and')}`;
}

function outcome(verb: Verb, rollout: Rollout): string {
  switch (verb) {
    case 'start':
      return started(rollout);
    case 'advance':
      return advanced(rollout);
    case 'approve':
      return rollout.request ? 'your approval is on record; more are needed.' : advanced(rollout);
    case 'deny':
      return denied(rollout);
    case 'withdraw':
      return withdrawn(rollout);
    case 'pause':
      return `paused ${atWords(rollout.plan, rollout.exposure.confirmed)}. Go on with ${typed('resume', rollout)}`;
    case 'resume':
      return `resumed, ${phaseWord(rollout.phase)} ${atWords(rollout.plan, rollout.exposure.confirmed)}.`;
    case 'extend':
      return `the bake now takes ${spelled(bakeNeededMs(rollout))}.`;
    case 'finish':
      return `ended ${atWords(rollout.plan, rollout.exposure.confirmed)}, not watched any more. Take it back with ${typed('rollback', rollout)}`;
    case 'rollback':
      return rolledBack(rollout);
    case 'baseline':
      return `measuring the baseline again for ${spelled(rollout.plan.baselineMs ?? 0)}; the thread shows it.`;
    case 'report':
      return `noted${lastReport(rollout)}; it counts from the next reading.`;
    case 'have':
      return 'noted that you have it; the thread says so.';
    case 'done':
    case 'fail':
    case 'reopen':
    case 'waive':
      return `noted; ${itemsLeft(rollout)}`;
    case 'run':
      return 'started; its card says what comes of it.';
    case 'items':
    case 'output':
    case 'status':
    case 'why':
    case 'check':
    case 'list':
    case 'plans':
    case 'alerts':
    case 'history':
    case 'help':
      return `${phaseWord(rollout.phase)} ${atWords(rollout.plan, rollout.exposure.confirmed)}.`;
    default:
      return verb satisfies never;
  }
}

/** As it is now: what becomes of the exposure was decided with it, or was all that could still be done. */
function denied(rollout: Rollout): string {
  return rollout.phase === 'rolling_back' ? rolledBack(rollout) : 'denied; the request in the thread says so.';
}

function started(rollout: Rollout): string {
  const { channelId, plan } = rollout;
  if (rollout.phase === 'planned')
    return `planned; nothing is touched before what is to be done is done: ${toDoWords(rollout)}. Then ${typed('advance', rollout)}. Followed in ${channel(channelId)}.`;
  const not = untriedWords(plan);
  const back = not === '' ? '' : ` The way back: ${not}.`;
  return `starting; targets and checks are read first. Followed in ${channel(channelId)}.${back}`;
}

function withdrawn(rollout: Rollout): string {
  const {
    request,
    exposure: { confirmed },
  } = rollout;
  return request
    ? `your approval ${raiseWords(rollout.plan, request.to, ['of', 'to switch it on'])} is withdrawn; the request stays open.`
    : `your approval is withdrawn; the move is called back to ${exposureWords(rollout.plan, confirmed)}. The thread says when it is read back.`;
}

function advanced(rollout: Rollout): string {
  if (rollout.request)
    return `approval ${raiseWords(rollout.plan, rollout.request.to, ['of', 'to switch it on'])} is asked for in the thread.`;
  if (rollout.raise)
    return `${raiseWords(rollout.plan, rollout.raise.to, ['going to', 'switching it on'])} now; the thread says when it is read back.`;
  if (rollout.phase === 'starting') return 'begun; targets and checks are read first.';
  return `${phaseWord(rollout.phase)} ${atWords(rollout.plan, rollout.exposure.confirmed)}.`;
}

function rolledBack(rollout: Rollout): string {
  const { rollback } = rollout;
  if (rollout.phase === 'not_started') return 'cancelled; it had not begun, and no target was touched.';
  if (!rollback) return 'rolling back; the thread says when it is read back.';
  const before = rollback.first && readBackOf(rollout, rollback);
  if (before)
    return `it was at ${exposureWords(rollout.plan, rollback.to)} already, read back at ${clock(before.at)}; ordered once more to be sure.`;
  const move = `from ${exposureWords(rollout.plan, rollback.from)} to ${exposureWords(rollout.plan, rollback.to)}`;
  return rollback.confirmedAt
    ? `rolled back ${move} and read back.`
    : `rolling back ${move} now; the thread says when it is read back.`;
}

/** The number as it was understood: a slip of a finger is seen at once. */
function lastReport(rollout: Rollout): string {
  const [latest] = Object.entries(rollout.health.reports).toSorted(([, a], [, b]) => b.at.getTime() - a.at.getTime());
  const check = latest && checkAt(rollout, latest[0]);
  return latest && check ? `, ${checkTitle(check)} ${valueWords(check, latest[1].value)}` : '';
}
