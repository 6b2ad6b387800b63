/**
 * How often a healthy service is rolled back and how soon a faulty one is: the figures of docs/explanation/health-verdicts.md. The
 * streams are seeded and time is simulated, so every machine gives the same.
 */
import type { JudgedCheck } from '../src/rollout/health/in-force.js';
import { MINUTE, SECOND } from '../test/rollout/fixture.js';
import { many } from '../test/rollout/streams.js';
import type { Figures } from './many.js';

/** Requests a minute. */
const TRAFFIC = [10, 100, 1_000];
/** When everything begins to fail, s. */
const OUTAGE_FROM = 1_200;

/** An error rate with a limit of 1 %, whose looks count when they are this far apart. */
function errorRate(apartS: number, share: boolean): JudgedCheck {
  return {
    name: 'errors',
    title: 'errors',
    unit: '%',
    probe: { kind: 'memory', name: 'errors' },
    share,
    windowMs: apartS * SECOND,
    everyMs: MINUTE,
    critical: { op: 'above', value: 1 },
  };
}

/** A row for each window and rule; `before`: any two looks in a row, ten seconds apart. */
export function falseAlarms(runs: { readonly before: number; readonly now: number }): Figures {
  const figures: Record<string, string> = {};
  for (const windowS of [60, 300]) {
    figures[`before, ${windowS / 60} min`] = row(windowS, errorRate(10, false), runs.before);
    figures[`now, ${windowS / 60} min`] = row(windowS, errorRate(windowS, true), runs.now);
  }
  return figures;
}

function row(windowS: number, check: JudgedCheck, runs: number): string {
  const each = (failing: (second: number) => number, from = 0) =>
    TRAFFIC.map((perMinute) => many({ perMinute, failing, windowS }, check, { runs, from }));
  const taken = (part: number) => each(() => part).map(({ rolledBack }) => rolledBack);
  const outage = each((second) => (second < OUTAGE_FROM ? 0.002 : 1), OUTAGE_FROM);
  return [
    `half the limit ${taken(0.005).join(' / ')} %`,
    `a fifth ${taken(0.002).join(' / ')} %`,
    `outage ${outage.map(({ median }) => median).join(' / ')} s`,
    `five times ${each(() => 0.05)
      .map(({ median }) => median)
      .join(' / ')} s`,
  ].join(' · ');
}
