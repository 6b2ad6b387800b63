import type { Message } from '../../rollout/effects.js';
import type { Rollout } from '../../rollout/rollout.js';
import { buttons, compose, lines, type Rendered } from '../blocks.js';
import { bold, capital, lasted, moment, percent, soon } from '../text.js';
import type { MessageContext } from './context.js';
import { continueButton } from './phrases/buttons.js';
import { title, typed } from './phrases/commands.js';
import { quorumNames, voteCount } from './phrases/people.js';
import { heldWords } from './phrases/reasons.js';
import { nextStage, stageLabel, stageWithQuorum } from './phrases/stages.js';

type ReminderMessage = Extract<Message, { template: 'reminder' }>;

/** Somebody is waited for: what for, since when, and the one thing to do. */
export function renderReminder({ waitingFor, since }: ReminderMessage, { rollout, now }: MessageContext): Rendered {
  const waited = `since ${moment(since)} (${lasted(now.getTime() - since.getTime())})`;
  return compose(`reminder:${rollout.id}:${rollout.seq}`, [
    lines(
      `${bold(`Still waiting: ${title(rollout)}`)} at ${percent(rollout.confirmed)}`,
      ...waits(rollout, waitingFor, waited, now),
    ),
    buttons(waitingFor === 'approval' ? null : continueButton(rollout)),
  ]);
}

function waits(rollout: Rollout, waitingFor: ReminderMessage['waitingFor'], waited: string, now: Date): string[] {
  const { request, held } = rollout;
  const next = nextStage(rollout);
  switch (waitingFor) {
    case 'approval': {
      if (!request) return [`For approval ${waited}.`];
      const stage = rollout.plan.stages[request.stageNo - 1];
      const who = stage?.approve ? `: ${quorumNames(stage.approve)}, ${voteCount(stage.approve, request)}` : '';
      return [
        `For approval of ${stage ? stageLabel(stage) : percent(request.to)}${who}`,
        capital(`${waited}, expires ${soon(request.expiresAt, now)}`),
      ];
    }
    case 'advance':
      return [
        next ? `Ready for ${stageWithQuorum(next)}` : 'Ready, with no stage left',
        capital(waited),
        typed(next ? 'advance' : 'finish', rollout),
      ];
    case 'resume':
      return [
        `Held ${waited}${held ? `: ${heldWords(held)}` : ''}`,
        `${typed('resume', rollout)} or ${typed('rollback', rollout)}`,
      ];
    default:
      return waitingFor satisfies never;
  }
}
