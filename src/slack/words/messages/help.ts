import { nextStage, quorumOf, type Rollout } from '../../../rollout/state/rollout.js';
import type { Verb } from '../../../rollout/state/verbs.js';
import { compose, lines, type Rendered, small } from '../blocks.js';
import { isWorthRollingBack } from '../phrases/buttons.js';
import { title, typed } from '../phrases/commands.js';
import { atWords, exposureWords } from '../phrases/exposure.js';
import { quorumNames, roleNames } from '../phrases/people.js';
import { type Setup, settingsWords, setupLines } from '../phrases/setup.js';
import { phaseWord, stageWithQuorum } from '../phrases/stages.js';
import { bold, code } from '../text.js';

const MOST_PLANS = 5;

export interface HelpAnswer {
  /** Those that make sense now, for the one who asks. */
  readonly verbs: readonly Verb[];
  /** The one this channel or thread means, if there is one. */
  readonly rollout: Rollout | null;
  /** Names of the plans that can be started. */
  readonly plans: readonly string[];
  /** Names of those that cannot, because a variable of their targets is not set. */
  readonly unready?: readonly string[];
  /** The roles the one who asks holds in this rollout's plan. */
  readonly roles: readonly string[];
  readonly settings: Setup;
  /** Where it was asked. In a direct message no channel says which rollout is meant. */
  readonly place?: 'channel' | 'thread' | 'dm';
}

/** What can be done now, here, by the one who asks, each line as it can be typed; then how it is set up. */
export function renderHelp(answer: HelpAnswer): Rendered {
  const { verbs, rollout, plans, unready = [], roles, settings, place } = answer;
  const head = rollout
    ? `${bold(title(rollout))} · ${exposureWords(rollout.plan, rollout.exposure.confirmed)} · ${phaseWord(rollout.phase)}`
    : bold('No rollout here');
  return compose(`help:${rollout?.id ?? 0}`, [
    lines(
      head,
      ...ordered(verbs, rollout).flatMap((verb) => {
        return verb === 'start' ? starts(plans, unready) : [about(verb, rollout)];
      }),
    ),
    lines(place === 'dm' ? NAME_IT : ''),
    small(...(rollout ? setupLines(rollout, roles) : []), settingsWords(settings)),
  ]);
}

/** What one verb does and takes. Nothing was done. */
export function renderVerbHelp({ verb, usage, does }: { verb: Verb; usage: string; does: string }): Rendered {
  return compose(`help:${verb}`, [
    lines(`${code(`/rollout ${usage}`)} ${does}.`),
    small(`Nothing was changed · ${code('/rollout help')} shows what makes sense here`),
  ]);
}

/** First what stops it, then what decides and what explains: who asks for help in a hurry reads no further. */
const FIRST: readonly Verb[] = ['rollback', 'pause', 'approve', 'deny', 'why', 'status', 'advance'];

/** In that order, less a rollback that would take nothing back. */
function ordered(verbs: readonly Verb[], rollout: Rollout | null): Verb[] {
  const place = (verb: Verb): number => (FIRST.includes(verb) ? FIRST.indexOf(verb) : FIRST.length);
  return verbs
    .filter((verb) => verb !== 'rollback' || !rollout || isWorthRollingBack(rollout))
    .toSorted((a, b) => place(a) - place(b));
}

const NAME_IT = `Here a rollout is meant by its name: ${code('/rollout status <plan>')}, or ${code('<plan>#3')} for its third run. ${code('/rollout list')} shows the names.`;

/** Who operates a plan is only looked up when it starts; here it is said that they alone can. */
function starts(plans: readonly string[], unready: readonly string[]): string[] {
  if (plans.length + unready.length === 0) return ['There is no plan to start.'];
  const shown = plans.slice(0, MOST_PLANS).map((plan) => `${code(`/rollout start ${plan}`)} begins it (its operators)`);
  const more = plans.length > MOST_PLANS ? `and ${plans.length - MOST_PLANS} more plans` : '';
  const not = unready.length === 0 ? '' : `Not ready, a variable is not set: ${roleNames(unready)}`;
  return [...shown, more, not];
}

function about(verb: Exclude<Verb, 'start'>, rollout: Rollout | null): string {
  if (verb === 'list') return `${code('/rollout list')} shows every rollout under way`;
  if (verb === 'plans')
    return `${code('/rollout plans')} shows every plan, and what is wrong with those that are broken`;
  if (verb === 'alerts')
    return `${code('/rollout alerts')} shows alerts pushed to me that are firing, and which checks read them`;
  if (verb === 'help') return `${code('/rollout help')} shows this`;
  if (
    verb === 'have' ||
    verb === 'fail' ||
    verb === 'reopen' ||
    verb === 'waive' ||
    verb === 'run' ||
    verb === 'output'
  )
    return '';
  if (verb === 'items' || verb === 'done') return rollout && rollout.lists.length > 0 ? itemsHelp(verb, rollout) : '';
  if (verb === 'report') return rollout ? reportHelp(rollout) : '';
  if (verb === 'baseline' && rollout?.plan.baselineMs === undefined) return '';
  if (!rollout) return '';
  return `${typed(verb, rollout, verb === 'extend' ? '30m' : '')} ${meaning(verb, rollout)}`;
}

/** Only where the plan has lists. */
function itemsHelp(verb: 'items' | 'done', rollout: Rollout): string {
  return verb === 'items'
    ? `${typed('items', rollout)} shows what is to be done, and whose it is`
    : `${typed('done', rollout, '<item>')} says that an item is done, or passed`;
}

/** Only where the plan has a check that people report. */
function reportHelp(rollout: Rollout): string {
  const asked = rollout.plan.checks.find(({ probe }) => probe.kind === 'manual');
  return asked ? `${typed('report', rollout, `${asked.name} 3`)} tells a number that only people know` : '';
}

function meaning(
  verb: Exclude<
    Verb,
    | 'start'
    | 'list'
    | 'plans'
    | 'alerts'
    | 'help'
    | 'have'
    | 'report'
    | 'items'
    | 'done'
    | 'fail'
    | 'reopen'
    | 'waive'
    | 'run'
    | 'output'
  >,
  rollout: Rollout,
): string {
  const next = nextStage(rollout);
  const quorum = rollout.request && quorumOf(rollout, rollout.request);
  switch (verb) {
    case 'advance':
      return next ? `goes to the next stage, ${stageWithQuorum(next)}` : 'goes to the next stage';
    case 'approve':
      return `shows the request to approve${quorum ? ` (${quorumNames(quorum)})` : ''}`;
    case 'deny':
      return 'turns the request down';
    case 'withdraw':
      return 'withdraws your approval, until the move is read back';
    case 'pause':
      return `stops ${atWords(rollout.plan, rollout.exposure.confirmed)} until somebody continues`;
    case 'resume':
      return 'goes on after a pause';
    case 'extend':
      return 'makes the bake 30 minutes longer';
    case 'finish':
      return `ends it ${atWords(rollout.plan, rollout.exposure.confirmed)}, unwatched`;
    case 'rollback':
      return 'takes it back at once';
    case 'check':
      return 'reads every check and target once, now';
    case 'baseline':
      return 'shows what was measured before; with a reason it is measured again';
    case 'status':
      return 'shows where it stands';
    case 'why':
      return 'shows what is missing before the next stage';
    case 'history':
      return 'shows what happened';
    default:
      return verb satisfies never;
  }
}
