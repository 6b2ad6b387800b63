import type { Watch } from '../../../rollout/health/assess.js';
import type { RequestOutcome } from '../../../rollout/state/effects.js';
import { type ApprovalRequest, quorumOf, type Rollout } from '../../../rollout/state/rollout.js';
import { bold, clock, duration, quoted } from '../text.js';
import { isOutwaited } from './bake.js';
import { title } from './commands.js';
import { inBrackets } from './details.js';
import { beginsWords, exposureOfWhom, exposureWords } from './exposure.js';
import { actorName, listed, person, roleNames, voteCount } from './people.js';
import { REASON_WORDS } from './reasons.js';

type Decided = Exclude<RequestOutcome, { kind: 'open' }>;

/** `*10 % → 50 %* · New checkout`. */
export function moveLine(rollout: Rollout, request: ApprovalRequest): string {
  return `${bold(`${exposureOfWhom(rollout.plan, request.from)} → ${exposureOfWhom(rollout.plan, request.to)}`)} · ${title(rollout)}`;
}

/** `the bake is not over, 12 m of 4 h`; '' for a request that asks for nothing out of turn. */
export function overrideWords({ override }: Pick<ApprovalRequest, 'override'>, isOver = false): string {
  if (!override) return '';
  const progress = `${duration(override.observedMs)} of ${duration(override.neededMs)}`;
  return isOver ? `asked at ${progress}; the bake is over by now` : `the bake is not over, ${progress}`;
}

/** The same of the request that is open now, whose bake may have ended while people decide. */
export function openOverride(rollout: Rollout, request: ApprovalRequest, watch: Watch | null): string {
  return overrideWords(request, rollout.request?.id === request.id && isOutwaited(rollout, watch));
}

/** `*Called a false alarm: run #3 was rolled back. Begins at 50 %, skips 10 %*`; '' for any other request. */
export function falseAlarmWords(rollout: Rollout, request: ApprovalRequest): string {
  const { entry, plan } = rollout;
  if (!entry || !reenters(rollout, request)) return '';
  const skipped = plan.stages
    .filter((stage) => stage.no < entry.stageNo)
    .map((stage) => exposureWords(rollout.plan, stage.exposure));
  const skips = skipped.length === 0 ? '' : `, skips ${listed(skipped, 'and')}`;
  const said = entry.reason === request.reason ? '' : quoted(entry.reason);
  const head = bold(
    `Called a false alarm: run #${entry.run} was rolled back. ${beginsWords(rollout.plan, request.to, 'Begins')}${skips}`,
  );
  return said === '' ? head : `${head}, ${said}`;
}

/** It asks for the stage that a false alarm took away; once that was denied, what is asked is a first stage like any other. */
function reenters(
  { entry, exposure: { anchor }, request: open }: Rollout,
  { id, stageNo, from }: ApprovalRequest,
): boolean {
  if (!entry || stageNo !== entry.stageNo || from > (anchor ?? 0)) return false;
  return !(entry.denied && open?.id === id);
}

/** What is out of the ordinary about a request, then who asks and why: the same wherever it is shown. */
export function askedLines(rollout: Rollout, request: ApprovalRequest, watch: Watch | null): string[] {
  const over = openOverride(rollout, request, watch);
  return [over === '' ? '' : bold(`OVERRIDE: ${over}`), falseAlarmWords(rollout, request), `Asked ${askedBy(request)}`];
}

/** `by @opal: “numbers look good”`, `by @opal in advance (advance: auto)`. */
export function askedBy({ requestedBy, reason, auto }: ApprovalRequest): string {
  if (auto) return `by ${actorName(requestedBy)} in advance (advance: auto)`;
  const said = quoted(reason);
  return `by ${actorName(requestedBy)}${said === '' ? '' : `: ${said}`}`;
}

/** What became of a request, with its mark and in words. */
export function outcomeWords(rollout: Rollout, request: ApprovalRequest, outcome: Decided): string {
  switch (outcome.kind) {
    case 'granted':
      return `✔ ${bold('Approved')} ${granted(rollout, request)}`;
    case 'denied': {
      const said = quoted(outcome.reason);
      const more = [
        outcome.extendedByMs === undefined ? '' : `the bake takes ${duration(outcome.extendedByMs)} longer`,
        outcome.next === undefined ? '' : `next: ${roleNames([outcome.next])}`,
      ].filter((words) => words !== '');
      const ends = more.length === 0 ? '' : ` · ${more.join(' · ')}`;
      return `✖ ${bold('Denied')} by ${actorName(outcome.by)} at ${clock(outcome.at)}${said === '' ? '' : `: ${said}`}${ends}`;
    }
    case 'void':
      return `✖ ${bold('No longer valid')} since ${clock(outcome.at)}: ${REASON_WORDS[outcome.reason]}${inBrackets(rollout, outcome.detail)}`;
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

/** `by @lea at 14:02: “not tonight” · next: qa`; '' where nothing was denied since the last move or request. */
export function deniedWords({ denied }: Rollout): string {
  if (!denied) return '';
  const said = quoted(denied.reason);
  const next = denied.next === null ? '' : ` · next: ${roleNames([denied.next])}`;
  return `by ${actorName(denied.by)} at ${clock(denied.at)}${said === '' ? '' : `: ${said}`}${next}`;
}

function granted(rollout: Rollout, request: ApprovalRequest): string {
  const quorum = quorumOf(rollout, request);
  const last = request.votes.at(-1);
  const who = request.votes.map((vote) => person(vote.userId));
  const at = last ? ` at ${clock(last.at)}` : '';
  return `${who.length === 0 ? '' : `by ${listed(who, 'and')}`}${at}${quorum ? ` (${voteCount(quorum, request)})` : ''}`.trim();
}
