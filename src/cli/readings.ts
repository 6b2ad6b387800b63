/** One look at what a plan moves and what it measures, for people at a terminal. */
import type { Adapters } from '../adapters/index.js';
import { detailOf, readChecks, readEachTarget } from '../read-outside.js';
import type { ExposureReading } from '../rollout/health/assess.js';
import { checkIn } from '../rollout/health/in-force.js';
import { type CheckReading, levelRead, numberRead, unknownCode, whyUnknown } from '../rollout/health/streak.js';
import { NOT_MEASURED } from '../rollout/health/why-unknown.js';
import { plainExposure } from '../rollout/plan/exposure.js';
import type { CheckPlan, Plan, ProbeConfig, TargetConfig, TargetPlan } from '../rollout/plan/plan.js';
import type { Verdict } from '../rollout/plan/verdict.js';
import { toPlain } from '../slack/words/inline.js';
import { limitsAsWritten, valuePlain } from '../slack/words/phrases/checks.js';
import { unknownWords } from '../slack/words/phrases/why-unknown.js';

/** Numbers that cannot be read from another process, by the kind of their probe or target; null where they can be. */
const KEPT_ELSEWHERE = {
  memory: 'kept in the bot’s own process, not to be read from here',
  manual: 'a number that people report, not to be read from here',
  alert: 'fed by alerts that are sent to the bot, not to be read from here',
  http: null,
  prometheus: null,
  sql: null,
  exec: null,
  postgres: null,
} satisfies Readonly<Record<ProbeConfig['kind'] | TargetConfig['kind'], string | null>>;

/** What was read, in words, and what it means. `verdict` null: nothing can be read from here, by its nature. */
export interface Looked {
  readonly title: string;
  readonly words: string;
  /** Of a check without a number: why it has no number, without its limits, so that checks with one cause say the same. */
  readonly cause?: string;
  readonly verdict: Verdict | null;
}

export async function lookAtCheck(plan: Plan, check: CheckPlan, adapters: Adapters): Promise<Looked> {
  const elsewhere = KEPT_ELSEWHERE[check.probe.kind];
  if (elsewhere) return { title: check.title, words: elsewhere, verdict: null };
  const one = { ...plan, checks: [check] };
  const probes = adapters.probesOf(one);
  try {
    const readings = await readChecks(
      { plan: one, health: { reports: {} } },
      { targets: [], probes, changed: null },
      new Date(),
    );
    return checkLooked(check, readings[check.name] ?? NOT_MEASURED);
  } finally {
    await Promise.allSettled([...probes.values()].map((probe) => probe.close()));
  }
}

/**
 * `0.4 % (warning above 5 %, critical above 10 %) pass`; without a number, the reason why. What is compared with a number that
 * only a rollout measures is not judged.
 */
export function checkLooked(check: CheckPlan, reading: CheckReading): Looked {
  const { title } = check;
  const limits = limitsAsWritten(check);
  const judged = checkIn({ plan: { checks: [check], stages: [] }, stage: { no: 0 } }, check.name);
  if ('unknown' in reading || !judged || numberRead(judged, reading) === null) {
    const said = judged ? unknownWords(whyUnknown(judged, reading)) : 'not measured';
    // The page of the probe explains each code.
    const code = judged ? ` (${unknownCode(judged, reading)})` : '';
    const cause = toPlain([`no number: ${said}${code}`]);
    return { title, words: toPlain([`${cause} (${limits})`]), cause, verdict: 'unknown' };
  }
  const words = toPlain([`${valuePlain(judged, reading.value)} (${limits})`]);
  if (judged.unjudged !== undefined)
    return { title, words: `${words} judged once a rollout has measured`, verdict: null };
  const verdict = levelRead(judged, reading) ?? 'unknown';
  return { title, words: `${words} ${verdict}`, verdict };
}

export async function lookAtTarget(plan: Plan, target: TargetPlan, adapters: Adapters): Promise<Looked> {
  const elsewhere = KEPT_ELSEWHERE[target.config.kind];
  if (elsewhere) return { title: target.name, words: elsewhere, verdict: null };
  try {
    const targets = adapters.targetsOf({ ...plan, targets: [target] });
    try {
      const [read] = await readEachTarget({ targets, probes: new Map(), changed: null });
      return targetLooked(plan, target.name, read?.reading ?? { error: 'not read' });
    } finally {
      await Promise.allSettled(targets.map((each) => each.close()));
    }
  } catch (error) {
    return targetLooked(plan, target.name, { error: detailOf(error) });
  }
}

/** `50 %, NEW_CHECKOUT 50 %`; rows that differ are a warning: a start would be refused. */
export function targetLooked(plan: Plan, title: string, reading: ExposureReading): Looked {
  if ('error' in reading) return { title, words: `cannot be read: ${reading.error}`, verdict: 'unknown' };
  const detail = reading.detail === '' ? '' : `, ${reading.detail}`;
  const words = toPlain([
    `${reading.partial ? 'its parts differ, the highest is ' : ''}${plainExposure(plan, reading.exposure)}${detail}`,
  ]);
  return { title, words, verdict: reading.partial ? 'warning' : 'pass' };
}
