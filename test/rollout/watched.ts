/** A rollout and its checker together: numbers go in as probes give them, what the rules make of them comes out. */
import { assess, firstStreaks, type Watch } from '../../src/rollout/health/assess.js';
import { checksOf } from '../../src/rollout/health/in-force.js';
import type { CheckReading } from '../../src/rollout/health/streak.js';
import type { Plan, StagePlan } from '../../src/rollout/plan/plan.js';
import { bakingSince, needsWatch } from '../../src/rollout/state/rollout.js';
import { CHECKS, MINUTE, OPEN_PLAN } from './fixture.js';
import type { Story } from './given.js';
import { started } from './phases.js';

type Numbers = Readonly<Record<string, number | 'unknown'>>;

/** Everything of the usual plan passes at these. */
const FINE: Numbers = { errors: 0, latency: 100, orders: 80 };

export class Watched {
  readonly story: Story;
  watch: Watch | null = null;
  targets: number | null = null;
  /** The targets do not answer. */
  targetsFail = false;

  constructor(plan: Plan = OPEN_PLAN) {
    this.story = started(plan).rehearsed();
    this.#renew();
  }

  get rollout() {
    return this.story.rollout;
  }

  get phase() {
    return this.rollout.phase;
  }

  verdict(name = 'errors') {
    return this.watch?.streaks[name]?.verdict;
  }

  /** One round `ms` after the last; checks not named read fine. */
  round(ms: number, numbers: Numbers = {}): this {
    this.story.waits(ms);
    this.#renew();
    const { watch, rollout } = this;
    if (!watch) return this;
    const stage = rollout.plan.stages[Math.max(0, rollout.stage.no - 1)];
    if (!stage) return this;
    const exposure = this.targets ?? rollout.exposure.wanted;
    const target = this.targetsFail ? { error: 'timed out' } : { exposure, partial: false, detail: `${exposure} %` };
    const { watch: after, restarted } = assess({
      checks: checksOf(rollout),
      stage,
      watch,
      readings: readingsOf({ ...FINE, ...numbers }),
      target,
      bakingSince: bakingSince(rollout),
      expected: rollout.exposure.wanted,
      capture: rollout.health.capture ?? null,
      now: this.story.now,
    });
    this.watch = after;
    this.story.hears({
      type: 'assessed',
      movedSeq: rollout.exposure.movedSeq,
      stageNo: watch.stageNo,
      attempt: watch.attempt,
      streaks: after.streaks,
      observedMs: after.observedMs,
      target,
      ...(restarted && { restarted }),
    });
    this.#renew();
    return this;
  }

  /** So many rounds of the same numbers. */
  rounds(count: number, ms: number, numbers: Numbers = {}): this {
    for (let i = 0; i < count; i += 1) this.round(ms, numbers);
    return this;
  }

  /** On to the first stage, or the next one, whose exposure is read back. */
  raised(): this {
    if (this.phase === 'ready') this.story.advances();
    this.story.raised();
    this.#renew();
    return this;
  }

  /** Healthy until the bake has passed. */
  baked(minutes = 40): this {
    for (let i = 0; i < minutes && this.phase === 'baking'; i += 1) this.round(MINUTE);
    return this;
  }

  /** As the store does: a watch for as long as one is needed, a new one for every stage and try. */
  #renew(): void {
    const { rollout } = this;
    const known = this.watch?.stageNo === rollout.stage.no && this.watch.attempt === rollout.stage.attempt;
    if (!needsWatch(rollout)) this.watch = null;
    else if (!known) {
      const at = rollout.phaseSince;
      const before = this.watch?.streaks;
      const down = rollout.held?.cause === 'rolled_back_to_stage';
      this.watch = {
        rolloutId: rollout.id,
        stageNo: rollout.stage.no,
        attempt: rollout.stage.attempt,
        raisedAt: at,
        nextCheckAt: at,
        lastCheckAt: null,
        observedMs: 0,
        stopped: null,
        fence: 0,
        streaks: before ? kept(before, down) : firstStreaks(rollout.health.verdicts, rollout.health.numbers),
      };
    }
  }
}

/** As the store's statement does when a watch goes on in another stage. */
function kept(streaks: Watch['streaks'], down: boolean): Watch['streaks'] {
  return Object.fromEntries(
    Object.entries(streaks).map(([name, { sum: _sum, shortSpells: _bouts, ...rest }]) => {
      if (!down) return [name, rest];
      const { memory: _memory, ...bare } = rest;
      return [name, { ...bare, level: null, since: null, counting: [] }];
    }),
  );
}

function readingsOf(numbers: Numbers): Record<string, CheckReading> {
  return Object.fromEntries(
    Object.entries(numbers).map(([name, value]): [string, CheckReading] => [
      name,
      value === 'unknown' ? { unknown: 'timeout', detail: 'timed out', tookMs: 3_000 } : { value, tookMs: 4 },
    ]),
  );
}

/** The usual plan with one check judged otherwise, and stages changed. */
export function planWith(
  errors: Partial<Plan['checks'][number]>,
  more: { stages?: Partial<StagePlan>; plan?: Partial<Plan> } = {},
): Plan {
  const [first, ...rest] = CHECKS;
  const { warning: _warning, critical: _critical, ...bare } = first ?? CHECKS[0] ?? never();
  return {
    ...OPEN_PLAN,
    checks: [{ ...bare, ...errors }, ...rest],
    stages: OPEN_PLAN.stages.map((stage) => ({ ...stage, ...more.stages })),
    ...more.plan,
  };
}

function never(): never {
  throw new Error('the usual plan has checks');
}
