import { PLACEHOLDERS } from '../../src/rollout/plan/placeholders.js';
import { type CheckPlan, type Plan, type StagePlan, TEMPLATES } from '../../src/rollout/plan/plan.js';
import type { Rollout } from '../../src/rollout/state/rollout.js';
import type { Rendered } from '../../src/slack/words/blocks.js';
import { CHECKS, type Changes, NOW, PLAN, rolloutAt, streakAt, watchAt } from '../support/rollouts.js';

/** How large a plan is. */
export interface Size {
  readonly checks: number;
  readonly stages: number;
  /** Makes other exposures of those in every plan, message and rollout. */
  readonly as?: <T>(value: T) => T;
}

/** A rollout in which the same words stand wherever people, plans or adapters put theirs. */
export interface Said {
  readonly words: string;
  readonly about: Changes;
  readonly watch: ReturnType<typeof watchAt>;
  readonly verdicts: Rollout['health']['verdicts'];
  readonly numbers: Rollout['health']['numbers'];
  readonly baking: Rollout;
}

export type Renders<T = Rendered> = Record<string, () => T>;

export function saying(words: string, size: Size): Said {
  const { as } = size;
  const plan = as ? as(planSaying(words, size)) : planSaying(words, size);
  const names = plan.checks.map((check) => check.name);
  const verdicts = Object.fromEntries(
    names.map((name, i) => [name, i % 7 === 3 ? ('unknown' as const) : ('pass' as const)]),
  );
  const numbers = Object.fromEntries(names.map((name, i) => [name, 1234.5678 * (i + 1)]));
  const streaks = Object.fromEntries(
    names.map((name, i) => {
      const lost = {
        verdict: 'unknown',
        unknownInRow: 3,
        unknownSince: NOW,
        why: { kind: 'said', text: words },
      } as const;
      return [name, streakAt(1234.5678 * (i + 1), { before: 1, ...(i % 7 === 3 ? lost : {}) })];
    }),
  );
  const watch = watchAt({
    streaks,
    stopped: { subject: names[3] ?? '', why: { kind: 'said', text: words }, since: NOW },
  });
  const stands = as ? as({ confirmed: 50, wanted: 50 }) : {};
  const about: Changes = {
    plan,
    health: { verdicts, numbers },
    note: words,
    startedBy: { kind: 'cli', name: words },
    exposure: stands,
  };
  return { words, about, watch, verdicts, numbers, baking: rolloutAt('baking', about) };
}

/** The same plan with words of its own for every post that may have them, every placeholder in them. */
export function withOwnWords(plan: Plan, words: string): Plan {
  const templates = Object.fromEntries(
    TEMPLATES.map((template) => {
      const holes = PLACEHOLDERS[template].map((name) => `{{ ${name} }}`).join(' ');
      return [template, `${words.slice(0, 100)} ${holes}`];
    }),
  );
  return { ...plan, templates };
}

function planSaying(words: string, size: Size): Plan {
  const checks = Array.from({ length: size.checks }, (_, i): CheckPlan => {
    const [base] = CHECKS;
    if (!base) throw new Error('no check to copy');
    return { ...base, name: `check-${i}`, title: words, unit: words };
  });
  const stages = Array.from({ length: size.stages }, (_, i): StagePlan => {
    const approve = { kind: 'each', roles: ['engineering-lead', words] } as const;
    const exposure = (100 * (i + 1)) / size.stages;
    return {
      no: i + 1,
      name: words,
      title: words,
      exposure,
      population: { kind: 'part', of: words },
      bakeMs: 1e7,
      checkEveryMs: 60_000,
      approve,
    };
  });
  const links = { [words]: `https://x.example/?q=${words}`, more: words };
  return { ...PLAN, title: words, checks, stages, contact: [words], links };
}
