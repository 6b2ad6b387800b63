import type { Button } from '@slack/types';
import { safePlace } from '../../../rollout/decide-rollback.js';
import { type ApprovalRequest, isExposed, isTerminal, type Rollout } from '../../../rollout/rollout.js';
import { isLegal } from '../../../rollout/transitions.js';
import { percent } from '../../text.js';
import { title } from './commands.js';
import { nextStage } from './stages.js';

/**
 * Buttons carry what they mean, not what was on screen: a request, a stage and its try, or the rollout. Those of a rollout
 * never go stale; those of a request or a stage are refused once it has moved on.
 */
function button(verb: string, label: string, value: object, more: Partial<Button> = {}): Button {
  return {
    type: 'button',
    action_id: `rollout_${verb}`,
    text: { type: 'plain_text', text: label },
    value: JSON.stringify(value),
    ...more,
  };
}

/** Onwards, where there is an onwards: out of a hold, or to the next stage. */
export function continueButton(rollout: Rollout): Button | null {
  if (isLegal('resume', rollout.phase)) return button('resume', 'Continue', { rollout: rollout.id });
  return advanceButton(rollout);
}

/** `Advance to 50 %`; null unless the rollout is ready for a next stage. */
export function advanceButton(rollout: Rollout): Button | null {
  const next = nextStage(rollout);
  if (!next || !isLegal('advance', rollout.phase)) return null;
  const value = { rollout: rollout.id, stage: rollout.stageNo, attempt: rollout.attempt };
  return button('advance', `Advance to ${percent(next.exposure)}`, value, { style: 'primary' });
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

/** There whenever users may get the change, or anything is under way that could give it to them. */
export function rollbackButton(rollout: Rollout): Button | null {
  if (!isLegal('rollback', rollout.phase) || (isTerminal(rollout.phase) && !isExposed(rollout))) return null;
  const more: Partial<Button> = {
    style: 'danger',
    confirm: {
      title: { type: 'plain_text', text: 'Roll back?' },
      text: { type: 'mrkdwn', text: confirmWords(rollout) },
      confirm: { type: 'plain_text', text: 'Roll back' },
      deny: { type: 'plain_text', text: 'Leave it' },
      style: 'danger',
    },
  };
  return button('rollback', 'Roll back', { rollout: rollout.id }, more);
}

function confirmWords(rollout: Rollout): string {
  const from = Math.max(rollout.confirmed, rollout.raise?.to ?? 0);
  const { to, ends } = safePlace(rollout, undefined);
  const place = to === 0 ? `${percent(0)} (off)` : percent(to);
  // The title is cut short: escaping may make it five times as long, and Slack takes 300 characters here.
  const name = title({ ...rollout, plan: { ...rollout.plan, title: [...rollout.plan.title].slice(0, 36).join('') } });
  if (from <= to) return `${name}: users get ${percent(from)} now. This ends the rollout and makes sure of ${place}.`;
  return `${name}: from ${percent(from)} to ${place} at once${ends ? '.' : ', and held there.'}`;
}

export function approveButtons(rollout: Rollout, request: ApprovalRequest): Button[] {
  const move = `${percent(request.from)} to ${percent(request.to)}`;
  return [
    button(
      'approve',
      'Approve',
      { request: request.id },
      {
        ...{
          style: 'primary',
          accessibility_label: `Approve raising ${rollout.plan.name.slice(0, 30)} from ${move}`.slice(0, 75),
        },
      },
    ),
    button(
      'deny',
      'Deny',
      { request: request.id },
      {
        accessibility_label: `Deny raising ${rollout.plan.name.slice(0, 30)} from ${move}`.slice(0, 75),
      },
    ),
  ];
}
