/**
 * Draws every post of a rollout in thousands of states (limits of a stage's own, each act, restarts, holds, limits against a measurement,
 * reported numbers) and holds each sentence against the state. A sentence that is not known here fails: what must be so has to be said.
 */
import { expect, test } from 'vitest';
import type { Message } from '../../src/rollout/effects.js';
import type { Watch } from '../../src/rollout/health.js';
import { checkIn } from '../../src/rollout/in-force.js';
import type { CheckOverride, CheckPlan, Plan, Restart } from '../../src/rollout/plan.js';
import type { AlertPost, Episode, Rollout } from '../../src/rollout/rollout.js';
import { NEW_STREAK } from '../../src/rollout/streak.js';
import { type MessageContext, renderMessage } from '../../src/slack/messages/index.js';
import {
  alertPostOf,
  episodeOf,
  heldFor,
  LEA,
  NOW,
  PLAN,
  requestFor,
  rollbackFrom,
  rolloutAt,
  streakAt,
} from '../support/rollouts.js';
import { readable } from './readable.js';
import { areLimits, isCounting, isRule, PLAIN, rulesOfStage, type Scene, sentences } from './sentences.js';

const MIN = 60_000;
const HOUR = 60 * MIN;
const probe = { kind: 'memory', name: 'x' } as const;
const CHECKS: readonly CheckPlan[] = [
  {
    name: 'errors',
    title: 'Errors',
    unit: '%',
    probe,
    warning: { op: 'above', value: 2 },
    critical: { op: 'above', value: 10 },
  },
  { name: 'success', title: 'Success', unit: '%', probe, critical: { op: 'below', value: 90, forMs: 5 * MIN } },
  {
    name: 'latency',
    title: 'Latency',
    unit: 'ms',
    probe,
    critical: { op: 'above', than: { of: { kind: 'baseline' }, times: 1.5, plus: 0 } },
  },
  {
    name: 'complaints',
    title: 'Complaints',
    unit: '',
    probe: { kind: 'manual', ask: 'How many?', everyMs: 4 * HOUR },
    critical: { op: 'above', value: 5 },
  },
];

/** What the second stage changes. */
const OWN: Readonly<Record<string, Readonly<Record<string, CheckOverride>>>> = {
  nothing: {},
  criterion: {
    errors: { critical: { op: 'above', value: 5, act: { kind: 'post' } } },
    success: { critical: null, warning: { op: 'below', value: 95 } },
  },
  'acts earlier': { errors: { others: [{ op: 'above', value: 7.8, act: { kind: 'rollback' } }] } },
  holds: { errors: { critical: { op: 'above', value: 4, act: { kind: 'hold' } } } },
  'switches off': { errors: { critical: { op: 'at_least', value: 4.5, act: { kind: 'disable' } } } },
  'back a stage': {
    errors: { critical: { op: 'above', value: 6, act: { kind: 'rollback', to: { kind: 'previous' } } } },
  },
  relative: {
    errors: { critical: { op: 'above', than: { of: { kind: 'stage', stage: 'early-access' }, times: 1, plus: 5 } } },
  },
};
const RESTARTS: readonly (readonly Restart[])[] = [[], ['warning'], ['no_data']];
const READINGS = {
  errors: { value: 3.1, at: new Date(NOW.getTime() - 20_000) },
  complaints: { value: 2, at: new Date(NOW.getTime() - 3 * HOUR), by: LEA },
};
const NUMBERS = { errors: 3.1, success: 97.5, latency: 210, complaints: 2 };
const VERDICTS = { errors: 'warning', success: 'pass', latency: 'pass', complaints: 'pass' } as const;

function* states(): Generator<{ readonly name: string; readonly rollout: Rollout; readonly watch: Watch | null }> {
  for (const [own, checks] of Object.entries(OWN)) {
    for (const restartsOn of RESTARTS) {
      // Only limits against a measurement know the difference.
      for (const measured of own === 'relative' ? [true, false] : [restartsOn.length === 0]) {
        const stages = PLAN.stages.map((stage) => (stage.no === 2 ? { ...stage, checks, restartsOn } : stage));
        const plan: Plan = { ...PLAN, checks: CHECKS, stages };
        const known = { plan, verdicts: VERDICTS, numbers: NUMBERS, restarts: restartsOn.length > 0 ? 1 : 0 };
        const baseline = { no: 1, numbers: { latency: 200, errors: 1 }, at: NOW, exposure: 0, by: LEA, reason: '' };
        const about = { ...known, ...(measured && { baseline, means: { 'early-access': { errors: 2 } } }) };
        const phases: readonly Rollout[] = [
          rolloutAt('baking', about),
          rolloutAt('held', { ...about, held: heldFor({ cause: 'check_holds', note: 'Errors' }), holds: ['errors'] }),
          rolloutAt('held', { ...about, held: heldFor() }),
          rolloutAt('held', { ...about, held: heldFor({ cause: 'no_data', note: '' }) }),
          rolloutAt('baking', { ...about, holds: ['errors'] }),
          rolloutAt('ready', about),
          rolloutAt('baking', { ...about, bakedMs: 4 * HOUR, extraBakeMs: HOUR }),
          rolloutAt('awaiting_approval', { ...about, request: request() }),
          rolloutAt('rolling_back', about),
        ];
        for (const rollout of phases) {
          for (const stopped of restartsOn.length === 0
            ? (['no', 'errors', 'unwatched'] as const)
            : (['no', 'errors'] as const)) {
            const watch = stopped === 'unwatched' ? null : watchOf(rollout, stopped === 'errors');
            yield {
              name: `${own}, restarts on ${restartsOn.join()}, ${measured ? 'measured' : 'not measured'}, ${rollout.phase}, stopped ${stopped}`,
              rollout,
              watch,
            };
          }
        }
      }
    }
  }
}

function request() {
  return requestFor({ verdicts: VERDICTS, numbers: NUMBERS, readings: READINGS });
}

function watchOf(rollout: Rollout, stopped: boolean): Watch {
  const gone = { ...NEW_STREAK, value: 3.1, unknownInRow: 3, unknownSince: NOW, why: 'timeout', readAt: NOW };
  return {
    ...{
      rolloutId: rollout.id,
      stageNo: rollout.stageNo,
      attempt: 1,
      raisedAt: NOW,
      nextCheckAt: NOW,
      lastCheckAt: NOW,
      observedMs: HOUR,
      fence: 1,
    },
    stopped: stopped ? { subject: 'errors', why: 'timeout', since: NOW } : null,
    streaks: {
      errors: stopped ? gone : streakAt(3.1, { verdict: 'warning', level: 'warning' }),
      success: streakAt(97.5),
      latency: streakAt(210),
      complaints: streakAt(2),
    },
  };
}

const post = (more: Partial<Episode>): AlertPost =>
  alertPostOf([episodeOf({ subject: 'errors', value: 3.1, ...more })]);

/** The limit that an alert keeps; without one that holds there would be none. */
function brokenIn(rollout: Rollout): Pick<Episode, 'limit'> {
  const limit = checkIn(rollout, 'errors')?.critical ?? { op: 'above', value: 10 };
  return { limit };
}

function messages(rollout: Rollout): readonly Message[] {
  const done = {
    stageNo: 2,
    wallMs: 5 * HOUR,
    observedMs: 4 * HOUR,
    issues: { opened: 1, closed: 1 },
    numbers: NUMBERS,
  };
  return [
    { template: 'alert', post: post({ kind: 'warning' }) },
    { template: 'alert', post: post({ kind: 'critical', value: 11, ...brokenIn(rollout) }) },
    { template: 'alert', post: post({ kind: 'feared', value: 11, detail: '' }) },
    { template: 'alert', post: post({ kind: 'no_data', value: null, detail: 'timeout' }) },
    {
      template: 'alert',
      post: post({ kind: 'drift', subject: '@target', value: 60, detail: 'drift_up: expected 50 %, read 60 %' }),
    },
    {
      template: 'alert',
      post: post({ kind: 'drift', subject: '@target', value: 30, detail: 'drift_down: expected 50 %, read 30 %' }),
    },
    {
      template: 'alert',
      post: post({
        kind: 'raise_failed',
        subject: 'raise',
        value: null,
        detail: 'raise_failed: no answer',
        exposure: 100,
      }),
    },
    { template: 'approval_request', request: request(), outcome: { kind: 'open' } },
    { template: 'stage_start', stageNo: 2, exposure: 50, bakeMs: 4 * HOUR, at: NOW },
    // A bake that was done and is not is one that somebody made longer.
    ...(rollout.bakeDone || rollout.extraBakeMs > 0 ? [{ template: 'stage_complete', attempt: 1, ...done }] : []),
    { template: 'summary', exposure: 50, verdicts: VERDICTS, ...done },
    { template: 'completed', ...done, stageNo: 3, unwatched: null },
    {
      template: 'incident',
      rollback: rollbackFrom(50, {
        cause: { ...rollbackFrom(50).cause, check: 'errors', value: 12, limit: { op: 'above', value: 10 } },
      }),
      tookMs: null,
      exposure: null,
    },
    { template: 'live' },
    {
      template: 'reminder',
      waitingFor: rollout.phase === 'held' ? 'resume' : 'advance',
      since: NOW,
      nobodyLeft: false,
    },
  ] as readonly Message[];
}

/** The stage whose limits a post speaks of. */
function stageOf({ message, ctx: { rollout } }: Scene): number {
  switch (message.template) {
    case 'approval_request':
      return message.request.stageNo - 1;
    case 'stage_complete':
    case 'summary':
    case 'completed':
      return message.stageNo;
    default:
      return rollout.stageNo;
  }
}

const rules = (scene: Scene, title: string) => rulesOfStage(scene, title.toLowerCase(), stageOf(scene));
const unitOf = (title: string) => CHECKS.find((check) => check.title === title)?.unit ?? '';
const held = ({ ctx: { rollout } }: Scene) => rollout.phase === 'held';
const restarts = ({ ctx: { rollout } }: Scene, on: Restart) =>
  rollout.plan.stages[rollout.stageNo - 1]?.restartsOn?.includes(on) ?? false;
const kindOf = ({ message }: Scene) => (message.template === 'alert' ? message.post.lines[0]?.kind : undefined);
const restartsWith = (scene: Scene) => restarts(scene, kindOf(scene) === 'no_data' ? 'no_data' : 'warning');
const baking = ({ ctx: { rollout } }: Scene) => rollout.phase === 'baking';
const keeps = (scene: Scene, percent: string) => Number(percent) === scene.ctx.rollout.confirmed;

type Known = readonly [pattern: RegExp, isSo: (scene: Scene, ...found: string[]) => boolean];

const SAYS: readonly Known[] = [
  // what is wrong, by the limit that is in force
  [
    /^\*Warning\*: (\w+) [\d.]+ (?:% |ms )?is (?:over|under) its warning ([\d.]+)(?: %)?$/,
    (scene, title = '', limit) =>
      rules(scene, title).some(({ act, value }) => act === 'warn' && String(value) === limit),
  ],
  [
    /^\*Critical\*: (\w+) ([\d.]+) % is (?:over|at or over) its limit ([\d.]+) %(?: \(.+\))?$/,
    (scene, title = '', value, limit) =>
      rules(scene, title).some(
        (rule) =>
          rule.act !== 'warn' &&
          (rule.value === undefined || String(rule.value) === limit) &&
          Number(value) >= Number(limit),
      ),
  ],
  [/^\*No data\*(?: from .+)?: .+ has no number \(timeout\)$/, (scene) => kindOf(scene) === 'no_data'],
  [
    /^\*In doubt\*: (\w+) has numbers beyond a limit, not long enough yet for it to count; the last is [\d.]+ %$/,
    (scene) => kindOf(scene) === 'feared',
  ],
  [/^\*Exposure moved\*: somebody else (?:raised|lowered) the exposure \(.+\)$/, (scene) => kindOf(scene) === 'drift'],
  [
    /^\*Not raised to 100 %\*: the raise could not be applied \(no answer\)$/,
    (scene) => kindOf(scene) === 'raise_failed',
  ],
  // what else happens
  [
    /^((?:Rolls|Holds|Switches|To go on).+)\.$/,
    (scene, words = '') => {
      const all = rules(scene, 'Errors').filter(({ act }) => act !== 'warn');
      const parts = words.split('; ').map((part) => part.charAt(0).toLowerCase() + part.slice(1));
      return parts.length === all.length && parts.every((part) => isRule(part, all, '%'));
    },
  ],
  // what was done
  [/^Nothing was changed; the bake goes on\.$/, (scene) => isCounting(scene) && !restarts(scene, 'warning')],
  [/^Nothing else was changed; the bake started over\.$/, (scene) => isCounting(scene) && restarts(scene, 'warning')],
  [
    /^Nothing else was changed; the bake starts over and stands still (?:meanwhile|until there is data again)\.$/,
    (scene) => baking(scene) && restartsWith(scene) && (!isCounting(scene) || kindOf(scene) !== 'warning'),
  ],
  [
    /^Nothing was changed; the bake stands still (?:meanwhile|until there is data again)\.$/,
    (scene) => baking(scene) && !restartsWith(scene) && (!isCounting(scene) || kindOf(scene) !== 'warning'),
  ],
  [
    /^Nothing was changed\.$/,
    (scene) =>
      !baking(scene) && !(held(scene) && scene.ctx.rollout.held?.cause === 'no_data' && kindOf(scene) === 'no_data'),
  ],
  [
    /^Nothing was changed; the bake counts only time between two numbers within their critical limits\.$/,
    (scene) => baking(scene) && kindOf(scene) === 'feared',
  ],
  [
    /^No stage is raised while a number is beyond a critical limit\.$/,
    (scene) => !baking(scene) && kindOf(scene) === 'feared',
  ],
  [/^A rollback is under way\.$/, ({ ctx }) => ctx.rollout.phase === 'rolling_back'],
  [
    /^No stage can be raised (?:meanwhile|until there is data again)\.$/,
    (scene) => kindOf(scene) === 'critical' || kindOf(scene) === 'no_data',
  ],
  [/^The rollout is held; users keep (\d+) %\.$/, (scene, percent = '') => held(scene) && keeps(scene, percent)],
  [/^This limit does not roll it back\.$/, (scene) => scene.ctx.rollout.holds?.includes('errors') ?? false],
  [
    /^Somebody went on all the same\. It holds again once it was well in between\.$/,
    (scene) => !held(scene) && (scene.ctx.rollout.holds?.includes('errors') ?? false),
  ],
  [/^It is being lowered to (\d+) % again\.$/, (scene, percent) => Number(percent) === scene.ctx.rollout.wanted],
  [/^It is left where it was found; the rollout is held\.$/, held],
  [/^It was left where it was found; the rollout is (.+) now\.$/, (scene) => !held(scene)],
  [/^Users keep (\d+) %; the targets are put back there\.$/, (scene, percent = '') => keeps(scene, percent)],
  [/^The rollout is held\.$/, held],
  [/^The rollout is (?:baking|ready|waiting for approval|rolling back) now\.$/, (scene) => !held(scene)],
  // numbers beside their limits
  [
    /^(?:[✖○] )?(?:\*[A-Z][a-z ]+\* )?(\w+),? (?:last )?[\d.,]+(?: %| ms)?(?: [↗↘])?(?: \(([^()]*)\))?(, .+)?$/,
    (scene, title = '', limits = '', age = '') =>
      (limits === '' || areLimits(limits, rules(scene, title))) && (age === '' || isAge(title, age)),
  ],
  [/^○ \*No data\* (\w+)(?: for .+)? \(timeout\), last .+$/, ({ ctx }) => ctx.watch?.stopped !== null],
  // what the move changes
  [/^\*Other limits in that stage\*$/, () => true],
  [/^(\w+): (also )?([^→]+?)(?: → (.+))?$/, changed],
  // the bake
  [/^\*Bake\* .+, ends about .+$/, (scene) => isCounting(scene)],
  [/^\*Bake\* .+, done$/, ({ ctx }) => ctx.rollout.bakeDone],
  [
    /^\*Bake\* .+, stands still while (held|this goes on)$/,
    (scene, why) => !baking(scene) && (why === 'held') === held(scene),
  ],
  [/^\*Bake\* [^,]+$/, (scene) => !isCounting(scene)],
  [
    /^Bake stands still: Errors has had no data for .+ \(timeout\)$/,
    ({ ctx }) => ctx.watch?.stopped?.subject === 'errors',
  ],
  [
    /^Started over (?:once|\d+ times): the plan counts from the last trouble$/,
    ({ ctx }) => (ctx.rollout.restarts ?? 0) > 0,
  ],
  [/^Extended; baking again, 5 h needed now$/, ({ ctx }) => ctx.rollout.extraBakeMs === HOUR && !ctx.rollout.bakeDone],
  [/^Please have a look; the bake goes on by itself\.$/, (scene) => isCounting(scene)],
  [/^Please have a look; the bake stands still: .+$/, (scene) => !isCounting(scene)],
];

function changed(scene: Scene, title = '', also = '', was = '', will = ''): boolean {
  if (scene.message.template !== 'approval_request') return false;
  const unit = unitOf(title);
  const of = (stageNo: number) => rulesOfStage(scene, title.toLowerCase(), stageNo);
  const { stageNo } = scene.message.request;
  const all = (words: string, at: number) =>
    words === 'no limit in its place' || words.split(', ').every((one) => isRule(one, of(at), unit));
  return also === '' ? all(was, stageNo - 1) && all(will, stageNo) : all(was, stageNo);
}

function isAge(title: string, age: string): boolean {
  if (title === 'Complaints') return age === ', reported by <@ULEA>, 3 h old';
  return title === 'Errors' && age === ', 20 s old';
}

test('every sentence of every post is so in the state it is drawn from', () => {
  let drawn = 0;
  const wrong = new Map<string, string>();
  const used = new Set<Known>();
  for (const { name, rollout, watch } of states()) {
    const ctx: MessageContext = { rollout, watch, now: NOW, lowering: null, byHand: [] };
    for (const message of messages(rollout)) {
      // What the watch says stands in these only.
      if (name.endsWith('errors') && !['alert', 'live', 'summary'].includes(message.template)) continue;
      drawn += 1;
      const scene = { ctx, message };
      for (const line of readable(renderMessage(message, ctx)).split('\n').flatMap(sentences)) {
        if (line === '' || PLAIN.some((plain) => plain.test(line))) continue;
        const known = SAYS.filter(([pattern]) => pattern.test(line));
        const so = known.some(([pattern, isSo]) =>
          isSo(scene, ...(pattern.exec(line) ?? []).slice(1).map((found) => found ?? '')),
        );
        for (const one of known) used.add(one);
        if (!so) wrong.set(`${known.length === 0 ? 'UNKNOWN' : 'NOT SO'} ${message.template}: ${line}`, name);
      }
    }
  }
  expect([...wrong].slice(0, 40)).toEqual([]);
  expect(drawn).toBeGreaterThan(3_000);
  // A pattern that nothing says any more would hide a new sentence.
  expect(SAYS.filter((each) => !used.has(each)).map(([pattern]) => pattern.source)).toEqual([]);
});
