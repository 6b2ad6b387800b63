import type { LastReading } from '../../../rollout/health/baseline.js';
import { checksOf } from '../../../rollout/health/in-force.js';
import { samePerson } from '../../../rollout/plan/actor.js';
import { shownAs } from '../../../rollout/plan/exposure.js';
import type { Quorum } from '../../../rollout/plan/plan.js';
import { inDoubt } from '../../../rollout/requirements/doubt.js';
import type { Message } from '../../../rollout/state/effects.js';
import { type ApprovalRequest, quorumOf, type Rollout } from '../../../rollout/state/rollout.js';
import { buttons, compose, lines, type Rendered } from '../blocks.js';
import { askedLines, moveLine, outcomeWords } from '../phrases/approvals.js';
import { requestButtons } from '../phrases/buttons.js';
import { healthNoted, numberLine, worstFirst } from '../phrases/checks.js';
import { links, typed } from '../phrases/commands.js';
import type { MessageContext } from '../phrases/context.js';
import { exposureOfWhom } from '../phrases/exposure.js';
import { rowsInTheWay, toDoWords } from '../phrases/items.js';
import { limitChanges } from '../phrases/limits.js';
import { lookup } from '../phrases/lookup.js';
import { actorName, listed, person, quorumMentioned, roleNames, voteCount, votesLeft } from '../phrases/people.js';
import { ownRequestWords } from '../phrases/templates.js';
import { wayBackWords } from '../phrases/way-back.js';
import { bold, duration, lasted, soon } from '../text.js';

/** Lines of numbers a card holds with everything else on it. */
const MOST_NUMBERS = 20;
/** Items that are not done, likewise. */
const MOST_ROWS = 12;

type ApprovalMessage = Extract<Message, { template: 'approval_request' }>;

/** Asks for one move, with what stands behind it; decided in place. What the approvers saw stays. */
export function renderApprovalRequest({ request, outcome }: ApprovalMessage, ctx: MessageContext): Rendered {
  const { rollout, watch, now } = ctx;
  const open = outcome.kind === 'open';
  return compose(`request:${request.id}:${outcome.kind}:${request.votes.length}`, [
    lines(
      ...(open ? ownRequestWords(rollout, request) : [moveLine(rollout, request)]),
      open ? '' : outcomeWords(rollout, request, outcome),
      ...askedLines(rollout, request, watch),
      open ? before(request) : '',
    ),
    lines(healthThen(rollout, request), ...numbers(rollout, request)),
    lines(...(open ? toDo(ctx) : [])),
    lines(...changes(rollout, request), open ? wayBack(rollout) : ''),
    lines(open ? links(rollout) : ''),
    ...(open ? [lines(...whoMay(rollout, request, now))] : []),
    buttons(...requestButtons(rollout, request, outcome.kind)),
  ]);
}

/** What is to be done before it goes, what is not done first. */
function toDo({ rollout, items }: MessageContext): string[] {
  const rows = items ? rowsInTheWay(rollout, items, MOST_ROWS) : [];
  return rows.length === 0 ? [] : [bold('To be done first'), ...rows];
}

/** Who approved on this card before it was void: for them it looks as if they had done their part. */
function before({ before: votes = [], votes: given }: ApprovalRequest): string {
  const again = votes.filter((vote) => !given.some((one) => samePerson(one, vote)));
  if (again.length === 0) return '';
  const who = listed(
    again.map((vote) => person(vote.userId)),
    'and',
  );
  return `${who} approved before this was asked again; the approval has to be given again`;
}

function wayBack(rollout: Rollout): string {
  const words = wayBackWords(rollout);
  return words === '' ? '' : `Way back: ${words}`;
}

function healthThen(rollout: Rollout, request: ApprovalRequest): string {
  const { checks } = rollout.plan;
  const verdicts = Object.fromEntries(
    checks.map(({ name }) => [name, lookup(request.verdicts, name) ?? 'unknown'] as const),
  );
  const health = checks.length === 0 ? '' : `Health when asked: ${healthNoted(verdicts, inDoubt(rollout, null))}`;
  const baked =
    request.stageNo > 1 && request.bakedMs > 0 && !request.override ? `baked ${duration(request.bakedMs)}` : '';
  return [health, baked].filter((words) => words !== '').join(', ');
}

function whoMay(rollout: Rollout, request: ApprovalRequest, now: Date): string[] {
  const quorum = quorumOf(rollout, request);
  const not = request.requestedBy.kind === 'slack' ? `, not ${actorName(request.requestedBy)}` : '';
  const who = quorum ? `Who may: ${quorumMentioned(rollout, quorum)}${not} · ${voteCount(quorum, request)}` : '';
  const so = request.votes.map((vote) => `${person(vote.userId)} (${roleNames(vote.roles)})`);
  return [
    who,
    so.length === 0 ? '' : `Approved so far: ${listed(so, 'and')}`,
    quorum ? approveDoes(rollout, request, quorum) : '',
    `Expires ${soon(request.expiresAt, now)}`,
  ];
}

/** What a click on Approve leads to. The raise looks at the checks once more, so it may still not go. */
function approveDoes(rollout: Rollout, request: ApprovalRequest, quorum: Quorum): string {
  const does =
    shownAs(rollout.plan, request.to).kind === 'on'
      ? 'it is switched on'
      : `it goes to ${exposureOfWhom(rollout.plan, request.to)}`;
  if (toDoWords(rollout) !== '') return `Approve: refused until what is to be done first is done; then ${does}`;
  const when = votesLeft(quorum, request) === 1 ? 'at once' : 'when enough have approved';
  return `Approve: ${does} ${when}, if the checks still hold`;
}

/** The numbers were judged by the limits of the stage they were read in, whatever stage it is by now. */
function asAsked(rollout: Rollout, { stageNo }: ApprovalRequest): Rollout {
  return { ...rollout, stage: { ...rollout.stage, no: rollout.entry && rollout.stage.no === 0 ? 0 : stageNo - 1 } };
}

/** What the click lets other limits do: a stage may be judged otherwise than the one before. */
function changes(rollout: Rollout, request: ApprovalRequest): string[] {
  const other = limitChanges(asAsked(rollout, request), request.stageNo);
  return other.length === 0 ? [] : [`${bold('Other limits in that stage')}`, ...other];
}

/**
 * Every number the approver decides on, the worst first, with its limits and its age when it was asked. Those that people
 * reported say so. A message holds so many; where the others are is said.
 */
function numbers(rollout: Rollout, request: ApprovalRequest): string[] {
  const { readings, verdicts, requestedAt } = request;
  const then = asAsked(rollout, request);
  const all = worstFirst(
    checksOf(then).map((check) => ({ check, verdict: lookup(verdicts, check.name) ?? ('unknown' as const) })),
  );
  const told = all.slice(0, MOST_NUMBERS).map(({ check, verdict }) => {
    const known = readings && lookup(readings, check.name);
    const value = known?.value ?? lookup(request.numbers, check.name);
    const noData = verdict === 'unknown' && known?.at === null;
    return numberLine(check, verdict, { value, noData, age: known ? ageWords(known, requestedAt) : '' });
  });
  const left = all.length - told.length;
  return left > 0 ? [...told, `and ${left} more: ${typed('why', rollout)}, ${typed('status', rollout)}`] : told;
}

function ageWords({ at, by }: LastReading, asked: Date): string {
  const age = at ? `${lasted(Math.max(0, asked.getTime() - at.getTime()))} old` : 'no number since';
  return by ? `reported by ${actorName(by)}, ${age}` : age;
}
