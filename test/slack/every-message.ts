import { advanceConditions } from '../../src/rollout/decide-advance.js';
import type { Message } from '../../src/rollout/effects.js';
import type { Recorded } from '../../src/rollout/events.js';
import type { CheckPlan, Plan, StagePlan } from '../../src/rollout/plan.js';
import type { Rollout } from '../../src/rollout/rollout.js';
import type { Rendered } from '../../src/slack/blocks.js';
import * as messages from '../../src/slack/messages/index.js';
import {
  CHECKS,
  heldFor,
  NOW,
  OPAL,
  PLAN,
  requestFor,
  rollbackFrom,
  rolloutAt,
  streakAt,
  watchAt,
} from '../support/rollouts.js';

/** Every template and answer, with the same words wherever people, plans or adapters put theirs. */
export function everyMessage(words: string, size: { checks: number; stages: number } = { checks: 4, stages: 3 }) {
  const plan = planSaying(words, size);
  const names = plan.checks.map((check) => check.name);
  const verdicts = Object.fromEntries(
    names.map((name, i) => [name, i % 7 === 3 ? ('unknown' as const) : ('pass' as const)]),
  );
  const numbers = Object.fromEntries(names.map((name, i) => [name, 1234.5678 * (i + 1)]));
  const streaks = Object.fromEntries(
    names.map((name, i) => {
      const lost = { verdict: 'unknown', unknownInRow: 3, unknownSince: NOW, why: words } as const;
      return [name, streakAt(1234.5678 * (i + 1), { before: 1, ...(i % 7 === 3 ? lost : {}) })];
    }),
  );
  const watch = watchAt({ streaks, stopped: { subject: names[3] ?? '', why: words, since: NOW } });
  const about = { plan, verdicts, numbers, note: words, startedBy: { kind: 'cli', name: words } as const };
  return messagesOf({ words, about, watch, verdicts, numbers });
}

interface Said {
  readonly words: string;
  readonly about: Partial<Rollout>;
  readonly watch: ReturnType<typeof watchAt>;
  readonly verdicts: Rollout['verdicts'];
  readonly numbers: Rollout['numbers'];
}

function messagesOf(said: Said): Record<string, () => Rendered> {
  const { words, about, watch } = said;
  const ctx = (rollout: Rollout) => ({
    rollout,
    watch,
    now: NOW,
    lowering: { attempts: 3, lastError: words },
    byHand: [words, words],
  });
  const post = (message: Message, rollout: Rollout) => () => messages.renderMessage(message, ctx(rollout));
  const baking = rolloutAt('baking', about);
  const held = rolloutAt('held', { ...about, held: heldFor({ note: words }) });
  const lost = rolloutAt('held', { ...about, held: heldFor({ cause: 'raise_failed', note: words }) });
  const down = rolloutAt('rolling_back', about);
  return {
    ...posts(said, post, { baking, held, down }),
    live_held: post({ template: 'live' }, held),
    live_failed: post({ template: 'live' }, lost),
    live_rolling_back: post({ template: 'live' }, down),
    live_not_started: post(
      { template: 'live' },
      rolloutAt('not_started', { ...about, failure: { reason: 'rehearsal_failed', detail: words } }),
    ),
    ...answers(said, baking, held),
    status: () => messages.renderStatus({ ...ctx(baking), planFileDiffers: true }),
  };
}

function posts(
  { words, verdicts, numbers }: Said,
  post: (message: Message, rollout: Rollout) => () => Rendered,
  at: { baking: Rollout; held: Rollout; down: Rollout },
): Record<string, () => Rendered> {
  const request = requestFor({ reason: words, verdicts, numbers });
  const alert = {
    template: 'alert',
    no: 1,
    value: null,
    exposure: 50,
    since: NOW,
    closed: null,
    detail: words,
  } as const;
  const stage = { stageNo: 2, observedMs: 1, wallMs: 1, issues: { opened: 1, closed: 0 }, numbers } as const;
  const cause = { reason: 'person', by: OPAL, note: words } as const;
  return {
    live: post({ template: 'live' }, at.baking),
    approval_request: post({ template: 'approval_request', request, outcome: { kind: 'open' } }, at.baking),
    denied: post(
      { template: 'approval_request', request, outcome: { kind: 'denied', by: OPAL, reason: words, at: NOW } },
      at.baking,
    ),
    stage_start: post({ template: 'stage_start', stageNo: 2, exposure: 50, bakeMs: 1, at: NOW }, at.baking),
    stage_complete: post({ template: 'stage_complete', attempt: 1, ...stage }, at.baking),
    alert: post({ ...alert, subject: words, kind: 'warning' }, at.baking),
    alert_drift: post({ ...alert, subject: '@target', kind: 'drift', detail: `drift_up: ${words}` }, at.baking),
    incident: post(
      { template: 'incident', rollback: rollbackFrom(50, { overdue: true }), tookMs: null, exposure: null },
      at.down,
    ),
    incident_person: post(
      { template: 'incident', rollback: rollbackFrom(50, { no: 2, cause }), tookMs: 1, exposure: 0 },
      at.held,
    ),
    completed: post({ template: 'completed', ...stage, unwatched: { by: OPAL, reason: words, exposure: 50 } }, at.held),
    not_started: post({ template: 'not_started', reason: 'rehearsal_failed', detail: words }, at.held),
    reminder: post({ template: 'reminder', waitingFor: 'resume', since: NOW }, at.held),
  };
}

function answers({ words, watch }: Said, baking: Rollout, held: Rollout): Record<string, () => Rendered> {
  const conditions = [
    ...advanceConditions(baking, { now: NOW, watch }),
    { kind: 'text', ok: false, text: words } as const,
    { kind: 'stage', ok: false, asked: words, next: words } as const,
  ];
  const refusal = { reason: 'bake_incomplete', conditions, detail: words, helps: 'why' } as const;
  const row = { name: words, title: words, phase: 'baking', stage: words, exposure: 50, channelId: 'CSHOP' } as const;
  const events = Array.from({ length: 30 }, (_, i): Recorded => {
    return { seq: i, at: NOW, actor: { kind: 'cli', name: words }, event: { type: 'paused', reason: words } };
  });
  return {
    refusal: () => messages.renderRefusal({ refusal, verb: 'advance', rollout: baking, watch, now: NOW, usage: words }),
    why: () => messages.renderWhy({ rollout: baking, watch, now: NOW, conditions }),
    list: () => messages.renderList(Array.from({ length: 40 }, () => row)),
    history: () => messages.renderHistory({ rollout: baking, events, total: 100 }),
    help: () => messages.renderHelp({ verbs: ['advance', 'start'], rollout: baking, plans: [words], roles: [words] }),
    done: () => messages.renderDone({ verb: 'pause', rollout: held, note: words }),
    nothing: () => messages.renderNothing({ note: words, rollout: held }),
    choice: () => messages.renderChoice({ verb: 'rollback', rollouts: Array.from({ length: 30 }, () => baking) }),
  };
}

function planSaying(words: string, size: { checks: number; stages: number }): Plan {
  const checks = Array.from({ length: size.checks }, (_, i): CheckPlan => {
    const [base] = CHECKS;
    if (!base) throw new Error('no check to copy');
    return { ...base, name: `check-${i}`, title: words, unit: words };
  });
  const stages = Array.from({ length: size.stages }, (_, i): StagePlan => {
    const no = i + 1;
    const approve = { kind: 'each', roles: ['engineering-lead', words] } as const;
    return {
      no,
      name: words,
      title: words,
      exposure: (100 * no) / size.stages,
      bakeMs: 1e7,
      checkEveryMs: 60_000,
      approve,
    };
  });
  return {
    ...PLAN,
    title: words,
    checks,
    stages,
    contact: [words],
    links: { [words]: `https://x.example/?q=${words}`, more: words },
  };
}
