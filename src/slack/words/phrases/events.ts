import { checksOf } from '../../../rollout/health/in-force.js';
import type { Event, EventOf, EventType, Saw } from '../../../rollout/state/events.js';
import type { Rollout } from '../../../rollout/state/rollout.js';
import type { Step } from '../../../rollout/state/steps.js';
import { code, duration, escapeText } from '../text.js';
import { overrideWords } from './approvals.js';
import { checkAt, checkTitle, healthSummary, valueWords } from './checks.js';
import { inBrackets, subjectWords } from './details.js';
import { exposureWords } from './exposure.js';
import { lookup } from './lookup.js';
import { membersMentioned } from './people.js';
import { causeWords, REASON_WORDS } from './reasons.js';

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

type Words<E extends Event> = (event: E, rollout: Rollout) => string;

/** One fact in one line. */
export function eventWords(rollout: Rollout, event: Event): string {
  // The compiler does not see that a line of the table and its event go together.
  const words = WORDS[event.type] as Words<Event>;
  return words(event, rollout);
}

function startedWords({ note, entry, plan }: EventOf<'started'>): string {
  if (!entry) return saying('started', note);
  const stage = plan.stages[entry.stageNo - 1];
  const place = stage ? exposureWords(plan, stage.exposure) : `stage ${entry.stageNo}`;
  const again = saying(`started at ${place} again, run #${entry.run} was rolled back by a false alarm`, entry.reason);
  return note === '' ? again : `${again}; ${saying('note', note)}`;
}

function stepName({ no, name }: Step): string {
  return `step ${no}, ${escapeText(name, 60)}`;
}

function valueAt(rollout: Rollout, subject: string, value: number | null): string {
  const check = checkAt(rollout, subject);
  return value === null || !check ? '' : ` at ${valueWords(check, value)}`;
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

/** The line of each event. One that has none does not compile. */
const WORDS = {
  started(event) {
    return startedWords(event);
  },
  rehearsed(event, rollout) {
    return withDetail(
      `targets read ${exposureWords(rollout.plan, event.anchor)}, ready`,
      event.wayBack?.notes.join('; ') ?? '',
    );
  },
  channel_moved(event) {
    return `Slack gave the channel another id: <#${event.to}>`;
  },
  announcement_refused(event) {
    return `not started: ${REASON_WORDS.channel_refused} (${code(event.code)})`;
  },
  rehearsal_failed(event, rollout) {
    return `not started: ${REASON_WORDS[event.reason]}${inBrackets(rollout, event.detail, DETAIL)}`;
  },
  people_called(event) {
    const called = event.mentions.length === 0 ? '' : `, called ${membersMentioned(event.mentions)}`;
    return `told the channel of alerts${called}`;
  },
  approval_requested(event, rollout) {
    const asked = `asked ${event.card ? 'again ' : ''}for ${exposureWords(rollout.plan, event.from)} → ${exposureWords(rollout.plan, event.to)}`;
    const over = overrideWords(event);
    return saying(over === '' ? asked : `${asked} by override (${over})`, event.reason);
  },
  approval_recorded(event, rollout) {
    return `${seeing(rollout, event.saw)}, ${event.granted ? 'complete' : 'more needed'}`;
  },
  approval_denied(event) {
    return saying('denied', event.reason);
  },
  approval_withdrawn(event) {
    return `withdrew the approval${event.raise ? '; the move is called back' : ''}`;
  },
  approval_voided(event, rollout) {
    return `request void: ${REASON_WORDS[event.reason]}${inBrackets(rollout, event.detail, DETAIL)}`;
  },
  approval_expired() {
    return 'request expired';
  },
  raise_ordered(event, rollout) {
    return saying(
      `raise ordered, ${exposureWords(rollout.plan, event.from)} → ${exposureWords(rollout.plan, event.to)}`,
      event.reason ?? '',
    );
  },
  exposure_confirmed(event, rollout) {
    return `read back ${exposureWords(rollout.plan, event.exposure)}, bake begins`;
  },
  raise_failed(event, rollout) {
    return `raise given up: ${REASON_WORDS[event.reason]}${inBrackets(rollout, event.detail, DETAIL)}`;
  },
  exposure_restored(event, rollout) {
    return withDetail(`read back ${exposureWords(rollout.plan, event.exposure)} again`, event.left ?? '');
  },
  drift_found(event, rollout) {
    return withDetail(
      `found ${exposureWords(rollout.plan, event.found)}, expected ${exposureWords(rollout.plan, event.expected)}`,
      event.detail,
    );
  },
  rollback_ordered(event, rollout) {
    return `rollback ordered, ${exposureWords(rollout.plan, event.from)} → ${exposureWords(rollout.plan, event.to)}: ${causeWords(rollout, event.cause)}`;
  },
  rollback_confirmed(event, rollout) {
    return withDetail(
      `rolled back, read back ${exposureWords(rollout.plan, event.exposure)} after ${duration(event.tookMs)}`,
      event.left ?? '',
    );
  },
  rollback_overdue() {
    return 'rollback not read back in the promised time';
  },
  late_raise_seen(event, rollout) {
    return `found ${exposureWords(rollout.plan, event.found)} after the rollback, lowering again`;
  },
  late_raise_reported(event, rollout) {
    return `a raise to ${exposureWords(rollout.plan, event.to)} ended after it was over, lowering again`;
  },
  settled() {
    return 'targets stayed where they were put';
  },
  step_started({ step }) {
    return `${stepName(step)}: started`;
  },
  step_done({ step, way }) {
    return `${stepName(step)}: ${way === 'do' ? 'done' : 'undone'}`;
  },
  step_failed({ step, way, detail }) {
    return withDetail(`${stepName(step)}: ${way === 'do' ? 'failed' : 'not undone yet'}`, detail);
  },
  verdict_changed(event, rollout) {
    return withDetail(
      `${subjectWords(rollout, event.check)}: ${event.from} → ${event.to}${valueAt(rollout, event.check, event.value)}`,
      event.why,
    );
  },
  alert_opened(event, rollout) {
    return `alert opened: ${subjectWords(rollout, event.subject)}, ${event.kind.replace('_', ' ')}${valueAt(rollout, event.subject, event.value)}`;
  },
  alert_eased(event, rollout) {
    return `alert eased: ${subjectWords(rollout, event.subject)}${valueAt(rollout, event.subject, event.value)}`;
  },
  alert_closed(event, rollout) {
    return `alert closed: ${subjectWords(rollout, event.subject)}${valueAt(rollout, event.subject, event.value)}`;
  },
  baseline_started(event) {
    return saying(event.no === 1 ? 'baseline: measuring' : 'baseline: measuring again', event.reason);
  },
  baseline_captured(event) {
    return `baseline captured, ${event.readings} readings`;
  },
  baseline_missed(event, rollout) {
    return `baseline not captured, the one before stays${inBrackets(rollout, event.detail, DETAIL)}`;
  },
  bake_restarted(event, rollout) {
    return `bake starts over after ${duration(event.observedMs)}: ${subjectWords(rollout, event.subject)}, ${event.why.replace('_', ' ')}`;
  },
  reported(event, rollout) {
    const check = checkAt(rollout, event.check);
    const value = check ? valueWords(check, event.value) : String(event.value);
    return saying(`reported ${subjectWords(rollout, event.check)} ${value}`, event.note);
  },
  report_asked(event, rollout) {
    return `asked for a report of ${subjectWords(rollout, event.check)}`;
  },
  summary_shown() {
    return 'summary shown';
  },
  hold_noted(event, rollout) {
    return `${subjectWords(rollout, event.check)} asks to pause`;
  },
  hold_cleared(event, rollout) {
    return `${subjectWords(rollout, event.check)} no longer asks to pause`;
  },
  bake_passed(event) {
    return `bake complete after ${duration(event.observedMs)}`;
  },
  completed() {
    return 'completed';
  },
  paused(event) {
    return saying('paused', event.reason);
  },
  held(event, rollout) {
    return `paused: ${REASON_WORDS[event.cause]}${inBrackets(rollout, event.detail, DETAIL)}`;
  },
  resumed(event) {
    return saying(`resumed, ${event.to}`, event.reason ?? '');
  },
  bake_extended(event) {
    return saying(`bake extended by ${duration(event.byMs)}`, event.reason);
  },
  finished(event) {
    return saying('finished early', event.reason);
  },
  target_changed(event) {
    return withDetail(`paused: ${REASON_WORDS.target_changed}`, event.detail);
  },
  reminded() {
    return 'people reminded';
  },
  acknowledged() {
    return 'has it';
  },
} satisfies { readonly [T in EventType]: Words<EventOf<T>> };
