import type { FiringAlert } from '../../src/rollout/plan/firing-alert.js';
import { PUSHED_ALERT_SOURCES } from '../../src/rollout/plan/plan.js';
import { mayRise } from '../../src/rollout/requirements/may-rise.js';
import type { Recorded } from '../../src/rollout/state/events.js';
import type { Condition } from '../../src/rollout/state/refusal.js';
import type { Rollout } from '../../src/rollout/state/rollout.js';
import * as messages from '../../src/slack/words/messages/index.js';
import { changed, heldFor, NOW, OPAL, requestFor, rollbackFrom, rolloutAt } from '../support/rollouts.js';
import { withItems } from './items-saying.js';
import type { Renders, Said } from './saying.js';

const BAKED = {
  stageNo: 1,
  attempt: 1,
  wallMs: 1,
  observedMs: 1,
  issues: { opened: 0, closed: 0 },
  numbers: {},
  passedAt: NOW,
};
const SETTINGS = { transport: 'socket', plans: 3, broken: 1, probeNetworks: 'listed' } as const;

/** Every answer to one person, in groups. */
export const ANSWER_GROUPS: readonly ((said: Said) => Renders)[] = [states, refusals, starts, lists];

function states({ words, watch, baking, about, verdicts }: Said): Renders {
  const held = rolloutAt('held', { ...about, held: heldFor({ note: words }) });
  const ctx = { rollout: baking, watch, now: NOW, lowering: { attempts: 3, lastError: words }, byHand: [words] };
  const readings = Object.entries(verdicts).map(([name, verdict], i) => {
    const why = verdict === 'unknown' ? ({ kind: 'said', text: words } as const) : null;
    return { name, verdict, value: verdict === 'unknown' ? null : i, why };
  });
  const target = { name: '@target', verdict: 'unknown', value: null, why: { kind: 'said', text: words } } as const;
  const live = { template: 'live' } as const;
  const baseline = {
    no: 2,
    numbers: { [baking.plan.checks[0]?.name ?? '']: 3 },
    at: NOW,
    exposure: 10,
    by: OPAL,
    reason: words,
  };
  const measured = changed(baking, { health: { baseline }, plan: { ...baking.plan, baselineMs: 1 } });
  return {
    status: () => messages.renderStatus({ ...ctx, planFileDiffers: true }),
    status_held: () => messages.renderStatus({ ...ctx, rollout: held }),
    status_rolled_back: () =>
      messages.renderStatus({
        ...ctx,
        rollout: rolloutAt('rolled_back', { ...about, bake: { last: BAKED } }),
      }),
    check: () => messages.renderCheck({ rollout: baking, watch, now: NOW, readings, recorded: true }),
    check_once: () =>
      messages.renderCheck({
        rollout: held,
        watch: null,
        now: NOW,
        readings: [...readings, target],
        recorded: false,
      }),
    done: () => messages.renderDone({ verb: 'pause', rollout: held, note: words }),
    baseline_none: () => messages.renderBaselineNow({ rollout: baking }),
    baseline_asked: () =>
      messages.renderBaselineNow({ rollout: { ...baking, plan: { ...baking.plan, baselineMs: 1 } } }),
    baseline_now: () => messages.renderBaselineNow({ rollout: measured }),
    nothing: () => messages.renderNothing({ because: 'already_paused', rollout: held }),
    unknown_button: () => messages.renderUnknownButton(),
    too_many: () => messages.renderTooMany(),
    noted: () => messages.withNote(messages.renderMessage(live, ctx), 'I cannot post in <#CSHOP>: I was removed'),
  };
}

const NO_ROLLOUT = { rollout: null, refusal: { reason: 'busy', conditions: [], helps: 'start' } } as const;

function refusals({ words, watch, baking, about }: Said): Renders {
  const rolledBack = rolloutAt('rolled_back', { ...about, bake: { last: BAKED } });
  const quorum = { kind: 'each', roles: [words] } as const;
  const people = ['ULEA', 'UOPAL'];
  const conditions: Condition[] = [
    ...mayRise(baking, { now: NOW, watch }, { at: 'asked' }).conditions,
    { kind: 'text', ok: false, text: words },
    { kind: 'stage', ok: false, asked: words, next: words },
    { kind: 'approvers', ok: false, stage: words, quorum, people },
  ];
  const refusal = { reason: 'bake_incomplete', conditions, detail: words, helps: 'why' } as const;
  const calm = { rollout: changed(baking, { health: { verdicts: {} } }), watch: null };
  const checks = { plan: { ...baking.plan, checks: [] } };
  const refused = { refusal, verb: 'advance', rollout: baking, watch, now: NOW, usage: words } as const;
  return {
    refusal: () => messages.renderRefusal(refused),
    refusal_override: () => messages.renderRefusal({ ...refused, ...calm, rollout: { ...baking, ...checks } }),
    refusal_start: () => messages.renderRefusal({ ...refused, ...NO_ROLLOUT, verb: 'start', plan: words }),
    why_rolled_back: () => messages.renderWhy({ rollout: rolledBack, watch, now: NOW, conditions }),
    why: () => messages.renderWhy({ rollout: baking, watch, now: NOW, conditions }),
    choice: () => messages.renderChoice({ verb: 'rollback', rollouts: Array.from({ length: 30 }, () => baking) }),
  };
}

function starts({ words, about, baking }: Said): Renders {
  const rollback = rollbackFrom(50, { cause: { reason: 'no_data', by: OPAL, note: words } });
  const last = rolloutAt('rolled_back', { ...about, rollback, alerts: { ...about.alerts, haveIt: [OPAL] } });
  const [lastGood = null] = baking.plan.stages;
  const approvers = baking.plan.stages.map((stage) => ({ stage, people: ['ULEA', 'UOPAL'] }));
  const skipped = Array.from({ length: 20 }, () => ({ role: words, id: 'ULEA', why: words }));
  const good = { name: words, title: words, file: words, stages: words, missing: null };
  const broken = { file: words, problems: Array.from({ length: 9 }, () => words) };
  const many = <T>(one: T): T[] => Array.from({ length: 30 }, () => one);
  return {
    done_start: () => messages.renderDone({ verb: 'start', rollout: baking, approvers, skipped }),
    last_run_rolled_back: () => messages.renderLastRunRolledBack({ last, lastGood }),
    last_run_rolled_back_noted: () => messages.renderLastRunRolledBack({ last, lastGood, note: words }),
    last_run_rolled_back_without_a_good_stage: () => messages.renderLastRunRolledBack({ last, lastGood: null }),
    plans: () => messages.renderPlans({ good: [...many(good), { ...good, missing: words }], broken: many(broken) }),
    plans_none: () => messages.renderPlans({ good: [], broken: [] }),
    how_to_say_it: () => messages.renderHowToSayIt({ why: 'edited' }),
    offer: () =>
      messages.renderOffer({
        verb: 'advance',
        rollout: rolloutAt('ready', { stage: { no: 1 }, exposure: { confirmed: 10 } }),
        reason: words,
      }),
    question: () => messages.renderQuestion({ verb: 'advance', answer: messages.renderExplain({ plans: [words] }) }),
    explain: () => messages.renderExplain({ plans: [words], botName: 'rollout' }),
  };
}

function lists({ words, watch, baking }: Said): Renders {
  const row = {
    name: words,
    title: words,
    phase: 'baking',
    rollback: null,
    episodes: {},
    stage: words,
    plan: baking.plan,
    exposure: 50,
    channelId: 'CSHOP',
  } as const;
  const events = Array.from({ length: 30 }, (_, i): Recorded => {
    return { seq: i, at: NOW, actor: { kind: 'cli', name: words }, event: { type: 'paused', reason: words } };
  });
  const help = { plans: [words], roles: [words], settings: SETTINGS } as const;
  return {
    list: () => messages.renderList(Array.from({ length: 40 }, () => row)),
    alerts: () =>
      messages.renderAlerts({
        firing: alertsSaying(words),
        total: 100,
        hooks: PUSHED_ALERT_SOURCES,
        plans: [],
        now: NOW,
      }),
    alerts_off: () => messages.renderAlerts({ firing: [], total: 0, hooks: [], plans: [], now: NOW }),
    history: () => messages.renderHistory({ rollout: baking, events, total: 100 }),
    help: () => messages.renderHelp({ verbs: ['advance', 'start'], rollout: baking, ...help, place: 'dm' }),
    help_of_a_verb: () =>
      messages.renderVerbHelp({ verb: 'advance', usage: 'advance [rollout] <reason>', does: 'ask' }),
    mine: () => messages.renderMine(mineSaying({ words, watch, baking }, 12)),
    mine_empty: () => messages.renderMine({ person: 'UOPAL', now: NOW, items: [] }),
  };
}

/** More alerts than a message has room for. */
function alertsSaying(words: string): FiringAlert[] {
  const readBy = Array.from({ length: 5 }, () => ({ plan: words, run: 3, check: words, heartbeat: true }));
  const labels = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`${words}${i}`, words]));
  const alert = { source: 'alert', labels, url: `https://x.example/${words}`, since: NOW, lastSeenAt: NOW } as const;
  return Array.from({ length: 20 }, (_, i) => ({
    ...alert,
    title: words,
    leftOut: i,
    readBy: i % 2 === 0 ? readBy : [],
  }));
}

/** One person's matters: so many of each kind. */
export function mineSaying(
  { words, watch, baking }: Pick<Said, 'words' | 'watch' | 'baking'>,
  each: number,
): messages.Mine {
  const { plan } = baking;
  const item = (rollout: Rollout, more: Partial<messages.Mine['items'][number]>) => {
    return { rollout, watch, mayApprove: false, mine: false, operates: true, ...more };
  };
  const items = Array.from({ length: each }, (_, i) => {
    const of = { plan, id: 4 * i + 1 };
    const request = requestFor({ id: `${of.id}.118`, reason: words });
    const toDo = withItems(words, 5).rows;
    return [
      item(rolloutAt('awaiting_approval', { ...of, request }), { mayApprove: true }),
      item(rolloutAt('held', { ...of, id: of.id + 1, held: heldFor({ note: words }) }), { mine: true }),
      item(rolloutAt('baking', { ...of, id: of.id + 2 }), {}),
      item(rolloutAt('ready', { ...of, id: of.id + 3, remindAt: NOW }), { toDo }),
    ];
  });
  const about = { plan, rollback: rollbackFrom(50, { cause: { reason: 'no_data', by: OPAL, note: words } }) };
  const rolledBack = Array.from({ length: each }, (_, i) => rolloutAt('rolled_back', { ...about, id: 1_000 + i }));
  return { person: 'UOPAL', now: NOW, items: items.flat(), rolledBack };
}
