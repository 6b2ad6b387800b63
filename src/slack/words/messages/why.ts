import type { Watch } from '../../../rollout/health/assess.js';
import { rolledBackByBot } from '../../../rollout/moves/start.js';
import type { Condition } from '../../../rollout/state/refusal.js';
import {
  type EndedRollout,
  isExposed,
  isOver,
  nextStage,
  type Rollout,
  type RolloutIn,
} from '../../../rollout/state/rollout.js';
import { codeBlock, compose, lines, type MessagePart, type Rendered, small } from '../blocks.js';
import { restartedWords } from '../phrases/bake.js';
import { title, typed } from '../phrases/commands.js';
import { clearing, conditionSentences, conditionTable, since } from '../phrases/conditions.js';
import type { MessageContext } from '../phrases/context.js';
import { inBrackets } from '../phrases/details.js';
import { exposureWords } from '../phrases/exposure.js';
import { waysOnAfter } from '../phrases/last-run-rolled-back.js';
import { causeWords, REASON_WORDS } from '../phrases/reasons.js';
import { triesWords } from '../phrases/rollback.js';
import { stageLabel, stateShown } from '../phrases/stages.js';
import { clockSeconds, moment, quoted } from '../text.js';

export interface WhyAnswer {
  readonly rollout: Rollout;
  readonly watch: Watch | null;
  readonly now: Date;
  /** Those of the next advance. */
  readonly conditions: readonly Condition[];
  /** The lowering that was ordered and not read back yet. */
  readonly lowering?: MessageContext['lowering'];
}

/** Why it stands where it stands: each condition of the next move, since when, and who or what can move it; or why it is over. */
export function renderWhy(answer: WhyAnswer): Rendered {
  const { rollout } = answer;
  return compose(`why:${rollout.id}:${rollout.seq}`, [
    lines(
      `${stateShown(rollout)} · ${title(rollout)} · ${exposureWords(rollout.plan, rollout.exposure.confirmed)}`,
      ...(isOver(rollout) ? ending(rollout) : []),
    ),
    ...(isOver(rollout) ? waysOnAfter(rollout) : standing(answer)),
    small(typed('status', rollout)),
  ]);
}

function standing(answer: WhyAnswer): MessagePart[] {
  const { rollout, watch, now, conditions } = answer;
  if (rollout.phase === 'rolling_back') return [lines(...goingDown(rollout, answer.lowering))];
  const next = nextStage(rollout);
  const at = { rollout, watch, now };
  const all = conditions.map((condition) => {
    const from = since(condition, at);
    const words = clearing(condition, at);
    if (words === '')
      return condition.kind === 'bake' && condition.ok && from ? `The bake is done since ${moment(from)}.` : '';
    return `• ${words}${from ? ` Since ${moment(from)}.` : ''}`;
  });
  const met = conditions.every((condition) => condition.ok !== false);
  const place = next ? stageLabel(next) : 'the end (there is no further stage)';
  return [
    lines(`${met ? 'Nothing is missing before' : 'Missing before'} ${place}:`),
    codeBlock(conditionTable(conditions)),
    lines(
      ...conditionSentences(conditions),
      ...all,
      rollout.bake.done ? '' : restartedWords(rollout),
      met && !next ? `To end it: ${typed('finish', rollout)}` : '',
    ),
  ];
}

/** No stage is waited for any more: from where to where it goes and why, and that it is not there yet. */
function goingDown(rollout: RolloutIn<'rolling_back'>, lowering: WhyAnswer['lowering'] = null): string[] {
  const { rollback, plan } = rollout;
  const move = `from ${exposureWords(plan, rollback.from)} to ${exposureWords(plan, rollback.to)}`;
  const tries = triesWords(lowering);
  return [
    `It is being rolled back ${move}: ${causeWords(rollout, rollback.cause)}.`,
    `Not read back yet, ordered at ${clockSeconds(rollback.orderedAt)}${tries === '' ? '' : ` (${tries})`}. I keep trying.`,
  ];
}

/** A run that ended waits for nothing: its cause, and what can be done now. */
function ending(rollout: EndedRollout): string[] {
  const over = `This run is over since ${moment(rollout.endedAt)}: ${cause(rollout)}.`;
  // Started again from here it would be refused: users already get more than a first stage.
  if (isExposed(rollout)) return [over, `To take it back: ${typed('rollback', rollout)}`];
  const byItself: boolean = rolledBackByBot(rollout);
  if (byItself)
    return [over, rollout.exposure.settled ? '' : 'A new one can begin once the targets have been read again.'];
  const settling = rollout.exposure.settled ? '' : ', once the targets have been read again';
  return [over, `A new one begins with ${typed('start', rollout)}${settling}`];
}

function cause(rollout: EndedRollout): string {
  switch (rollout.phase) {
    case 'rolled_back':
      return causeWords(rollout, rollout.rollback.cause);
    case 'not_started':
      return `${REASON_WORDS[rollout.failure.reason]}${inBrackets(rollout, rollout.failure.detail)}`;
    case 'completed': {
      if (rollout.finishNote === null) return 'the last bake passed';
      const said = quoted(rollout.finishNote);
      return `it was finished early${said === '' ? '' : `, ${said}`}`;
    }
    default:
      return rollout satisfies never;
  }
}
