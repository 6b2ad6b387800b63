import type { Plan } from '../../../rollout/plan/plan.js';
import type { Phase, Rollout } from '../../../rollout/state/rollout.js';
import { compose, lines, type Rendered } from '../blocks.js';
import { exposureWords } from '../phrases/exposure.js';
import { channel } from '../phrases/people.js';
import { stateShown } from '../phrases/stages.js';
import { bold, code, escapeText } from '../text.js';

/** More than these are only counted. */
export const MOST_ROWS = 20;

export interface ListRow {
  /** What is typed: `new-checkout`. */
  readonly name: string;
  readonly title: string;
  readonly phase: Phase;
  readonly rollback: Rollout['rollback'];
  readonly episodes: Rollout['alerts']['episodes'];
  /** The current stage's title; '' before the first. */
  readonly stage: string;
  readonly plan: Plan;
  /** Last read back. */
  readonly exposure: number;
  readonly channelId: string;
}

/** What is rolling out, one line each. `total`: as many are under way. */
export function renderList(rows: readonly ListRow[], total = rows.length): Rendered {
  if (rows.length === 0)
    return compose('list', [lines(`Nothing is rolling out. ${code('/rollout help')} shows what can be started.`)]);
  const shown = rows.slice(0, MOST_ROWS);
  const more = total > shown.length ? `and ${total - shown.length} more` : '';
  return compose('list', [lines(bold(total === 1 ? '1 rollout' : `${total} rollouts`), ...shown.map(row), more)]);
}

function row({ name, title, phase, rollback, episodes, stage, plan, exposure, channelId }: ListRow): string {
  const words = escapeText(stage, 40);
  const amount = exposureWords(plan, exposure);
  const place = words === '' ? amount : `${amount} · ${words}`;
  return `${stateShown({ phase, rollback, alerts: { episodes } })} · ${escapeText(title, 40)} ${code(name)} · ${place} · ${channel(channelId)}`;
}
