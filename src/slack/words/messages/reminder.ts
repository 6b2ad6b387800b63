import type { Message } from '../../../rollout/state/effects.js';
import { nextStage, type Phase, quorumOf, type Rollout } from '../../../rollout/state/rollout.js';
import { buttons, compose, lines, type Rendered } from '../blocks.js';
import { deniedWords } from '../phrases/approvals.js';
import { continueButton } from '../phrases/buttons.js';
import { title, typed } from '../phrases/commands.js';
import type { MessageContext } from '../phrases/context.js';
import { atWords, exposureWords } from '../phrases/exposure.js';
import { toDoWords } from '../phrases/items.js';
import { quorumNames, roleNames, voteCount } from '../phrases/people.js';
import { heldPlainly } from '../phrases/reasons.js';
import { byNow, stageLabel, stageWithQuorum } from '../phrases/stages.js';
import { bold, capital, lasted, moment, soon } from '../text.js';

/** Somebody may have come before this is posted. */
const WAITS_IN = {
  approval: 'awaiting_approval',
  begin: 'planned',
  advance: 'ready',
  resume: 'held',
} as const satisfies Record<ReminderMessage['waitingFor'], Phase>;

type ReminderMessage = Extract<Message, { template: 'reminder' }>;

/** Somebody is waited for: what for, since when, and the one thing to do. It names roles only and calls nobody again. */
export function renderReminder(
  { waitingFor, since, nobodyLeft, again }: ReminderMessage,
  { rollout, now }: MessageContext,
): Rendered {
  const waits = rollout.phase === WAITS_IN[waitingFor];
  const waited = `since ${moment(since)} (${lasted(now.getTime() - since.getTime())})`;
  return compose(`reminder:${rollout.id}:${rollout.seq}`, [
    lines(
      `${bold(`${again ? 'Asked again' : 'Still waiting'}: ${title(rollout)}`)} ${atWords(rollout.plan, rollout.exposure.confirmed)}`,
      again && waits
        ? 'The card above was no longer valid and is open again; every approval has to be given again.'
        : '',
      ...(waits ? waiting(rollout, waitingFor, waited, now) : [byNow(rollout)]),
      ...(nobodyLeft && waits ? stranded(rollout) : []),
    ),
    buttons(waits && waitingFor !== 'approval' ? continueButton(rollout) : null),
  ]);
}

/** The request would only expire: those who could grant it are gone, and waiting helps nobody. */
function stranded(rollout: Rollout): string[] {
  const quorum = rollout.request && quorumOf(rollout, rollout.request);
  const roles = quorum ? roleNames(quorum.roles, 'or') : 'the roles it needs';
  return [
    `${bold('Nobody is left who can approve')}: too few people are ${roles} now. A group was emptied, or people left.`,
    `What helps: operators put people into the group in Slack. Or end the request: ${typed('pause', rollout)}`,
  ];
}

function waiting(rollout: Rollout, waitingFor: ReminderMessage['waitingFor'], waited: string, now: Date): string[] {
  const { request, held } = rollout;
  const next = nextStage(rollout);
  switch (waitingFor) {
    case 'approval': {
      if (!request) return [`For approval ${waited}.`];
      const stage = rollout.plan.stages[request.stageNo - 1];
      const quorum = quorumOf(rollout, request);
      const who = quorum ? `: ${quorumNames(quorum)}, ${voteCount(quorum, request)}` : '';
      const toDo = toDoWords(rollout);
      return [
        `For approval of ${stage ? stageLabel(stage) : exposureWords(rollout.plan, request.to)}${who}`,
        toDo === '' ? '' : `To be done first: ${toDo}`,
        capital(`${waited}, expires ${soon(request.expiresAt, now)}`),
      ];
    }
    case 'begin': {
      const toDo = toDoWords(rollout);
      if (toDo === '') return ['Everything before the start is done', capital(waited), typed('advance', rollout)];
      return ['It begins when what is to be done before is done', toDo, capital(waited), typed('items', rollout)];
    }
    case 'advance': {
      const toDo = toDoWords(rollout);
      if (toDo !== '')
        return [
          next
            ? `Ready for ${stageWithQuorum(next)}, when what is to be done is done`
            : 'Completed when what is to be done is done',
          toDo,
          capital(waited),
          typed('items', rollout),
        ];
      return [
        next ? `Ready for ${stageWithQuorum(next)}` : 'Ready, with no stage left',
        deniedWords(rollout) === '' ? '' : `Denied ${deniedWords(rollout)}`,
        capital(waited),
        typed(next ? 'advance' : 'finish', rollout),
      ];
    }
    case 'resume':
      return [
        [`Paused ${waited}`, held ? heldPlainly(rollout, held) : ''].filter((words) => words !== '').join(': '),
        `${typed('resume', rollout)} or ${typed('rollback', rollout)}`,
      ];
    default:
      return waitingFor satisfies never;
  }
}
