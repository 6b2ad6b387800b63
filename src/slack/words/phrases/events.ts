import { TARGET_SUBJECT } from '../../../rollout/health/assess.js';
import { checksOf } from '../../../rollout/health/in-force.js';
import type { Event, Saw } from '../../../rollout/state/events.js';
import type { Rollout } from '../../../rollout/state/rollout.js';
import { code, duration, escapeText } from '../text.js';
import { overrideWords } from './approvals.js';
import { checkAt, checkTitle, healthSummary, valueWords } from './checks.js';
import { exposureWords } from './exposure.js';
import { lookup } from './lookup.js';
import { membersMentioned } from './people.js';
import { causeWords, REASON_WORDS } from './reasons.js';

type Of<T extends Event['type']> = Extract<Event, { type: T }>;
type ApprovalEvent = Of<
  | 'approval_requested'
  | 'approval_recorded'
  | 'approval_denied'
  | 'approval_withdrawn'
  | 'approval_voided'
  | 'approval_expired'
>;
type MoveEvent = Of<'raise_ordered' | 'exposure_confirmed' | 'raise_failed' | 'exposure_restored' | 'drift_found'>;
type DownEvent = Of<
  'rollback_ordered' | 'rollback_confirmed' | 'rollback_overdue' | 'late_raise_seen' | 'late_raise_reported' | 'settled'
>;
type MeasureEvent = Of<
  | 'baseline_started'
  | 'baseline_captured'
  | 'baseline_missed'
  | 'bake_restarted'
  | 'reported'
  | 'report_asked'
  | 'summary_shown'
  | 'hold_noted'
  | 'hold_cleared'
>;
type HealthEvent = Of<'verdict_changed' | 'alert_opened' | 'alert_eased' | 'alert_closed' | 'acknowledged'>;

const DETAIL = 80;
/** Numbers repeated from a card; a line of the history is a line. */
const MOST_SEEN = 4;

function withDetail(words: string, detail: string): string {
  const shown = escapeText(detail, DETAIL);
  return shown === '' ? words : `${words} (${shown})`;
}

function saying(words: string, reason: string): string {
  const said = escapeText(reason, 120);
  return said === '' ? words : `${words}: “${said}”`;
}

/** One fact in one line. */
export function eventWords(rollout: Rollout, event: Event): string {
  switch (event.type) {
    case 'started':
      return startedWords(event);
    case 'rehearsed':
      return withDetail(
        `targets read ${exposureWords(rollout.plan, event.anchor)}, ready`,
        event.wayBack?.notes.join('; ') ?? '',
      );
    case 'channel_moved':
      return `Slack gave the channel another id: <#${event.to}>`;
    case 'announcement_refused':
      return `not started: ${REASON_WORDS.channel_refused} (${code(event.code)})`;
    case 'rehearsal_failed':
      return withDetail(`not started: ${REASON_WORDS[event.reason]}`, event.detail);
    case 'approval_requested':
    case 'approval_recorded':
    case 'approval_denied':
    case 'approval_withdrawn':
    case 'approval_voided':
    case 'approval_expired':
      return approvalWords(rollout, event);
    case 'raise_ordered':
    case 'exposure_confirmed':
    case 'raise_failed':
    case 'exposure_restored':
    case 'drift_found':
      return moveWords(rollout, event);
    case 'rollback_ordered':
    case 'rollback_confirmed':
    case 'rollback_overdue':
    case 'late_raise_seen':
    case 'late_raise_reported':
    case 'settled':
      return downWords(rollout, event);
    case 'verdict_changed':
    case 'alert_opened':
    case 'alert_eased':
    case 'alert_closed':
    case 'acknowledged':
      return healthWords(rollout, event);
    case 'people_called': {
      const called = event.mentions.length === 0 ? '' : `, called ${membersMentioned(event.mentions)}`;
      return `told the channel of alerts${called}`;
    }
    case 'baseline_started':
    case 'baseline_captured':
    case 'baseline_missed':
    case 'bake_restarted':
    case 'reported':
    case 'report_asked':
    case 'summary_shown':
    case 'hold_noted':
    case 'hold_cleared':
      return measureWords(rollout, event);
    default:
      return phaseWords(event);
  }
}

function startedWords({ note, entry, plan }: Of<'started'>): string {
  if (!entry) return saying('started', note);
  const stage = plan.stages[entry.stageNo - 1];
  const place = stage ? exposureWords(plan, stage.exposure) : `stage ${entry.stageNo}`;
  const again = saying(`started at ${place} again, run #${entry.run} fell by a false alarm`, entry.reason);
  return note === '' ? again : `${again}; ${saying('note', note)}`;
}

function approvalWords(rollout: Rollout, event: ApprovalEvent): string {
  switch (event.type) {
    case 'approval_requested': {
      const asked = `asked ${event.card ? 'again ' : ''}for ${exposureWords(rollout.plan, event.from)} → ${exposureWords(rollout.plan, event.to)}`;
      const over = overrideWords(event);
      return saying(over === '' ? asked : `${asked} by override (${over})`, event.reason);
    }
    case 'approval_recorded':
      return `${seeing(rollout, event.saw)}, ${event.granted ? 'complete' : 'more needed'}`;
    case 'approval_denied':
      return saying('denied', event.reason);
    case 'approval_withdrawn':
      return `took the approval back${event.raise ? '; the move is called back' : ''}`;
    case 'approval_voided':
      return withDetail(`request void: ${REASON_WORDS[event.reason]}`, event.detail);
    case 'approval_expired':
      return 'request expired';
    default:
      return event satisfies never;
  }
}

/** What stood on the card when it was clicked: `approved 10 % → 50 %, seeing 4 of 4 fine (Error rate 0.31 %), plan 3f9c1e`. */
function seeing(rollout: Rollout, { from, to, verdicts, numbers = {}, planHash }: Saw): string {
  const move = `approved ${exposureWords(rollout.plan, from)} → ${exposureWords(rollout.plan, to)}`;
  const shown = checksOf(rollout).flatMap((check) => {
    const value = lookup(numbers, check.name);
    return value === undefined ? [] : [`${checkTitle(check)} ${valueWords(check, value)}`];
  });
  const more = shown.length > MOST_SEEN ? [`and ${shown.length - MOST_SEEN} more`] : [];
  const read = shown.length === 0 ? '' : ` (${[...shown.slice(0, MOST_SEEN), ...more].join(', ')})`;
  const all = Object.values(verdicts);
  const health = all.length === 0 ? '' : `, seeing ${healthSummary(all)}${read}`;
  return `${move}${health}${planHash === '' ? '' : `, plan ${planHash.slice(0, 6)}`}`;
}

function moveWords(rollout: Rollout, event: MoveEvent): string {
  switch (event.type) {
    case 'raise_ordered':
      return saying(
        `raise ordered, ${exposureWords(rollout.plan, event.from)} → ${exposureWords(rollout.plan, event.to)}`,
        event.reason ?? '',
      );
    case 'exposure_confirmed':
      return `read back ${exposureWords(rollout.plan, event.exposure)}, bake begins`;
    case 'raise_failed':
      return withDetail(`raise given up: ${REASON_WORDS[event.reason]}`, event.detail);
    case 'exposure_restored':
      return withDetail(`read back ${exposureWords(rollout.plan, event.exposure)} again`, event.left ?? '');
    case 'drift_found':
      return withDetail(
        `found ${exposureWords(rollout.plan, event.found)}, expected ${exposureWords(rollout.plan, event.expected)}`,
        event.detail,
      );
    default:
      return event satisfies never;
  }
}

function downWords(rollout: Rollout, event: DownEvent): string {
  switch (event.type) {
    case 'rollback_ordered':
      return `rollback ordered, ${exposureWords(rollout.plan, event.from)} → ${exposureWords(rollout.plan, event.to)}: ${causeWords(rollout, event.cause)}`;
    case 'rollback_confirmed':
      return withDetail(
        `rolled back, read back ${exposureWords(rollout.plan, event.exposure)} after ${duration(event.tookMs)}`,
        event.left ?? '',
      );
    case 'rollback_overdue':
      return withDetail('rollback not read back in the promised time', event.detail);
    case 'late_raise_seen':
      return `found ${exposureWords(rollout.plan, event.found)} after the rollback, lowering again`;
    case 'late_raise_reported':
      return `a raise to ${exposureWords(rollout.plan, event.to)} ended after it was over, lowering again`;
    case 'settled':
      return 'targets stayed where they were put';
    default:
      return event satisfies never;
  }
}

function healthWords(rollout: Rollout, event: HealthEvent): string {
  if (event.type === 'acknowledged') return 'has it';
  const subject = event.type === 'verdict_changed' ? event.check : event.subject;
  const check = checkAt(rollout, subject);
  const name = check ? checkTitle(check) : subject === TARGET_SUBJECT ? 'the targets' : escapeText(subject, 40);
  const value = event.value === null || !check ? '' : ` at ${valueWords(check, event.value)}`;
  switch (event.type) {
    case 'verdict_changed':
      return withDetail(`${name}: ${event.from} → ${event.to}${value}`, event.why);
    case 'alert_opened':
      return `alert opened: ${name}, ${event.kind.replace('_', ' ')}${value}`;
    case 'alert_eased':
      return `alert eased: ${name}${value}`;
    case 'alert_closed':
      return `alert closed: ${name}${value}`;
    default:
      return event satisfies never;
  }
}

function measureWords(rollout: Rollout, event: MeasureEvent): string {
  const name = (subject: string): string => {
    const check = checkAt(rollout, subject);
    return check ? checkTitle(check) : subject === TARGET_SUBJECT ? 'the targets' : escapeText(subject, 40);
  };
  switch (event.type) {
    case 'baseline_started':
      return saying(event.no === 1 ? 'baseline: measuring' : 'baseline: measuring again', event.reason);
    case 'baseline_captured':
      return `baseline captured, ${event.readings} readings`;
    case 'baseline_missed':
      return withDetail('baseline not captured, the one before stays', event.detail);
    case 'bake_restarted':
      return `bake starts over after ${duration(event.observedMs)}: ${name(event.subject)}, ${event.why.replace('_', ' ')}`;
    case 'reported': {
      const check = checkAt(rollout, event.check);
      const value = check ? valueWords(check, event.value) : String(event.value);
      return saying(`reported ${name(event.check)} ${value}`, event.note);
    }
    case 'report_asked':
      return `asked for a report of ${name(event.check)}`;
    case 'summary_shown':
      return 'summary shown';
    case 'hold_noted':
      return `${name(event.check)} asks to hold`;
    case 'hold_cleared':
      return `${name(event.check)} no longer asks to hold`;
    default:
      return event satisfies never;
  }
}

function phaseWords(
  event: Of<
    | 'bake_passed'
    | 'completed'
    | 'paused'
    | 'held'
    | 'resumed'
    | 'bake_extended'
    | 'finished'
    | 'target_changed'
    | 'reminded'
  >,
): string {
  switch (event.type) {
    case 'bake_passed':
      return `bake complete after ${duration(event.observedMs)}`;
    case 'completed':
      return 'completed';
    case 'paused':
      return saying('paused', event.reason);
    case 'held':
      return withDetail(`held: ${REASON_WORDS[event.cause]}`, event.detail);
    case 'resumed':
      return saying(`going on, ${event.to}`, event.reason ?? '');
    case 'bake_extended':
      return saying(`bake extended by ${duration(event.byMs)}`, event.reason);
    case 'finished':
      return saying('finished early', event.reason);
    case 'target_changed':
      return withDetail(`held: ${REASON_WORDS.target_changed}`, event.detail);
    case 'reminded':
      return 'people reminded';
    default:
      return event satisfies never;
  }
}
