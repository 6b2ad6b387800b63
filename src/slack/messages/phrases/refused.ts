import type { Verb } from '../../../rollout/authority.js';
import type { Condition, Refusal } from '../../../rollout/refusal.js';
import { type Rollout, rolloutName } from '../../../rollout/rollout.js';
import { capital, code, escapeText, percent } from '../../text.js';
import { typed } from './commands.js';
import { REASON_WORDS } from './reasons.js';
import { phaseWord } from './stages.js';

/** What was refused, and about what; `rollout` is null when none was meant or found. */
interface Refused {
  readonly refusal: Refusal;
  readonly verb: Verb;
  readonly rollout: Rollout | null;
}

/** Why, as a sentence without its point: the reason's own words and facts, or better ones where it is known how things stand. */
export function whyRefused(refused: Refused): string {
  const { reason, detail } = refused.refusal;
  const facts = escapeText(detail ?? '');
  return standing(refused, facts) || capital(`${REASON_WORDS[reason]}${facts === '' ? '' : `: ${facts}`}`);
}

function standing({ refusal, rollout }: Refused, facts: string): string {
  switch (refusal.reason) {
    case 'request_closed':
      // Right after the deciding click the other's answer must not read as if nobody had ever asked.
      if (!rollout || rollout.request || rollout.raise?.requestId) return '';
      return 'Nothing is waiting for approval';
    case 'already_running':
      return rollout
        ? `${escapeText(rolloutName(rollout))} is running already, ${phaseWord(rollout.phase)} at ${percent(rollout.confirmed)}`
        : '';
    case 'no_such_rollout':
      return refusal.detail === undefined ? 'Nothing is running in this channel' : '';
    case 'no_such_plan':
      if (facts.startsWith('plans here: ')) return `Which plan? ${facts.slice('plans here: '.length)}`;
      return facts.startsWith('there is no plan') ? capital(facts) : '';
    default:
      return '';
  }
}

/** The conditions worth a row: not those that the sentence above has said already, or that were never asked. */
export function shownConditions({ reason, conditions }: Refusal): Condition[] {
  return conditions.filter((condition) => {
    if (condition.kind === 'phase') return reason !== 'already_running';
    if (condition.kind === 'who' && !condition.ok) return reason === 'not_allowed' && condition.needs.length > 0;
    return true;
  });
}

/** The command that helps, as it can be typed; `<plan>` where none was named. */
export function nextCommand({ refusal, verb, rollout }: Refused): string {
  const helps = helping(refusal, verb, rollout);
  if (!helps) return '';
  if (rollout) return typed(helps, rollout, more(refusal, helps));
  if (helps === 'list' || helps === 'help' || helps === 'plans') return code(`/rollout ${helps}`);
  if (helps !== 'start') return code('/rollout help');
  const start = code('/rollout start <plan>');
  return refusal.reason === 'no_such_rollout' ? `${code('/rollout list')} or ${start}` : start;
}

/** What stands behind the name, so that it can be typed as it is shown. */
function more({ reason }: Refusal, helps: Verb): string {
  const why = reason === 'reason_missing' && helps !== 'why' ? '<reason>' : '';
  return [helps === 'extend' ? '30m' : '', why].filter((word) => word !== '').join(' ');
}

function helping({ reason, helps }: Refusal, verb: Verb, rollout: Rollout | null): Verb | undefined {
  if (reason === 'not_allowed' && verb === 'start') return 'help';
  if (reason === 'wrong_phase' && verb === 'finish' && rollout?.phase === 'baking') return 'pause';
  return helps;
}
