import type { Reason } from '../../../rollout/plan/reasons.js';
import type { Condition, Refusal } from '../../../rollout/state/refusal.js';
import { isExposed, isTerminal, type Phase, type Rollout, rolloutName } from '../../../rollout/state/rollout.js';
import { rowOf, type Verb } from '../../../rollout/state/verbs.js';
import { capital, code, escapeText } from '../text.js';
import { typed } from './commands.js';
import { atWords, exposureWords } from './exposure.js';
import { listed } from './people.js';
import { REASON_WORDS } from './reasons.js';
import { phaseWord } from './stages.js';

const PLACE_CHARS = 60;
const MOST_NAMED = 5;

/** What was refused, and about what; `rollout` is null when none was meant or found. */
interface Refused {
  readonly refusal: Refusal;
  readonly verb: Verb;
  readonly rollout: Rollout | null;
  /** The plan that was named, where there is no rollout of it. */
  readonly plan?: string;
}

/** A sentence without its point, or with a command at its end, which has none: it is copied. */
interface Sentence {
  readonly words: string;
  readonly command?: string;
}

/** Why, as a sentence: the reason's own words and facts, or better ones where it is known how things stand. */
export function whyRefused(refused: Refused): string {
  const { reason, detail } = refused.refusal;
  const facts = escapeText(detail ?? '');
  const said = withCommand(refused);
  if (said) return said.command === undefined ? `${said.words}.` : `${said.words} ${said.command}`;
  const words =
    known(refused.refusal) ||
    BETTER[reason]?.(refused, facts) ||
    capital(`${REASON_WORDS[reason]}${facts === '' ? '' : `: ${facts}`}`);
  return `${words}.`;
}

function withCommand({ refusal, verb, rollout }: Refused): Sentence | null {
  if (refusal.reason === 'request_closed') return closed(verb, rollout);
  const read = refusal.conditions.find((condition) => condition.kind === 'words')?.read;
  if (read?.kind !== 'elsewhere') return null;
  const words = `“${escapeText(read.said, PLACE_CHARS)}” is another place than where it stands; it goes on where it stands, or up with`;
  return { words, command: code('advance') };
}

/** What is known beside the reason, said with it; '' where nothing is. */
function known({ facts }: Refusal): string {
  if (facts === undefined) return '';
  switch (facts.kind) {
    case 'settles':
      return `Try again in ${facts.seconds} s: ${REASON_WORDS.target_settling}`;
    case 'plans': {
      const there = facts.there.map((name) => escapeText(name)).join(', ');
      if (facts.asked === '') return there === '' ? 'There is no plan in the plans folder yet' : `Which plan? ${there}`;
      const rest = there === '' ? 'there is no plan in the plans folder yet' : `plans here: ${there}`;
      return capital(`${REASON_WORDS.no_such_plan}: ${escapeText(facts.asked)}; ${rest}`);
    }
    case 'amount': {
      const example = `for example ${escapeText(facts.example)}`;
      if (facts.said === '') return `${facts.of === 'number' ? 'How many' : 'How long'}? ${capital(example)}`;
      return `Not a ${facts.of}: ${escapeText(facts.said)}; ${example}`;
    }
    case 'no_command': {
      // The comma behind the word is not what is unknown.
      const word = escapeText(facts.said.replace(/(?<![,.:;!?])[,.:;!?]+$/, ''));
      const near = facts.near === null ? '' : `; you may mean ${facts.near}`;
      return capital(`${REASON_WORDS.unknown_command}: ${word}${near}`);
    }
    default:
      return facts satisfies never;
  }
}

type Better = (refused: Refused, facts: string) => string;

/** Better words than the reason's own, of which every reason has some (`REASON_WORDS`), where more is known; '' where it is not. */
const BETTER: Readonly<Partial<Record<Reason, Better>>> = {
  wrong_phase: ({ verb, rollout }) => (rollout ? phaseSentence(verb, rollout.phase) : ''),
  not_next_stage: notNext,
  no_such_stage: ({ refusal }) => unclearWords(refusal),
  not_supported_yet: ({ refusal }) => unclearWords(refusal),
  bad_arguments: ({ refusal }) => unclearWords(refusal),
  variable_unset: (_, facts) =>
    `${capital(REASON_WORDS.variable_unset)}: ${facts}. Set it where the bot runs, restart the bot, then start again`,
  already_running: ({ rollout }) =>
    rollout
      ? `${escapeText(rolloutName(rollout))} is running already, ${phaseWord(rollout.phase)} ${atWords(rollout.plan, rollout.exposure.confirmed)}`
      : '',
  no_such_rollout: ({ refusal }) => (refusal.detail === undefined ? 'Nothing is running in this channel' : ''),
};

function notNext({ refusal, verb }: Refused): string {
  const stage = refusal.conditions.find(({ kind }) => kind === 'stage');
  if (stage?.kind !== 'stage') return '';
  const asked = capital(escapeText(stage.asked, PLACE_CHARS));
  return verb === 'start'
    ? `${asked} is not where it begins: a rollout begins with its first stage, ${escapeText(stage.next, PLACE_CHARS)}`
    : `${asked} is not the next stage; stages are taken one by one`;
}

function closed(verb: Verb, rollout: Rollout | null): Sentence | null {
  // Right after the deciding click the other's answer must not read as if nobody had ever asked.
  if (!rollout || rollout.request || rollout.raise?.request) return null;
  const asked = rollout.plan.stages[rollout.stage.no - 1]?.approve ?? rollout.entry;
  if (verb !== 'withdraw' || !asked || !isExposed(rollout)) return { words: 'Nothing is waiting for approval' };
  const words = `Too late: what was approved is read back at ${exposureWords(rollout.plan, rollout.exposure.confirmed)}. To take it back:`;
  return { words, command: typed('rollback', rollout) };
}

/** What was read instead of a clear order, and what to type; '' where nothing of the kind was read. */
function unclearWords({ conditions }: Refusal): string {
  const words = conditions.find(({ kind }) => kind === 'words');
  if (words?.kind !== 'words') return '';
  const { read } = words;
  const said = `“${escapeText(read.said, PLACE_CHARS)}”`;
  switch (read.kind) {
    case 'place':
      return `${said} looks like a place, but this plan has no such place${meant(read.near)}`;
    case 'ambiguous':
      return `${said} could be more than one place${meant(read.near)}`;
    case 'elsewhere':
      return '';
    case 'question':
      return read.said === '?'
        ? 'A question mark makes it a question, and a question raises nothing'
        : `${said} makes it a question, and a question raises nothing`;
    case 'condition':
      return `I do not wait for a condition (${said}). Type it again when it holds`;
    case 'negation':
      return `${said} in the words says that it is not to be done, or not for all of that stage`;
    case 'time':
      return `A later time (${said}) cannot be given yet. Type it when it is to be done`;
    default:
      return read satisfies never;
  }
}

function meant(near: readonly string[]): string {
  if (near.length === 0) return '';
  return `; you may mean ${listed(
    near.slice(0, MOST_NAMED).map((name) => escapeText(name, PLACE_CHARS)),
    'or',
  )}`;
}

/** `It is still baking`: where it stands, as the answer to a command that it cannot take there. */
function phaseSentence(verb: Verb, phase: Phase): string {
  const word = phaseWord(phase);
  if (isTerminal(phase) || phase === 'held') return `It is ${word}`;
  if (verb === 'resume') return `It is not paused but ${word}`;
  return phase === 'ready' ? `It is ${word}` : `It is still ${word}`;
}

/** The conditions worth a row: not those that the sentences around the rows say already, or that were never asked. */
export function shownConditions({ reason, conditions }: Refusal): Condition[] {
  return conditions.filter((condition) => {
    if (condition.kind === 'phase') return reason !== 'already_running';
    if (condition.kind === 'who' && !condition.ok) return reason === 'not_allowed' && condition.needs.length > 0;
    return true;
  });
}

/** Whether the sentence above has said it already, so that a row would only repeat it. */
export function isSaid({ reason }: Refusal, { kind }: Condition): boolean {
  if (kind === 'who') return reason === 'not_allowed';
  return kind === 'phase' && (reason === 'wrong_phase' || reason === 'last_stage');
}

/** The command that helps, as it can be typed; `<plan>` where none was named. */
export function nextCommand({ refusal, verb, rollout, plan }: Refused): string {
  const helps = helping(refusal, verb, rollout);
  if (!helps) return '';
  if (rollout) return typed(helps, rollout, more(refusal, helps));
  if (rowOf(helps).about === 'everything') return code(`/rollout ${helps}`);
  if (helps !== 'start') return code('/rollout help');
  const start = code(`/rollout start ${plan ?? '<plan>'}`);
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
