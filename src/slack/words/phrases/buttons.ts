import type { Button } from '@slack/types';
import { safePlace } from '../../../rollout/moves/roll-back.js';
import type { RequestOutcome } from '../../../rollout/state/effects.js';
import { isListMet, listsInTheWay } from '../../../rollout/state/lists.js';
import {
  type ApprovalRequest,
  beginsLater,
  isExposed,
  isTerminal,
  nextStage,
  type Rollout,
} from '../../../rollout/state/rollout.js';
import { isLegal } from '../../../rollout/state/verbs.js';
import { oneLine } from '../text.js';
import { title } from './commands.js';
import { exposureWords, offWords, raiseWords } from './exposure.js';

/**
 * Buttons carry what they mean, not what was on screen: a request, a stage and its try, or the rollout. Those of a rollout
 * never go stale; those of a request or a stage are refused once it has moved on.
 */
export function button(verb: string, label: string, value: object, more: Partial<Button> = {}): Button {
  return {
    type: 'button',
    action_id: `rollout_${verb}`,
    text: { type: 'plain_text', text: label },
    value: JSON.stringify(value),
    ...more,
  };
}

/** On one line, cut to so many UTF-16 units as Slack and we count them, never to half a sign. */
export function fitting(text: string, units: number): string {
  const kept = oneLine(text, units).slice(0, units);
  return (kept.isWellFormed() ? kept : kept.slice(0, -1)).trimEnd();
}

/** Onwards, where there is an onwards: out of a hold, or to the next stage. */
export function continueButton(rollout: Rollout): Button | null {
  if (isLegal('resume', rollout.phase)) return button('resume', 'Resume', { rollout: rollout.id });
  return advanceButton(rollout);
}

/** What a button says that raises. */
export const ADVANCE = ['Advance to', 'Switch on'] as const;

/**
 * `Advance to 50 %`; `Go` of one that is planned; null unless it is ready for a next stage. Where nobody has to approve, asking is
 * going: it is offered once what comes before is done.
 */
export function advanceButton(rollout: Rollout): Button | null {
  const next = nextStage(rollout);
  if (!next || !isLegal('advance', rollout.phase)) return null;
  const isAsked = next.approve !== undefined || beginsLater(rollout);
  if ((rollout.phase === 'planned' || !isAsked) && !listsInTheWay(rollout).every(isListMet)) return null;
  if (rollout.phase === 'planned') return button('advance', 'Go', placeOf(rollout), { style: 'primary' });
  return button('advance', raiseWords(rollout.plan, next.exposure, ADVANCE), placeOf(rollout), {
    style: 'primary',
  });
}

/** Where it stands and at which try: refused once it has moved on. */
export function placeOf(rollout: Rollout): { rollout: number; stage: number; attempt: number } {
  return { rollout: rollout.id, stage: rollout.stage.no, attempt: rollout.stage.attempt };
}

export function pauseButton(rollout: Rollout): Button | null {
  return isLegal('pause', rollout.phase) ? button('pause', 'Pause', { rollout: rollout.id }) : null;
}

export function detailsButton(rollout: Rollout): Button {
  return button('status', 'Details', { rollout: rollout.id });
}

export function haveButton(rollout: Rollout): Button | null {
  return isLegal('have', rollout.phase) ? button('have', 'I have it', { rollout: rollout.id }) : null;
}

/** Users may get the change, or something is under way that could give it to them. */
export function isWorthRollingBack(rollout: Rollout): boolean {
  return isLegal('rollback', rollout.phase) && !(isTerminal(rollout.phase) && !isExposed(rollout));
}

/** There whenever it helps; it asks once, saying from where to where. */
export function rollbackButton(rollout: Rollout): Button | null {
  if (!isWorthRollingBack(rollout)) return null;
  const more: Partial<Button> = {
    style: 'danger',
    confirm: {
      title: { type: 'plain_text', text: rollout.phase === 'planned' ? 'Cancel it?' : 'Roll back?' },
      text: { type: 'mrkdwn', text: confirmWords(rollout), verbatim: true },
      confirm: { type: 'plain_text', text: rollout.phase === 'planned' ? 'Cancel it' : 'Roll back' },
      deny: { type: 'plain_text', text: 'Leave it' },
      style: 'danger',
    },
  };
  return button('rollback', rollout.phase === 'planned' ? 'Cancel' : 'Roll back', { rollout: rollout.id }, more);
}

function confirmWords(rollout: Rollout): string {
  if (rollout.phase === 'planned') return 'It was not begun and no target was touched: this cancels it.';
  const from = Math.max(rollout.exposure.confirmed, rollout.raise?.to ?? 0);
  const { to, ends } = safePlace(rollout, undefined);
  const place = to === 0 ? offWords(rollout.plan) : exposureWords(rollout.plan, to);
  // The title is cut short: escaping may make it five times as long, and Slack takes 300 characters here.
  const name = title({ ...rollout, plan: { ...rollout.plan, title: [...rollout.plan.title].slice(0, 36).join('') } });
  if (from <= to)
    return `${name}: users get ${exposureWords(rollout.plan, from)} now. This ends the rollout and makes sure of ${place}.`;
  return `${name}: from ${exposureWords(rollout.plan, from)} to ${place} at once${ends ? '.' : ', and paused there.'}`;
}

/** What can be done on a request's card: decide it, take an approval back, or ask again. */
export function requestButtons(rollout: Rollout, request: ApprovalRequest, kind: RequestOutcome['kind']): Button[] {
  switch (kind) {
    case 'open':
      return [...approveButtons(rollout, request), ...(request.votes.length > 0 ? [withdraw(rollout, request)] : [])];
    case 'granted':
      // Until the move is read back; then there is nothing left to take back but by a rollback.
      return rollout.raise?.request?.id === request.id ? [withdraw(rollout, request)] : [];
    case 'void':
    case 'expired':
      return canAskAgain(rollout, request) ? [button('advance', 'Ask again', placeOf(rollout))] : [];
    case 'denied':
    case 'withdrawn':
    case 'taken_back':
      return [];
    default:
      return kind satisfies never;
  }
}

/** Not for an override: the bake has gone on since, so it is asked for again with a new reason. */
function canAskAgain(rollout: Rollout, request: ApprovalRequest): boolean {
  return isLegal('advance', rollout.phase) && nextStage(rollout)?.no === request.stageNo && !request.override;
}

export function approveButtons(rollout: Rollout, request: ApprovalRequest): Button[] {
  const value = { request: request.id };
  const label = (does: string) => ({ accessibility_label: labelled(does, rollout, request) });
  return [
    button('approve', 'Approve', value, { style: 'primary', ...label('Approve raising') }),
    button('deny', 'Deny', value, label('Deny raising')),
  ];
}

function withdraw(rollout: Rollout, request: ApprovalRequest): Button {
  const accessibility_label = labelled('Withdraw my approval of', rollout, request);
  return button('withdraw', 'Withdraw', { request: request.id }, { accessibility_label });
}

function labelled(does: string, { plan }: Rollout, { from, to }: ApprovalRequest): string {
  return `${does} ${plan.name.slice(0, 30)} from ${exposureWords(plan, from)} to ${exposureWords(plan, to)}`.slice(
    0,
    75,
  );
}
