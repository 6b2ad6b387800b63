import { checksOf } from '../../../rollout/health/in-force.js';
import type { Event, EventOf, EventType, Saw } from '../../../rollout/state/events.js';
import type { Rollout } from '../../../rollout/state/rollout.js';
import type { Step } from '../../../rollout/state/steps.js';
import { type Inline, marked, type Phrase, say } from '../inline.js';
import { duration, theirs } from '../text.js';
import { overrideWords } from './approvals.js';
import { checkAt, checkTitle, healthSummary, valuePlain, valueWords } from './checks.js';
import { bracketsSaid, subjectPlain } from './details.js';
import { exposureWords } from './exposure.js';
import { ITEM_WORDS } from './items.js';
import { lookup } from './lookup.js';
import { membersMentioned } from './people.js';
import { causeSaid, REASON_WORDS } from './reasons.js';
import { ALERT_WORDS } from './stages.js';
import { unknownWords } from './why-unknown.js';

const DETAIL = 80;
const ITEM_CHARS = 120;
/** Numbers repeated from a card; a line of the history is a line. */
const MOST_SEEN = 4;

function withDetail(words: Phrase, detail: string): Phrase {
  const shown = theirs(detail, DETAIL);
  return shown === '' ? words : say`${words} (${shown})`;
}

/** In the name of who started, who said so in advance by starting this plan. */
function byItself(words: Phrase): Phrase {
  return say`${words}, by itself (advance: auto)`;
}

function saying(words: Phrase, reason: string): Phrase {
  const said = theirs(reason, 120);
  return said === '' ? words : say`${words}: “${said}”`;
}

type WordsOf<E extends Event> = (event: E, rollout: Rollout) => Phrase;

/** One fact in one line. */
export function eventWords(rollout: Rollout, event: Event): Phrase {
  // The compiler does not see that a line of the table and its event go together.
  const words = WORDS[event.type] as WordsOf<Event>;
  return words(event, rollout);
}

function startedWords({ note, entry, plan }: EventOf<'started'>): Phrase {
  if (!entry) return saying(say`started`, note);
  const stage = plan.stages[entry.stageNo - 1];
  const place = stage ? exposureWords(plan, stage.exposure) : `stage ${entry.stageNo}`;
  const again = saying(
    say`started at ${place} again, run #${String(entry.run)} was rolled back by a false alarm`,
    entry.reason,
  );
  return note === '' ? again : say`${again}; ${saying(say`note`, note)}`;
}

function stepName({ no, name }: Step): string {
  return `step ${no}, ${theirs(name, 60)}`;
}

function valueAt(rollout: Rollout, subject: string, value: number | null): Inline {
  const check = checkAt(rollout, subject);
  return value === null || !check ? '' : ` at ${valuePlain(check, value)}`;
}

/** What stood on the card when it was clicked: `approved 10 % → 50 %, seeing 4 of 4 fine (Error rate 0.31 %)`. */
function seeing(rollout: Rollout, { from, to, verdicts, numbers }: Saw): Phrase {
  const move = say`approved ${exposureWords(rollout.plan, from)} → ${exposureWords(rollout.plan, to)}`;
  const shown = checksOf(rollout).flatMap((check) => {
    const value = lookup(numbers, check.name);
    return value === undefined ? [] : [`${checkTitle(check)} ${valueWords(check, value)}`];
  });
  const more = shown.length > MOST_SEEN ? [`and ${shown.length - MOST_SEEN} more`] : [];
  const read = shown.length === 0 ? '' : ` (${[...shown.slice(0, MOST_SEEN), ...more].join(', ')})`;
  const all = Object.values(verdicts);
  const health = all.length === 0 ? '' : `, seeing ${healthSummary(all)}${read}`;
  return say`${move}${marked(health)}`;
}

/** The line of each event. One that has none does not compile. */
const WORDS = {
  started(event) {
    return startedWords(event);
  },
  rehearsed(event, rollout) {
    return withDetail(
      say`targets read ${exposureWords(rollout.plan, event.anchor)}, ready`,
      event.wayBack?.notes.join('; ') ?? '',
    );
  },
  channel_moved(event) {
    return say`Slack gave the channel another id: ${{ kind: 'channel', id: event.to }}`;
  },
  announcement_refused(event, rollout) {
    return say`not started: ${REASON_WORDS.channel_refused}${bracketsSaid(rollout, { kind: 'channel', code: event.code })}`;
  },
  rehearsal_failed(event, rollout) {
    return say`not started: ${REASON_WORDS[event.reason]}${bracketsSaid(rollout, event.detail, DETAIL)}`;
  },
  people_called(event) {
    const called = event.mentions.length === 0 ? '' : `, called ${membersMentioned(event.mentions)}`;
    return say`told the channel of alerts${marked(called)}`;
  },
  approval_requested(event, rollout) {
    const asked = say`asked ${event.card ? 'again ' : ''}for ${exposureWords(rollout.plan, event.from)} → ${exposureWords(rollout.plan, event.to)}`;
    if (event.auto) return byItself(asked);
    const over = overrideWords(event);
    return saying(over === '' ? asked : say`${asked} by override (${over})`, event.reason);
  },
  approval_recorded(event, rollout) {
    return say`${seeing(rollout, event.saw)}, ${event.granted ? 'complete' : 'more needed'}`;
  },
  approval_denied(event) {
    const next = event.next === undefined ? '' : `, next: ${theirs(event.next, 40)}`;
    return saying(say`denied${next}`, event.reason);
  },
  approval_withdrawn(event) {
    return say`withdrew the approval${event.raise ? '; the move is called back' : ''}`;
  },
  approval_voided(event, rollout) {
    return say`request no longer valid: ${REASON_WORDS[event.reason]}${bracketsSaid(rollout, event.detail, DETAIL)}`;
  },
  approval_expired() {
    return say`request expired`;
  },
  raise_ordered(event, rollout) {
    const ordered = say`raise ordered, ${exposureWords(rollout.plan, event.from)} → ${exposureWords(rollout.plan, event.to)}`;
    return event.auto ? byItself(ordered) : saying(ordered, event.reason ?? '');
  },
  exposure_confirmed(event, rollout) {
    return say`read back ${exposureWords(rollout.plan, event.exposure)}, bake begins`;
  },
  raise_failed(event, rollout) {
    return say`raise failed: ${REASON_WORDS[event.reason]}${bracketsSaid(rollout, event.detail, DETAIL)}`;
  },
  exposure_restored(event, rollout) {
    return withDetail(say`read back ${exposureWords(rollout.plan, event.exposure)} again`, event.left ?? '');
  },
  drift_found(event, rollout) {
    return withDetail(
      say`found ${exposureWords(rollout.plan, event.found)}, expected ${exposureWords(rollout.plan, event.expected)}`,
      event.detail,
    );
  },
  rollback_ordered(event, rollout) {
    return say`rollback ordered, ${exposureWords(rollout.plan, event.from)} → ${exposureWords(rollout.plan, event.to)}: ${causeSaid(rollout, event.cause)}`;
  },
  rollback_confirmed(event, rollout) {
    return withDetail(
      say`rolled back, read back ${exposureWords(rollout.plan, event.exposure)} after ${duration(event.tookMs)}`,
      event.left ?? '',
    );
  },
  rollback_overdue() {
    return say`rollback not read back in the promised time`;
  },
  late_raise_seen(event, rollout) {
    return say`found ${exposureWords(rollout.plan, event.found)} after the rollback, lowering again`;
  },
  late_raise_reported(event, rollout) {
    return say`a raise to ${exposureWords(rollout.plan, event.to)} ended after it was over, lowering again`;
  },
  settled() {
    return say`targets stayed where they were put`;
  },
  step_started({ step }) {
    return say`${stepName(step)}: started`;
  },
  step_done({ step, way }) {
    return say`${stepName(step)}: ${way === 'do' ? 'done' : 'undone'}`;
  },
  step_failed({ step, way, detail }) {
    return withDetail(say`${stepName(step)}: ${way === 'do' ? 'failed' : 'not undone yet'}`, detail);
  },
  verdict_changed(event, rollout) {
    return withDetail(
      say`${subjectPlain(rollout, event.check)}: ${event.from} → ${event.to}${valueAt(rollout, event.check, event.value)}`,
      unknownWords(event.why),
    );
  },
  alert_opened(event, rollout) {
    return say`alert opened: ${subjectPlain(rollout, event.subject)}, ${ALERT_WORDS[event.kind]}${valueAt(rollout, event.subject, event.value)}`;
  },
  alert_eased(event, rollout) {
    return say`alert eased: ${subjectPlain(rollout, event.subject)}${valueAt(rollout, event.subject, event.value)}`;
  },
  alert_closed(event, rollout) {
    return say`alert closed: ${subjectPlain(rollout, event.subject)}${valueAt(rollout, event.subject, event.value)}`;
  },
  baseline_started(event) {
    return saying(event.no === 1 ? say`baseline: measuring` : say`baseline: measuring again`, event.reason);
  },
  baseline_captured(event) {
    return say`baseline captured, ${String(event.readings)} readings`;
  },
  baseline_missed(event, rollout) {
    return say`baseline not captured, the one before stays${bracketsSaid(rollout, event.detail, DETAIL)}`;
  },
  bake_restarted(event, rollout) {
    return say`bake starts over after ${duration(event.observedMs)}: ${subjectPlain(rollout, event.subject)}, ${ALERT_WORDS[event.why]}`;
  },
  reported(event, rollout) {
    const check = checkAt(rollout, event.check);
    const value = check ? valuePlain(check, event.value) : String(event.value);
    return saying(say`reported ${subjectPlain(rollout, event.check)} ${value}`, event.note);
  },
  report_asked(event, rollout) {
    return say`asked for a report of ${subjectPlain(rollout, event.check)}`;
  },
  summary_shown() {
    return say`summary shown`;
  },
  hold_noted(event, rollout) {
    return say`${subjectPlain(rollout, event.check)} asks to pause`;
  },
  hold_cleared(event, rollout) {
    return say`${subjectPlain(rollout, event.check)} no longer asks to pause`;
  },
  bake_passed(event) {
    return say`bake complete after ${duration(event.observedMs)}`;
  },
  completed() {
    return say`completed`;
  },
  paused(event) {
    return saying(say`paused`, event.reason);
  },
  held(event, rollout) {
    return say`paused: ${REASON_WORDS[event.cause]}${bracketsSaid(rollout, event.detail, DETAIL)}`;
  },
  resumed(event) {
    return saying(say`resumed, ${event.to}`, event.reason ?? '');
  },
  bake_extended(event) {
    return saying(say`bake extended by ${duration(event.byMs)}`, event.reason);
  },
  finished(event) {
    return saying(say`finished early`, event.reason);
  },
  item_changed(event) {
    const did = event.to === 'open' ? 'opened again' : ITEM_WORDS[event.to];
    const words = say`${theirs(event.title, ITEM_CHARS)}: ${did}`;
    // How a run ended is said by nobody.
    const byTheBot = event.was === 'running' || event.to === 'stale';
    return byTheBot && event.note !== '' ? say`${words}: ${theirs(event.note, ITEM_CHARS)}` : saying(words, event.note);
  },
  owners_asked(event) {
    const roles = [...new Set(event.lists.flatMap(({ owners }) => owners))];
    return say`called ${theirs(roles.join(', '), 200)} for what is left to do`;
  },
  lists_closed() {
    return say`what was to be done afterwards is closed after 30 days`;
  },
  item_started(event) {
    return say`${theirs(event.title, ITEM_CHARS)}: started`;
  },
  item_signed(event) {
    return saying(say`${theirs(event.title, ITEM_CHARS)}: signed`, event.note);
  },
  begun(event) {
    return saying(say`begun: what was to be done before it is done`, event.reason);
  },
  first_stage_waits() {
    return say`read and written back; the first stage waits for what is to be done before it`;
  },
  cancelled(event) {
    return saying(say`cancelled before it began`, event.reason);
  },
  target_changed(event) {
    return withDetail(say`paused: ${REASON_WORDS.target_changed}`, event.detail);
  },
  reminded() {
    return say`people reminded`;
  },
  acknowledged() {
    return say`has it`;
  },
} satisfies { readonly [T in EventType]: WordsOf<EventOf<T>> };
