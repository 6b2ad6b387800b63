/**
 * Seeded traffic as Prometheus shows it, watched by the very rules: requests come by chance, some of them fail by chance, every five
 * seconds they are scraped, and a reading is the share of failures of the last minutes.
 */

import { assess, type Watch } from '../../src/rollout/health/assess.js';
import type { JudgedCheck } from '../../src/rollout/health/in-force.js';
import type { CheckReading } from '../../src/rollout/health/streak.js';
import { rollsBack } from '../../src/rollout/moves/acts.js';
import { MINUTE, NOON, SECOND, stage } from './fixture.js';

const SCRAPE_S = 5;
const LONGEST_MS = 3 * 60 * MINUTE;

export interface Stream {
  /** How many requests come in a minute. */
  readonly perMinute: number;
  /** Which part of them fails at this second of the bake. */
  readonly failing: (second: number) => number;
  /** `[1m]` is 60. */
  readonly windowS: number;
}

/** The seconds from the beginning of the bake to its rollback; null where it passed. An hour of bake, at most three by the clock. */
function watched(stream: Stream, check: JudgedCheck, seed: number): number | null {
  const share = sharesOf(stream, seed);
  const each = stage(1, 10);
  const at = (second: number) => new Date(NOON.getTime() + second * SECOND);
  let watch: Watch = {
    rolloutId: 1,
    stageNo: 1,
    attempt: 1,
    raisedAt: NOON,
    nextCheckAt: NOON,
    lastCheckAt: null,
    observedMs: 0,
    stopped: null,
    streaks: {},
    fence: 0,
  };
  for (let second = SCRAPE_S; second * SECOND <= LONGEST_MS && watch.observedMs < 60 * MINUTE; ) {
    const read = share(second);
    const errors: CheckReading = Number.isNaN(read)
      ? { unknown: 'not_a_number', detail: 'no traffic', tookMs: 0 }
      : { value: read, tookMs: 0 };
    watch = assess({
      checks: [check],
      stage: each,
      watch,
      readings: { errors },
      bakingSince: NOON,
      expected: 10,
      capture: null,
      target: { exposure: 10, partial: false, detail: '' },
      now: at(second),
    }).watch;
    if (rollsBack(watch.streaks.errors)) return second;
    second = Math.max(second + 1, Math.ceil((watch.nextCheckAt.getTime() - NOON.getTime()) / SECOND));
  }
  return null;
}

/** Percent of failures in the window that ends with the last scrape; NaN without a request. */
function sharesOf({ perMinute, failing, windowS }: Stream, seed: number): (second: number) => number {
  const chance = random(seed);
  const sums: (readonly [all: number, failed: number])[] = [[0, 0]];
  return (second) => {
    const scrape = Math.floor(second / SCRAPE_S);
    while (sums.length <= scrape) {
      const [all, failed] = sums.at(-1) ?? [0, 0];
      const part = failing((sums.length - 1) * SCRAPE_S);
      const mean = (perMinute * SCRAPE_S) / 60;
      const [bad, good] = [poisson(mean * part, chance), poisson(mean * (1 - part), chance)];
      sums.push([all + bad + good, failed + bad]);
    }
    const [all, failed] = sums[scrape] ?? [0, 0];
    const [allThen, failedThen] = sums[Math.max(0, scrape - windowS / SCRAPE_S)] ?? [0, 0];
    return (100 * (failed - failedThen)) / (all - allThen);
  };
}

/** Numbers from 0 to 1 that are the same for the same seed. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function poisson(mean: number, chance: () => number): number {
  const end = Math.exp(-mean);
  let [count, product] = [0, chance()];
  while (product > end) {
    count += 1;
    product *= chance();
  }
  return count;
}

/** How a rule does on many streams: how many were rolled back, %, and the median and the 95th percentile of when, s. */
export function many(
  stream: Stream,
  check: JudgedCheck,
  { runs, from = 0 }: { runs: number; from?: number },
): { rolledBack: number; median: number; late: number; early: number } {
  const all = Array.from({ length: runs }, (_, i) => watched(stream, check, 1_000 + i));
  const found = all
    .flatMap((second) => (second === null || second < from ? [] : [second - from]))
    .sort((a, b) => a - b);
  const share = (count: number) => Math.round((1_000 * count) / runs) / 10;
  return {
    rolledBack: share(all.filter((second) => second !== null).length),
    early: share(all.filter((second) => second !== null && second < from).length),
    median: found[Math.floor(found.length / 2)] ?? Number.NaN,
    late: found[Math.floor(found.length * 0.95)] ?? Number.NaN,
  };
}
