import fc from 'fast-check';
import type { Command, Fact } from '../../src/rollout/commands.js';
import type { ExposureReading } from '../../src/rollout/health.js';
import type { Verdict } from '../../src/rollout/verdict.js';
import { BEA, CHECKS, LARS, LENA, MINUTE, OLGA, type Person, SAM, SECOND, SHELL, streaksOf } from './fixture.js';
import type { Story } from './given.js';

/** One step of a random walk: data only, so that a failing walk is printed and shrunk. */
export type Step =
  /** What would happen next if all went well; without these a walk never gets far. */
  | { readonly kind: 'onward' }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'ask'; readonly who: number; readonly verb: Command['type']; readonly to: string }
  | { readonly kind: 'hear'; readonly type: Fact['type']; readonly exposure: number; readonly stale: boolean }
  | { readonly kind: 'assess'; readonly verdict: Verdict; readonly check: number; readonly drift: number | null };

const PEOPLE: readonly Person[] = [OLGA, LENA, LARS, SAM, BEA, SHELL];
const EXPOSURES = fc.constantFrom(0, 3, 5, 10, 17, 25, 50, 99.5, 100);

export const STEPS: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('onward' as const) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('wait' as const),
        ms: fc.constantFrom(0, SECOND, 31 * SECOND, 3 * MINUTE, 11 * MINUTE, 241 * MINUTE, 1_441 * MINUTE),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('ask' as const),
        who: fc.nat(PEOPLE.length - 1),
        verb: fc.constantFrom<Command['type'][]>(
          ...(['advance', 'approve', 'deny', 'pause', 'resume', 'extend', 'finish', 'rollback', 'have'] as const),
        ),
        to: fc.constantFrom('', 'off', 'previous', 'to-10', 'to-50', '5', '17', '100', 'nowhere'),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('hear' as const),
        type: fc.constantFrom<Fact['type'][]>(
          ...(['rehearsed', 'rehearsal_failed', 'raise_checked', 'raised', 'raise_failed', 'lowered'] as const),
          ...(['settle_read', 'assessed', 'target_changed', 'woke'] as const),
        ),
        exposure: EXPOSURES,
        stale: fc.boolean(),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('assess' as const),
        verdict: fc.constantFrom<Verdict[]>('pass', 'warning', 'unknown', 'critical'),
        check: fc.nat(CHECKS.length - 1),
        drift: fc.option(EXPOSURES, { freq: 3 }),
      }),
    },
  ),
  { minLength: 4, maxLength: 30 },
);

export function take(story: Story, step: Step): void {
  switch (step.kind) {
    case 'onward':
      onward(story);
      return;
    case 'wait':
      story.waits(step.ms).woke();
      return;
    case 'ask':
      story.asks(PEOPLE[step.who] ?? OLGA, commandOf(story, step));
      return;
    case 'hear':
      story.hears(factOf(story, step));
      return;
    case 'assess': {
      const name = CHECKS[step.check]?.name ?? 'errors';
      const exposure = step.drift ?? story.rollout.wanted;
      story.assessed({ [name]: step.verdict }, { target: { exposure, partial: false, detail: `${exposure} %` } });
      return;
    }
    default:
      step satisfies never;
  }
}

function onward(story: Story): void {
  switch (story.rollout.phase) {
    case 'starting':
      story.rehearsed(0);
      return;
    case 'ready':
      if (story.advances().answer === 'health_not_known') story.assessed();
      return;
    case 'awaiting_approval':
      story.approves(LENA);
      if (story.rollout.phase === 'awaiting_approval') story.approves(SAM);
      return;
    case 'applying':
      story.raised();
      return;
    case 'baking':
      story.baked();
      return;
    case 'held':
      story.resumes();
      return;
    case 'rolling_back':
      story.lowered();
      return;
    default:
      story.settleRead(story.rollout.wanted, true);
  }
}

function commandOf(story: Story, { verb, to }: Extract<Step, { kind: 'ask' }>): Command {
  const requestId = story.rollout.request?.id ?? '7.2';
  switch (verb) {
    case 'advance':
      return { type: verb, to, reason: '' };
    case 'approve':
      return { type: verb, requestId, messageTs: '1.0' };
    case 'deny':
      return { type: verb, requestId, reason: '', messageTs: '1.0' };
    case 'extend':
      return { type: verb, byMs: 5 * MINUTE, reason: '' };
    case 'rollback':
      return { type: verb, to, reason: '' };
    case 'have':
      return { type: verb, subject: '' };
    default:
      return { type: verb, reason: '' };
  }
}

function factOf(story: Story, { type, exposure, stale }: Extract<Step, { kind: 'hear' }>): Fact {
  const { stageNo, attempt } = story.rollout;
  const movedSeq = story.rollout.movedSeq - (stale ? 1 : 0);
  const reading: ExposureReading = { exposure, partial: false, detail: `${exposure} %` };
  switch (type) {
    case 'rehearsed':
      return { type, exposures: [{ target: 'flag', reading }], checks: {} };
    case 'rehearsal_failed':
      return { type, reason: 'rehearsal_failed', detail: '' };
    case 'raise_checked':
      return { type, movedSeq, streaks: streaksOf(stale ? {} : { errors: 'warning' }) };
    case 'raise_failed':
      return { type, movedSeq, reason: 'raise_failed', detail: '' };
    case 'settle_read':
      return { type, movedSeq, exposure, last: stale };
    case 'assessed':
      return { type, movedSeq, stageNo, attempt, streaks: streaksOf(), observedMs: 60 * MINUTE, target: reading };
    case 'target_changed':
      return { type, detail: '' };
    case 'lower_late':
    case 'lower_refused':
      return { type, movedSeq, detail: '' };
    case 'woke':
      return { type };
    default:
      return { type, movedSeq, exposure };
  }
}
