import { TARGET_SUBJECT, type Watch } from '../../../rollout/health/assess.js';
import { NEW_STREAK } from '../../../rollout/health/streak.js';
import type { WhyUnknown } from '../../../rollout/health/why-unknown.js';
import type { Verdict } from '../../../rollout/plan/verdict.js';
import { inDoubt } from '../../../rollout/requirements/doubt.js';
import type { Rollout } from '../../../rollout/state/rollout.js';
import { compose, lines, type Rendered, small } from '../blocks.js';
import { bakeWords } from '../phrases/bake.js';
import { type CheckNow, checkAt, checkLines, healthNow, worstFirst } from '../phrases/checks.js';
import { title, typed } from '../phrases/commands.js';
import { exposureWords } from '../phrases/exposure.js';
import { lookup } from '../phrases/lookup.js';
import { phaseWord } from '../phrases/stages.js';
import { unknownWords } from '../phrases/why-unknown.js';
import { bold, clockSeconds, escapeText } from '../text.js';

export interface CheckAnswer {
  readonly rollout: Rollout;
  readonly watch: Watch | null;
  readonly now: Date;
  /** One per check, by its name; the targets may be among them as `@target`. */
  readonly readings: readonly {
    readonly name: string;
    readonly value: number | null;
    readonly verdict: Verdict;
    readonly why: WhyUnknown | null;
  }[];
  /** It was read as the clock reads, and counts; false: only looked at. */
  readonly recorded: boolean;
}

/** Everything read once, now: how many are fine, then each with its number and limits. */
export function renderCheck({ rollout, watch, now, readings, recorded }: CheckAnswer): Rendered {
  const checks = worstFirst(readings.flatMap((reading) => checkNow(rollout, watch, reading)));
  const targets = readings.find((reading) => reading.name === TARGET_SUBJECT);
  const bake = recorded ? bakeWords(rollout, watch, now) : '';
  return compose(`check:${rollout.id}:${now.getTime()}`, [
    lines(
      `${bold(`Checked now: ${healthNow(checks)}`)} · ${title(rollout)}`,
      ...checkLines(checks, now, checks.length),
      targets ? targetLine(rollout, targets) : '',
      bake === '' ? '' : `${bold('Bake')} ${bake}`,
    ),
    small(
      `At ${clockSeconds(now)} · ${exposureWords(rollout.plan, rollout.exposure.confirmed)}, ${phaseWord(rollout.phase)} · ${typed('why', rollout)}`,
      recorded ? '' : 'Not watched now: read once, nothing recorded',
    ),
  ]);
}

function checkNow(rollout: Rollout, watch: Watch | null, reading: CheckAnswer['readings'][number]): CheckNow[] {
  const check = checkAt(rollout, reading.name);
  if (!check) return [];
  const { value, verdict, why } = reading;
  const known = (watch && lookup(watch.streaks, reading.name)) ?? NEW_STREAK;
  // Without a number it reads as no data, whatever the memory says of readings before.
  const unknownInRow = verdict === 'unknown' && (value === null || why !== null) ? Math.max(1, known.unknownInRow) : 0;
  const doubtful = verdict === 'pass' && inDoubt(rollout, watch).includes(reading.name);
  return [
    { check, verdict, value, streak: { ...known, verdict, value, why, unknownInRow }, ...(doubtful && { doubtful }) },
  ];
}

function targetLine({ plan }: Rollout, { value, why }: CheckAnswer['readings'][number]): string {
  return value === null
    ? `○ ${bold('No data')} the targets${why === null ? '' : ` (${escapeText(unknownWords(why), 80)})`}`
    : `The targets read ${exposureWords(plan, value)}`;
}
