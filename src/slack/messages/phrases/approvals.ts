import type { RequestOutcome } from '../../../rollout/effects.js';
import { type ApprovalRequest, quorumOf, type Rollout } from '../../../rollout/rollout.js';
import { bold, clock, duration, escapeText, percent, quoted } from '../../text.js';
import { title } from './commands.js';
import { actorName, listed, person, voteCount } from './people.js';
import { REASON_WORDS } from './reasons.js';

type Decided = Exclude<RequestOutcome, { kind: 'open' }>;

/** `*10 % → 50 %* · New checkout`. */
export function moveLine(rollout: Rollout, request: ApprovalRequest): string {
  return `${bold(`${percent(request.from)} → ${percent(request.to)}`)} · ${title(rollout)}`;
}

/** `the bake is not over, 12 m of 4 h`; '' for a request that asks for nothing out of turn. */
export function overrideWords({ override }: Pick<ApprovalRequest, 'override'>): string {
  return override ? `the bake is not over, ${duration(override.observedMs)} of ${duration(override.neededMs)}` : '';
}

/** What became of a request, with its mark and in words. */
export function outcomeWords(rollout: Rollout, request: ApprovalRequest, outcome: Decided): string {
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
      return `✖ ${bold('Expired')} at ${clock(outcome.at)}: nobody decided`;
    case 'withdrawn':
      return `✖ ${bold('Withdrawn')} at ${clock(outcome.at)}: ${actorName(outcome.by)} paused the rollout`;
    case 'taken_back':
      return `✖ ${bold('Approval withdrawn')} by ${actorName(outcome.by)} at ${clock(outcome.at)}; the move was called back`;
    default:
      return outcome satisfies never;
  }
}

function granted(rollout: Rollout, request: ApprovalRequest): string {
  const quorum = quorumOf(rollout, request);
  const last = request.votes.at(-1);
  const who = request.votes.map((vote) => person(vote.userId));
  const at = last ? ` at ${clock(last.at)}` : '';
  return `${who.length === 0 ? '' : `by ${listed(who, 'and')}`}${at}${quorum ? ` (${voteCount(quorum, request)})` : ''}`.trim();
}
