import type { Watch } from '../../rollout/health.js';
import type { Condition } from '../../rollout/refusal.js';
import type { Rollout } from '../../rollout/rollout.js';
import { codeBlock, compose, lines, type Rendered, small } from '../blocks.js';
import { bold, moment, percent } from '../text.js';
import { title, typed } from './phrases/commands.js';
import { clearing, conditionSentences, conditionTable, since } from './phrases/conditions.js';
import { nextStage, phaseWord, stageLabel } from './phrases/stages.js';

export interface WhyAnswer {
  readonly rollout: Rollout;
  readonly watch: Watch | null;
  readonly now: Date;
  /** Those of the next advance. */
  readonly conditions: readonly Condition[];
}

/** Why it stands where it stands: each condition of the next move, since when, and who or what can move it. */
export function renderWhy({ rollout, watch, now, conditions }: WhyAnswer): Rendered {
  const at = { rollout, watch, now };
  const next = nextStage(rollout);
  const all = conditions.map((condition) => {
    const from = since(condition, at);
    const words = clearing(condition, at);
    if (words === '') return condition.kind === 'bake' && from ? `The bake is done since ${moment(from)}.` : '';
    return `• ${words}${from ? ` Since ${moment(from)}.` : ''}`;
  });
  const met = conditions.every((condition) => condition.ok !== false);
  return compose(`why:${rollout.id}:${rollout.seq}`, [
    lines(
      `${bold(title(rollout))} · ${percent(rollout.confirmed)} · ${phaseWord(rollout.phase)}`,
      next
        ? `${met ? 'Nothing stands before' : 'What stands before'} ${stageLabel(next)}:`
        : 'There is no further stage.',
    ),
    codeBlock(next ? conditionTable(conditions) : ''),
    lines(...(next ? conditionSentences(conditions) : []), ...(next ? all : [])),
    small(typed('status', rollout)),
  ]);
}
