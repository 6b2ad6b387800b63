import type { Message, RequestOutcome } from '../../rollout/effects.js';
import type { ApprovalRequest, Rollout } from '../../rollout/rollout.js';
import { buttons, compose, lines, type Rendered } from '../blocks.js';
import { bold, capital, clock, duration, escapeText, percent, quoted, soon } from '../text.js';
import type { MessageContext } from './context.js';
import { approveButtons } from './phrases/buttons.js';
import { healthSummary, numbersLine } from './phrases/checks.js';
import { title, typed } from './phrases/commands.js';
import { lookup } from './phrases/lookup.js';
import { actorName, listed, person, quorumMentioned, roleNames, voteCount } from './phrases/people.js';
import { REASON_WORDS } from './phrases/reasons.js';

type ApprovalMessage = Extract<Message, { template: 'approval_request' }>;

/** Asks for one move, with what stands behind it; decided in place, and then without buttons. */
export function renderApprovalRequest({ request, outcome }: ApprovalMessage, ctx: MessageContext): Rendered {
  const { rollout, now } = ctx;
  const open = outcome.kind === 'open';
  const asked = `asked by ${actorName(request.requestedBy)}`;
  const said = quoted(request.reason);
  return compose(`request:${request.id}:${outcome.kind}:${request.votes.length}`, [
    lines(
      `${bold(`${percent(request.from)} → ${percent(request.to)}`)} · ${title(rollout)}`,
      ...(open ? [] : [outcomeWords(rollout, request, outcome)]),
      said === '' ? capital(asked) : `${capital(asked)}: ${said}`,
    ),
    lines(healthThen(rollout, request), numbersLine(rollout.plan, request.numbers, request.verdicts)),
    ...(open ? [lines(...whoMay(rollout, request, now)), buttons(...approveButtons(rollout, request))] : []),
  ]);
}

function healthThen(rollout: Rollout, request: ApprovalRequest): string {
  const verdicts = rollout.plan.checks.map((check) => lookup(request.verdicts, check.name) ?? 'unknown');
  const health = verdicts.length === 0 ? '' : `Health when asked: ${healthSummary(verdicts)}`;
  const baked = request.stageNo > 1 && request.bakedMs > 0 ? `baked ${duration(request.bakedMs)}` : '';
  return [health, baked].filter((words) => words !== '').join(', ');
}

function whoMay(rollout: Rollout, request: ApprovalRequest, now: Date): string[] {
  const quorum = rollout.plan.stages[request.stageNo - 1]?.approve;
  const not = request.requestedBy.kind === 'slack' ? `, not ${actorName(request.requestedBy)}` : '';
  const who = quorum ? `Who may: ${quorumMentioned(rollout, quorum)}${not} · ${voteCount(quorum, request)}` : '';
  const so = request.votes.map((vote) => `${person(vote.userId)} (${roleNames(vote.roles)})`);
  return [
    who,
    so.length === 0 ? '' : `Approved so far: ${listed(so, 'and')}`,
    `Expires ${soon(request.expiresAt, now)} · plan ${request.planHash.slice(0, 6)}`,
  ];
}

function outcomeWords(
  rollout: Rollout,
  request: ApprovalRequest,
  outcome: Exclude<RequestOutcome, { kind: 'open' }>,
): string {
  switch (outcome.kind) {
    case 'granted':
      return `✔ ${bold('Approved')} ${granted(rollout, request)}`;
    case 'denied': {
      const said = quoted(outcome.reason);
      return `✖ ${bold('Denied')} by ${actorName(outcome.by)} at ${clock(outcome.at)}${said === '' ? '' : `: ${said}`}`;
    }
    case 'void': {
      const detail = escapeText(outcome.detail);
      const why = detail === '' ? '' : ` (${detail})`;
      return `✖ ${bold('Void')} since ${clock(outcome.at)}: ${REASON_WORDS[outcome.reason]}${why}`;
    }
    case 'expired':
      return `✖ ${bold('Expired')} at ${clock(outcome.at)}: nobody decided. Ask again: ${typed('advance', rollout)}`;
    case 'withdrawn':
      return `✖ ${bold('Withdrawn')} at ${clock(outcome.at)}: ${actorName(outcome.by)} paused the rollout`;
    default:
      return outcome satisfies never;
  }
}

function granted(rollout: Rollout, request: ApprovalRequest): string {
  const quorum = rollout.plan.stages[request.stageNo - 1]?.approve;
  const last = request.votes.at(-1);
  const who = request.votes.map((vote) => person(vote.userId));
  const at = last ? ` at ${clock(last.at)}` : '';
  return `${who.length === 0 ? '' : `by ${listed(who, 'and')}`}${at}${quorum ? ` (${voteCount(quorum, request)})` : ''}`.trim();
}
