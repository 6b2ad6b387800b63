import { checksOf } from '../../../rollout/health/in-force.js';
import type { Message } from '../../../rollout/state/effects.js';
import type { Rollout } from '../../../rollout/state/rollout.js';
import { compose, lines, type Rendered, small } from '../blocks.js';
import { checkNumber } from '../phrases/checks.js';
import { title, typed } from '../phrases/commands.js';
import type { MessageContext } from '../phrases/context.js';
import { detailWords } from '../phrases/details.js';
import { atWords } from '../phrases/exposure.js';
import { lookup } from '../phrases/lookup.js';
import { actorName } from '../phrases/people.js';
import { bold, clock, duration, moment, quoted } from '../text.js';

type BaselineMessage = Extract<Message, { template: 'baseline' }>;

/** Lines a table gives to checks before it says how many more there are. */
const MOST = 20;

/** What the checks measured before, with the limits that follow from it; or why it could not be told. */
export function renderBaseline(message: BaselineMessage, { rollout }: MessageContext): Rendered {
  const { no, missed, readings, numbers, exposure } = message;
  const id = `baseline:${rollout.id}:${no}`;
  if (missed !== null) {
    const before = rollout.health.baseline ? 'Limits follow the one before.' : 'Limits against it cannot be judged.';
    return compose(`${id}:missed`, [
      lines(
        `${bold('Baseline not captured')}: ${detailWords(rollout, missed.detail)}`,
        `${before} Again: ${again(rollout)}`,
      ),
    ]);
  }
  const period = duration(rollout.plan.baselineMs ?? 0);
  return compose(id, [
    lines(`${bold('Baseline')} over ${period} ${atWords(rollout.plan, exposure)} · ${title(rollout)}`, why(message)),
    lines(...table(rollout, numbers)),
    small(`Means of ${readings === 1 ? '1 reading' : `${readings} readings or more`}; limits follow them from here on`),
  ]);
}

/** The answer to `baseline`: what limits follow now. */
export function renderBaselineNow({ rollout }: { readonly rollout: Rollout }): Rendered {
  const {
    health: { baseline, capture },
    plan,
  } = rollout;
  const id = `baseline-now:${rollout.id}:${rollout.seq}`;
  const under = capture ? `Being measured since ${clock(capture.since)}, for ${duration(plan.baselineMs ?? 0)}.` : '';
  if (plan.baselineMs === undefined) {
    return compose(id, [lines(`${title(rollout)} has no baseline: its plan does not ask for one.`)]);
  }
  if (!baseline) return compose(id, [lines(`${bold('No baseline yet')} · ${title(rollout)}`, under)]);
  return compose(id, [
    lines(
      `${bold('Baseline')} of ${moment(baseline.at)} ${atWords(plan, baseline.exposure)} · ${title(rollout)}`,
      why(baseline),
    ),
    lines(...table(rollout, baseline.numbers)),
    lines(under, capture ? '' : `To measure it again: ${again(rollout)}`),
  ]);
}

function again(rollout: Rollout): string {
  return typed('baseline', rollout, 'reason');
}

function why({ no, by, reason }: Pick<BaselineMessage, 'no' | 'by' | 'reason'>): string {
  if (no === 1) return '';
  const said = quoted(reason);
  return `Measured again by ${actorName(by)}${said === '' ? '' : `: ${said}`}`;
}

function table(rollout: Rollout, numbers: Readonly<Record<string, number>>): string[] {
  const known = checksOf(rollout).flatMap((check) => {
    const value = lookup(numbers, check.name);
    return value === undefined ? [] : [checkNumber(check, Number(value.toPrecision(4)))];
  });
  const left = known.length - MOST;
  return left > 0 ? [...known.slice(0, MOST), `and ${left} more`] : known;
}
