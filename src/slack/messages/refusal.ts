import type { Verb } from '../../rollout/authority.js';
import type { Watch } from '../../rollout/health.js';
import type { Refusal } from '../../rollout/refusal.js';
import type { Rollout } from '../../rollout/rollout.js';
import { codeBlock, compose, lines, type Rendered, small } from '../blocks.js';
import { bold, capital, code, escapeText, percent } from '../text.js';
import { typed } from './phrases/commands.js';
import { clearing, conditionSentences, conditionTable } from './phrases/conditions.js';
import { REASON_WORDS } from './phrases/reasons.js';
import { nextStage } from './phrases/stages.js';

export interface RefusalAnswer {
  readonly refusal: Refusal;
  readonly verb: Verb;
  /** Null when no rollout was meant or found. */
  readonly rollout: Rollout | null;
  readonly watch: Watch | null;
  readonly now: Date;
  /** How the command is written, when that was the trouble: `/rollout extend <time>`. */
  readonly usage?: string;
}

/** Told to the one who asked: what did not happen, every condition with how it stands, what clears it, where to look. */
export function renderRefusal(answer: RefusalAnswer): Rendered {
  const { refusal, rollout, watch, now, usage } = answer;
  const { reason, conditions, detail } = refusal;
  const facts = escapeText(detail ?? '');
  const clears = rollout
    ? conditions.filter((condition) => condition.ok !== true).map((each) => clearing(each, { rollout, watch, now }))
    : conditions.flatMap((each) =>
        each.kind === 'who' && !each.ok
          ? [`${each.needs.map((role) => escapeText(role, 40)).join(' or ')} can do this.`]
          : [],
      );
  const why = `${REASON_WORDS[reason]}${facts === '' ? '' : `: ${facts}`}`;
  return compose(`refusal:${reason}`, [
    lines(bold(`${heading(answer)}.`), `${capital(why)}.`),
    codeBlock(conditionTable(conditions)),
    lines(...conditionSentences(conditions), ...new Set(clears), usage ? `Write it like this: ${code(usage)}` : ''),
    small([code(reason), help(answer)].filter((part) => part !== '').join(' · ')),
  ]);
}

/** The one command that helps, for this rollout; none where there is nothing to type it about. */
function help({ refusal, rollout }: RefusalAnswer): string {
  const verb = refusal.helps;
  if (!verb) return '';
  if (rollout) return typed(verb, rollout);
  return verb === 'help' || verb === 'list' ? code(`/rollout ${verb}`) : code('/rollout help');
}

function heading({ verb, rollout }: RefusalAnswer): string {
  const next = rollout ? nextStage(rollout) : undefined;
  switch (verb) {
    case 'advance':
      return next ? `Not advanced to ${percent(next.exposure)}` : 'Not advanced';
    case 'start':
      return 'Not started';
    case 'approve':
      return 'Not approved';
    case 'deny':
      return 'Not denied';
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
    case 'have':
      return 'Not noted';
    case 'status':
    case 'why':
    case 'list':
    case 'history':
    case 'help':
      return 'Nothing to show';
    default:
      return verb satisfies never;
  }
}
