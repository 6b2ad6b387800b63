/** Opening, closing and grouping of alerts: what people hear of together, where, and when they are called. */

import { TARGET_SUBJECT, type Watch } from '../health/assess.js';
import type { Limit } from '../plan/plan.js';
import type { Reason } from '../plan/reasons.js';
import { sourceOf } from '../plan/sources.js';
import { dues } from '../state/alerts-due.js';
import { ALERTS, callable, contactsOf, hearingOf, LASTS_MS } from '../state/audience.js';
import type { Detail } from '../state/detail.js';
import { isOpen, postsOf, toldKeys, wasHeard } from '../state/evolve-alerts.js';
import {
  type AlertEnd,
  type AlertKind,
  type AlertPost,
  type Episode,
  isTerminal,
  type Member,
  type Rollout,
} from '../state/rollout.js';
import type { Deciding } from './deciding.js';

/** A raise that failed, as the subject of an alert. No check may be called so. */
export const RAISE_SUBJECT = 'raise';

/** An alert this soon after a post is taken to have the same cause, and joins it. */
const JOIN_MS = 10 * 60_000;
/** Readings older than this do not say that a warning lasts. */
const STALE_MS = 2 * 60_000;

export interface About {
  readonly value: number | null;
  readonly reason?: Reason;
  readonly detail: Detail | null;
  /** The first reading; null: now. */
  readonly since: Date | null;
  readonly exposure?: number;
  /** How often it came back, where that is why it is told. */
  readonly times?: number;
  readonly limit?: Limit;
  readonly limits?: readonly string[];
}

/** Opens an episode about a subject (a check, the targets, a raise); `done` posts it. */
export function openAlert(draft: Deciding, subject: string, kind: AlertKind, about: About): void {
  const { state } = draft;
  const open = Object.hasOwn(state.alerts.episodes, subject) ? state.alerts.episodes[subject] : undefined;
  // One at a time: nothing would ever close the line of the one before.
  if (open?.open) closeAlert(draft, open, about.value, 'further');
  const check = state.plan.checks.find(({ name }) => name === subject);
  const source = check && kind === 'no_data' ? sourceOf(check.probe)?.key : undefined;
  draft.add({
    type: 'alert_opened',
    subject,
    no: (state.alerts.episodes[subject]?.no ?? 0) + 1,
    kind,
    reason: about.reason ?? null,
    detail: about.detail,
    value: about.value,
    exposure: about.exposure ?? state.exposure.confirmed,
    beganAt: about.since ?? draft.now,
    post: postFor(draft, { subject, kind, source, limits: about.limits ?? [] }),
    ...(about.times !== undefined && { times: about.times }),
    ...(about.limit && { limit: about.limit }),
    ...(about.limits && { limits: about.limits }),
    ...(source !== undefined && { source }),
  });
}

/** Ends an episode; `done` edits its post to say so. */
export function closeAlert(
  draft: Deciding,
  episode: Episode,
  value: number | null,
  how: AlertEnd['how'] = 'over',
): void {
  draft.add({ type: 'alert_closed', subject: episode.subject, no: episode.no, value, how });
}

/** Nobody watches any more what was wrong. */
export function endAlerts(draft: Deciding): void {
  for (const episode of Object.values(draft.state.alerts.episodes))
    if (episode.open) closeAlert(draft, episode, null, 'ended');
}

/** The post that takes it: the one of this assessment, one that is recent and as loud, or a new one. */
function postFor(draft: Deciding, alert: Opening): number {
  const before = postsOf(draft.before);
  const now = postsOf(draft.state);
  const newest = now.at(-1)?.no ?? 0;
  if (newest > (before.at(-1)?.no ?? 0)) return newest;
  const open = now.filter((post) => {
    const stood = before.find(({ no }) => no === post.no) ?? post;
    return isOpen(stood) && joins(post, stood, alert, draft);
  });
  const outage = open.findLast(({ lines }) => lines.some((line) => line.open && isOutageOf(line, alert)));
  return (outage ?? open.at(-1))?.no ?? newest + 1;
}

interface Opening {
  readonly subject: string;
  readonly kind: AlertKind;
  readonly source: string | undefined;
  readonly limits: readonly string[];
}

function isOutageOf(line: Episode, { kind, source }: Opening): boolean {
  return kind === 'no_data' && line.kind === 'no_data' && source !== undefined && line.source === source;
}

/** An edit is heard by nobody: what people must hear joins only what they heard of just now, and nothing milder. */
function joins(post: AlertPost, stood: AlertPost, alert: Opening, { state, now }: Deciding): boolean {
  const { subject, kind } = alert;
  if (!isOfCheck(subject) || now.getTime() - post.at.getTime() > JOIN_MS) return false;
  const open = stood.lines.filter((line) => line.open && isOfCheck(line.subject));
  const loud = ALERTS[kind].heard === 'at_once';
  const told = toldKeys(alert).every((key) => state.stage.told.includes(key));
  // A further limit of a check that stands there is news: who has the one before has not seen it.
  const further = !told && stood.lines.some((line) => line.open && line.subject === subject);
  if (further && (loud || post.had.length > 0)) return false;
  if (!loud) return open.length > 0;
  return post.place === 'channel' && open.some((line) => ALERTS[line.kind].rank >= ALERTS[kind].rank);
}

function isOfCheck(subject: string): boolean {
  return subject !== TARGET_SUBJECT && subject !== RAISE_SUBJECT;
}

/** At the end of a decision: what must be heard at once goes to the channel, and every post that changed is shown. */
export function tellOfAlerts(draft: Deciding): void {
  endWithRollout(draft);
  for (const post of postsOf(draft.state)) {
    const loud = post.lines.some((line) => line.open && ALERTS[line.kind].heard === 'at_once');
    if (loud && post.place === 'thread') call(draft, post.no, []);
  }
  const before = postsOf(draft.before);
  for (const post of postsOf(draft.state)) {
    if (!before.includes(post)) draft.show(`alerts:${post.no}`, { template: 'alert', post });
  }
}

/** Nothing is read any more of a rollout that is over, save where its targets are. */
function endWithRollout(draft: Deciding): void {
  const {
    phase,
    alerts: { episodes },
  } = draft.state;
  if (!isTerminal(phase)) return;
  for (const episode of Object.values(episodes)) {
    if (episode.open && episode.kind !== 'drift')
      closeAlert(draft, episode, null, phase === 'rolled_back' ? 'rolled_back' : 'ended');
  }
}

function call(draft: Deciding, post: number, alerts: readonly Episode[]): void {
  const contacts = contactsOf(draft.state);
  const mentions = callable(contacts, draft.state.alerts.called, draft.now);
  tellChannel(draft, { post, alerts, mentions, owed: mentions.length < contacts.length });
}

function tellChannel(
  draft: Deciding,
  {
    post,
    alerts,
    mentions,
    owed,
  }: { post: number; alerts: readonly Episode[]; mentions: readonly Member[]; owed: boolean },
): void {
  const which = alerts.map(({ subject, no }) => ({ subject, no }));
  draft.add({ type: 'people_called', post, alerts: which, mentions, owed });
}

/** Tells the channel what has lasted too long without anybody taking it. */
export function callPeople(draft: Deciding, watch: Watch | null): void {
  const { state, now } = draft;
  const due = dues(state).filter(({ line, at }) => at <= now && !isStale(line, watch, now));
  if (due.length === 0) return;
  const alerts = due.map(({ line }) => line);
  const next = (postsOf(state).at(-1)?.no ?? 0) + 1;
  if (alerts.some(({ kind }) => ALERTS[kind].heard === 'at_once')) call(draft, next, withTheirPosts(state, alerts));
  else callOfWarnings(draft, alerts, { next, watch });
}

function callOfWarnings(
  draft: Deciding,
  alerts: readonly Episode[],
  { next, watch }: { readonly next: number; readonly watch: Watch | null },
): void {
  const { state, now } = draft;
  const calls = alerts.some((line) => hearing(state, line, watch, now).calls);
  const mentions = calls ? callable(contactsOf(state), state.alerts.called, now) : [];
  const open = postsOf(state).findLast(
    (post) =>
      post.place === 'channel' && wasHeard(post) && isOpen(post) && now.getTime() - post.at.getTime() <= JOIN_MS,
  );
  // An edit calls nobody, and only who was called by the post looks at it again.
  const post = open && mentions.length === 0 ? open.no : next;
  tellChannel(draft, { post, alerts, mentions, owed: false });
}

/** What is open in the same posts stays together with it. */
function withTheirPosts(rollout: Rollout, alerts: readonly Episode[]): Episode[] {
  return postsOf(rollout)
    .filter(({ lines }) => lines.some((line) => alerts.includes(line)))
    .flatMap(({ lines }) => lines.filter(({ open }) => open));
}

function hearing(state: Rollout, line: Episode, watch: Watch | null, now: Date) {
  return hearingOf({
    kind: line.kind,
    lastedMs: LASTS_MS,
    had: [],
    told: false,
    stopsClock: stopsClock(state, line.subject, watch),
    timezone: state.plan.timezone,
    now,
  });
}

/** After a time without readings nobody knows whether it went on all the while: the next round says. */
function isStale({ subject }: Episode, watch: Watch | null, now: Date): boolean {
  const readAt = watch?.streaks[subject]?.readAt;
  return readAt ? now.getTime() - readAt.getTime() > STALE_MS : false;
}

/** The bake stands still, or starts over, because of this check. */
function stopsClock(rollout: Rollout, subject: string, watch: Watch | null): boolean {
  const stage = rollout.plan.stages[rollout.stage.no - 1];
  if (rollout.phase === 'held' && rollout.health.holds.includes(subject)) return true;
  if (watch?.streaks[subject]?.feared?.level === 'critical') return true;
  return watch?.stopped?.subject === subject || stage?.restartsOn?.includes('warning') === true;
}
