import type { ItemPlan } from '../../src/rollout/plan/lists.js';
import type { Plan } from '../../src/rollout/plan/plan.js';
import type { ChangeEvent } from '../../src/rollout/state/change-events.js';
import { said as saidOutside } from '../../src/rollout/state/detail.js';
import type { Message, RequestOutcome } from '../../src/rollout/state/effects.js';
import type { ItemsRead } from '../../src/rollout/state/items.js';
import { bakeNeededMs, type Episode, type Rollout } from '../../src/rollout/state/rollout.js';
import type { Rendered } from '../../src/slack/words/blocks.js';
import * as messages from '../../src/slack/words/messages/index.js';
import {
  alertOf,
  alertPostOf,
  type Changes,
  episodeOf,
  heldFor,
  LEA,
  NOW,
  OPAL,
  requestFor,
  rollbackFrom,
  rolloutAt,
} from '../support/rollouts.js';
import { ANSWER_GROUPS } from './every-answer.js';
import { withItems } from './items-saying.js';
import { type Renders, type Said, type Size, saying, withOwnWords } from './saying.js';

const HOUR = 3_600_000;
const USUAL: Size = { checks: 4, stages: 3 };
type Post = (message: Message, rollout: Rollout, more?: Partial<messages.MessageContext>) => () => Rendered;

/** Every template and answer, with the same words wherever people, plans or adapters put theirs. */
export function everyMessage(words: string, size?: Size): Renders {
  return Object.assign({}, ...GROUPS.map((group) => group(words, size)));
}

/** The same in groups, each made by itself: to make all for one of them would take most of a test's time. */
export const GROUPS: readonly ((words: string, size?: Size) => Renders)[] = [
  ...[lives, requests, stages, troubles, measures, lists, own].map((group) => (words: string, size: Size = USUAL) => {
    const said = saying(words, size);
    return group(said, posting(said, size.as));
  }),
  ...ANSWER_GROUPS.map(
    (group) =>
      (words: string, size: Size = USUAL) =>
        group(saying(words, size)),
  ),
];

function posting({ words, watch }: Said, as: NonNullable<Size['as']> = (value) => value): Post {
  const lowering = { attempts: 3, lastError: words };
  const ctx = { watch, now: NOW, lowering, byHand: [words, words] };
  return (message, rollout, more) => () =>
    messages.renderMessage(as(message), { rollout: as(rollout), ...ctx, ...more });
}

function lives({ words, about }: Said, post: Post): Renders {
  const live = (rollout: Rollout, more?: Partial<messages.MessageContext>) => post({ template: 'live' }, rollout, more);
  const entry = { stageNo: 2, run: 3, reason: words, means: {} };
  const failure = { reason: 'rehearsal_failed', detail: saidOutside(words) } as const;
  return {
    live: live(rolloutAt('baking', about)),
    live_extended: live(
      rolloutAt('baking', { ...about, bake: { ...about.bake, extension: { by: OPAL, reason: words, byMs: HOUR } } }),
    ),
    live_ordered_again: live(
      rolloutAt('rolling_back', { ...about, exposure: { ...about.exposure, confirmed: 0 }, rollback: AGAIN }),
    ),
    live_held: live(rolloutAt('held', { ...about, held: heldFor({ note: words }) })),
    live_failed: live(
      rolloutAt('held', {
        ...about,
        held: heldFor({ cause: 'raise_failed', note: words }),
      }),
    ),
    live_rolling_back: live(rolloutAt('rolling_back', about)),
    live_not_started: live(rolloutAt('not_started', { ...about, failure })),
    live_again: live(rolloutAt('baking', { ...about, entry, stage: { ...about.stage, attempts: { 2: 1 } } }), {
      earlier: 'https://x.example/archives/CSHOP/p1',
    }),
    live_override: live(
      rolloutAt('awaiting_approval', {
        ...about,
        bake: { ...about.bake, done: false },
        request: overridden(words),
      }),
    ),
  };
}

const AGAIN = rollbackFrom(50, { first: { orderedAt: NOW, tookMs: 1_400 } });
const VOTES = [{ teamId: 'T1', userId: 'ULEA', roles: ['engineering-lead'], at: NOW }];

function overridden(words: string) {
  const quorum = { kind: 'any', count: 2, roles: ['operators', words] } as const;
  const override = { observedMs: 720_000, neededMs: 4 * HOUR };
  return requestFor({ reason: words, quorum, override, votes: VOTES, card: '12.100' });
}

function requests({ words, about, verdicts, numbers }: Said, post: Post): Renders {
  const request = requestFor({ reason: words, verdicts, numbers });
  const waiting = rolloutAt('awaiting_approval', { ...about, request });
  const ready = rolloutAt('ready', { ...about, stage: { ...about.stage, no: 1 } });
  const applying = rolloutAt('applying', about);
  const card = (outcome: RequestOutcome, rollout: Rollout, asked = request) =>
    post({ template: 'approval_request', request: asked, outcome }, rollout);
  const decided: Record<string, Exclude<RequestOutcome, { kind: 'open' }>> = {
    granted: { kind: 'granted' },
    denied: { kind: 'denied', by: OPAL, reason: words, at: NOW },
    void: { kind: 'void', reason: 'health_worse', detail: saidOutside(words), at: NOW },
    expired: { kind: 'expired', at: NOW },
    withdrawn: { kind: 'withdrawn', by: OPAL, at: NOW },
    taken_back: { kind: 'taken_back', by: LEA, at: NOW },
  };
  const before = [{ teamId: 'T1', userId: 'UOPAL', roles: [words], at: NOW }];
  return {
    approval_request: card({ kind: 'open' }, waiting),
    approval_request_override: card({ kind: 'open' }, waiting, { ...overridden(words), verdicts, numbers, before }),
    approval_request_false_alarm: card(
      { kind: 'open' },
      { ...waiting, entry: { stageNo: 2, run: 3, reason: `${words} once`, means: {} } },
      { ...request, from: 0 },
    ),
    under_way: card({ kind: 'granted' }, applying, { ...request, id: '12.100', votes: VOTES }),
    ...Object.fromEntries(Object.entries(decided).map(([name, outcome]) => [name, card(outcome, ready)])),
    ...Object.fromEntries(
      Object.entries(decided).map(([name, outcome]) => {
        return [`outcome_${name}`, post({ template: 'outcome', request, outcome }, ready)];
      }),
    ),
  };
}

function passed({ numbers }: Said) {
  const issues = { opened: 1, closed: 0 };
  return {
    template: 'stage_complete',
    attempt: 1,
    stageNo: 2,
    observedMs: 1,
    wallMs: 1,
    issues,
    numbers,
    passedAt: NOW,
  } as const;
}

function stages(said: Said, post: Post): Renders {
  const { words, about, baking } = said;
  const unwatched = { by: OPAL, reason: words, exposure: 50 };
  const plan = { ...baking.plan, stages: baking.plan.stages.map((stage) => ({ ...stage, advance: 'auto' as const })) };
  const auto = rolloutAt('ready', { ...about, plan, stage: { ...about.stage, autoSpent: false } });
  const since = { template: 'reminder', since: NOW } as const;
  const held = rolloutAt('held', { ...about, held: heldFor({ note: words }) });
  const asked = rolloutAt('awaiting_approval', { ...about, request: overridden(words) });
  return {
    stage_start: post({ template: 'stage_start', stageNo: 2, exposure: 50, bakeMs: 1, at: NOW }, baking),
    stage_complete: post(passed(said), rolloutAt('ready', about)),
    stage_complete_auto: post(passed(said), auto),
    stage_complete_spent: post(passed(said), { ...auto, stage: { ...auto.stage, autoSpent: true } }),
    stage_complete_extended: post(passed(said), { ...baking, bake: { ...baking.bake, extraMs: bakeNeededMs(baking) } }),
    completed: post({ ...passed(said), template: 'completed', unwatched }, held),
    paused: post({ template: 'paused', by: OPAL, reason: words, exposure: 50 }, held),
    not_started: post({ template: 'not_started', reason: 'rehearsal_failed', detail: saidOutside(words) }, held),
    reminder: post({ ...since, waitingFor: 'resume' }, held),
    reminder_nobody_left: post({ ...since, waitingFor: 'approval', nobodyLeft: true }, asked),
  };
}

const CALLING = { place: 'channel', mentions: [{ kind: 'group', id: 'SLEAD' }] } as const;

/** Every check without a number, one back again, and one in warning. */
function outage({ words, baking }: Said): Episode[] {
  return baking.plan.checks.map(({ name }, i) => {
    const missing = {
      subject: name,
      kind: 'no_data',
      value: null,
      detail: saidOutside(words),
      source: 'Prometheus prom',
    } as const;
    if (i === 0) return episodeOf({ subject: name, value: 7 });
    return episodeOf(i === 1 ? { ...missing, closed: { at: NOW, value: 1, how: 'over' } } : missing);
  });
}

function troubles(said: Said, post: Post): Renders {
  const { words, about, baking } = said;
  const cause = { reason: 'person', by: OPAL, note: words } as const;
  const incident = { template: 'incident', tookMs: null, exposure: null } as const;
  const byPerson = rollbackFrom(50, { no: 2, cause });
  return {
    alert: post(alertOf({ subject: words, detail: saidOutside(words), value: null }), baking),
    alert_drift: post(
      alertOf(
        { subject: '@target', kind: 'drift', reason: 'drift_up', detail: saidOutside(words), value: null },
        CALLING,
      ),
      baking,
    ),
    alert_outage: post({ template: 'alert', post: alertPostOf(outage(said), CALLING) }, baking),
    alert_moved: post({ template: 'alert', post: alertPostOf([], { movedTo: 2 }) }, baking),
    rolled_back: post(
      { ...incident, template: 'rolled_back', rollback: rollbackFrom(50, { overdue: true }) },
      rolloutAt('rolling_back', about),
    ),
    incident: post({ ...incident, rollback: rollbackFrom(50, { overdue: true }) }, rolloutAt('rolling_back', about)),
    incident_again: post({ ...incident, rollback: AGAIN }, rolloutAt('rolling_back', { ...about, rollback: AGAIN })),
    incident_person: post({ ...incident, rollback: byPerson, tookMs: 1, exposure: 0 }, rolloutAt('held', about)),
  };
}

/** A plan that measures before, has a check that people report, and limits of every form. */
function measuringPlan(plan: Plan, words: string): Plan {
  const than = { of: { kind: 'baseline' }, times: 1.5, plus: 0 } as const;
  const wave = { of: { kind: 'stage', stage: words }, times: 1, plus: -5 } as const;
  const [first, second, ...rest] = plan.checks.map((check) => ({ ...check }));
  const probe = { kind: 'manual', ask: words, everyMs: 4 * HOUR } as const;
  const asked = { name: 'complaints', title: words, unit: words.slice(0, 12), probe };
  return {
    ...plan,
    baselineMs: HOUR / 2,
    checks: [
      ...(first ? [{ ...first, critical: { op: 'above', than, forMs: 300_000 } as const }] : []),
      ...(second ? [{ ...second, others: [{ op: 'above', than: wave, fail: { count: 3, of: 5 } } as const] }] : []),
      ...rest,
      { ...asked, critical: { op: 'at_least', value: 5, act: { kind: 'hold' } } },
    ],
  };
}

function measures({ words, about, baking, numbers, verdicts }: Said, post: Post): Renders {
  const plan = measuringPlan(baking.plan, words);
  const baseline = { no: 2, numbers, at: NOW, exposure: 10, by: OPAL, reason: words };
  const capture = { no: 1, since: NOW, by: OPAL, reason: words };
  const known: Changes = {
    ...about,
    plan,
    health: { ...about.health, baseline, means: { [words]: numbers } },
    bake: { restarts: 2 },
  };
  const told = { value: 3, at: NOW, by: LEA, note: words };
  const measured = {
    template: 'baseline',
    no: 2,
    numbers,
    readings: 30,
    exposure: 10,
    by: OPAL,
    reason: words,
  } as const;
  const issues = { opened: 1, closed: 1 };
  const summary = {
    template: 'summary',
    stageNo: 2,
    exposure: 50,
    observedMs: HOUR,
    verdicts,
    numbers,
    issues,
  } as const;
  const subject = plan.checks[0]?.name ?? words;
  const line = { subject, kind: 'critical', value: 7, detail: saidOutside(words) } as const;
  const critical = alertOf(line);
  const reports = { complaints: told };
  return {
    live_measuring: post(
      { template: 'live' },
      rolloutAt('starting', { ...known, health: { ...known.health, capture } }),
    ),
    live_measured: post({ template: 'live' }, rolloutAt('baking', known)),
    baseline: post({ ...measured, missed: null }, rolloutAt('baking', known)),
    baseline_missed: post({ ...measured, missed: { detail: saidOutside(words) } }, rolloutAt('baking', known)),
    summary: post(summary, rolloutAt('baking', known)),
    summary_over: post(summary, rolloutAt('ready', known)),
    ...Object.fromEntries(
      Object.values(changes(words)).map((event) => [
        `change_${event.type}`,
        post({ template: 'change', by: OPAL, exposure: 50, event }, rolloutAt('held', known)),
      ]),
    ),
    said: post({ template: 'said', text: words }, rolloutAt('baking', known)),
    report_due: post({ template: 'report_due', check: 'complaints' }, rolloutAt('baking', known)),
    report_told: post(
      { template: 'report_due', check: 'complaints' },
      rolloutAt('baking', { ...known, health: { ...known.health, reports } }),
    ),
    alert_holds: post(
      critical,
      rolloutAt('held', {
        ...known,
        health: { ...known.health, holds: [subject] },
        held: heldFor({ cause: 'check_holds', note: words }),
      }),
    ),
    alert_went_on: post(critical, rolloutAt('baking', { ...known, health: { ...known.health, holds: [subject] } })),
    alert_critical: post(critical, rolloutAt('baking', known)),
    alert_critical_over: post(
      alertOf({ ...line, closed: { at: NOW, value: 1, how: 'over' } }),
      rolloutAt('baking', known),
    ),
  };
}

function firstOf({ lists: [list] }: ItemsRead): ItemPlan {
  const [first] = list?.items ?? [];
  if (!first) throw new Error('no item');
  return first;
}

/** What is to be done, in lists of several sizes. */
function lists({ words }: Said, post: Post): Renders {
  const card = (count: number, open: boolean, opening = 1) => {
    const { rollout, items } = withItems(words, count);
    const list = { kind: 'exit', stageNo: 2, opening } as const;
    return post({ template: 'list_card', list, open }, rollout, { items });
  };
  const { rollout, items } = withItems(words, 12);
  const asked = { kind: 'exit', stageNo: 2, opening: 1, owners: ['qa', 'operators'] } as const;
  return {
    owners_asked: post({ template: 'owners_asked', lists: [asked] }, rollout, {
      items,
    }),
    list_card: card(5, true),
    list_card_long: card(40, true),
    list_card_longest: card(300, true),
    list_card_over: card(5, false, 2),
    output: () =>
      messages.renderOutput({ rollout, plan: firstOf(items), note: words, at: null, text: `${words}\n`.repeat(40) }),
    output_gone: () => messages.renderOutput({ rollout, plan: firstOf(items), note: words, at: null, text: null }),
    items: () => messages.renderItems({ rollout, items }),
    items_none: () => messages.renderItems({ rollout: rolloutAt('baking'), items: { lists: [], items: [] } }),
  };
}

/** Everything people do that is told in a line; what is missing here does not compile. */
function changes(words: string): { readonly [T in ChangeEvent['type']]: Extract<ChangeEvent, { type: T }> } {
  const saw = { from: 10, to: 50, planHash: '', verdicts: {}, numbers: {} };
  const person = { teamId: 'T1', userId: 'ULEA' };
  return {
    raise_ordered: {
      type: 'raise_ordered',
      stageNo: 2,
      attempt: 1,
      from: 10,
      to: 50,
      requestId: null,
      expiresAt: NOW,
      reason: words,
    },
    approval_recorded: {
      type: 'approval_recorded',
      requestId: '1',
      ...person,
      roles: [],
      messageTs: '1.0',
      saw,
      granted: false,
    },
    approval_denied: { type: 'approval_denied', requestId: '1', reason: words, messageTs: '1.0', saw },
    approval_withdrawn: { type: 'approval_withdrawn', requestId: '1', ...person, raise: true },
    item_changed: {
      type: 'item_changed',
      item: { kind: 'exit', stageNo: 1, opening: 1, no: 1 },
      title: words,
      was: 'open',
      to: 'failed',
      required: true,
      note: words,
      roles: [],
    },
    paused: { type: 'paused', reason: words },
    resumed: { type: 'resumed', to: 'baking', reason: words },
    bake_extended: { type: 'bake_extended', byMs: HOUR, reason: words, reopened: false },
    rollback_ordered: {
      type: 'rollback_ordered',
      no: 1,
      from: 50,
      to: 0,
      stageNo: 0,
      ends: true,
      cause: { reason: 'person', by: OPAL, note: words },
    },
    acknowledged: { type: 'acknowledged', subject: words },
    baseline_started: { type: 'baseline_started', no: 2, reason: words },
    reported: { type: 'reported', check: words, value: 3, note: words },
  };
}

/** The posts that may begin with a plan's own words, with such words. */
function own(said: Said, post: Post): Renders {
  const { words, verdicts, numbers } = said;
  const about = { ...said.about, plan: withOwnWords(said.baking.plan, words) };
  const worded = { ...said, about, baking: rolloutAt('baking', about) };
  const request = requestFor({ reason: words, verdicts, numbers });
  const open = { template: 'approval_request', request, outcome: { kind: 'open' } } as const;
  const completed = { ...passed(worded), template: 'completed', unwatched: null } as const;
  const all: Renders = { ...stages(worded, post), ...troubles(worded, post) };
  return {
    own_approval_request: post(open, worded.baking),
    own_completed: post(completed, rolloutAt('completed', about)),
    ...Object.fromEntries(
      Object.entries(all)
        .filter(([name]) => ['stage_start', 'stage_complete', 'alert', 'incident'].includes(name))
        .map(([name, render]) => [`own_${name}`, render]),
    ),
  };
}
