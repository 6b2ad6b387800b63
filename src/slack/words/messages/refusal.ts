import type { Button } from '@slack/types';
import type { Watch } from '../../../rollout/health/assess.js';
import type { Refusal } from '../../../rollout/state/refusal.js';
import type { Rollout } from '../../../rollout/state/rollout.js';
import { nextStage } from '../../../rollout/state/rollout.js';
import type { Verb } from '../../../rollout/state/verbs.js';
import { buttons, codeBlock, compose, lines, type Rendered, small } from '../blocks.js';
import { checksNow } from '../phrases/checks.js';
import { clearing, conditionSentences, conditionTable } from '../phrases/conditions.js';
import { raiseWords } from '../phrases/exposure.js';
import { overrideButton } from '../phrases/form-buttons.js';
import { roleNames } from '../phrases/people.js';
import { isSaid, nextCommand, shownConditions, whyRefused } from '../phrases/refused.js';
import { bold, code } from '../text.js';

export interface RefusalAnswer {
  readonly refusal: Refusal;
  readonly verb: Verb;
  /** Null when no rollout was meant or found. */
  readonly rollout: Rollout | null;
  readonly watch: Watch | null;
  readonly now: Date;
  /** The plan that was named, where there is no rollout of it. */
  readonly plan?: string;
  /** How the command is written, when that was the trouble: `/rollout extend <time>`. */
  readonly usage?: string;
}

/** Told to the one who asked: what did not happen, every condition with how it stands, what clears it, where to look. */
export function renderRefusal(answer: RefusalAnswer): Rendered {
  const { refusal, verb, rollout, watch, now, usage } = answer;
  const conditions = shownConditions(refusal);
  const clears = conditions.map((each) => {
    if (rollout) return clearing(each, { rollout, watch, now, verb });
    return each.kind === 'who' && !each.ok
      ? `Only ${roleNames(each.needs, 'or')} can do this; the plan names them.`
      : '';
  });
  return compose(`refusal:${refusal.reason}`, [
    lines(bold(`${heading(answer)}.`), whyRefused(answer)),
    codeBlock(conditionTable(conditions.filter((each) => !isSaid(refusal, each)))),
    lines(...conditionSentences(conditions), ...new Set(clears), usage ? `Write it like this: ${code(usage)}` : ''),
    small(nextCommand(answer)),
    buttons(override(answer)),
  ]);
}

/** The one way round a bake: asked for with a reason and given by somebody else; never round health. */
function override({ refusal, verb, rollout, watch }: RefusalAnswer): Button | null {
  if (verb !== 'advance' || refusal.reason !== 'bake_incomplete' || !rollout) return null;
  const known = checksNow(rollout, watch).every(({ verdict }) => verdict === 'pass' || verdict === 'warning');
  return known ? overrideButton(rollout) : null;
}

/** It is about what was typed, which named no place or another one than the next. */
function isAboutWords({ conditions }: Refusal): boolean {
  return conditions.some(({ kind }) => kind === 'words' || kind === 'stage');
}

function heading({ verb, rollout, refusal }: RefusalAnswer): string {
  const next = rollout ? nextStage(rollout) : undefined;
  switch (verb) {
    case 'advance':
      return next && rollout && !isAboutWords(refusal)
        ? raiseWords(rollout.plan, next.exposure, ['Not advanced to', 'Not switched on'])
        : 'Not advanced';
    case 'start':
      return 'Not started';
    case 'approve':
      return 'Not approved';
    case 'deny':
      return 'Not denied';
    case 'withdraw':
      return 'Approval not withdrawn';
    case 'pause':
      return 'Not paused';
    case 'resume':
      return 'Not continued';
    case 'extend':
      return 'Bake not extended';
    case 'finish':
      return 'Not finished';
    case 'rollback':
      return 'Not rolled back';
    case 'check':
      return 'Not checked';
    case 'baseline':
      return 'Baseline not measured';
    case 'report':
      return 'Not reported';
    case 'have':
      return 'Not noted';
    case 'done':
      return 'Not ticked';
    case 'fail':
      return 'Not recorded as failed';
    case 'reopen':
      return 'Not opened again';
    case 'waive':
      return 'Not waived';
    case 'run':
      return 'Not started';
    case 'items':
    case 'output':
    case 'status':
    case 'why':
    case 'list':
    case 'plans':
    case 'alerts':
    case 'history':
    case 'help':
      return 'Nothing to show';
    default:
      return verb satisfies never;
  }
}
