import type { StagePlan } from '../../../rollout/plan/plan.js';
import { ALERTS } from '../../../rollout/state/audience.js';
import {
  type AlertKind,
  type Alerts,
  nextStage,
  type Phase,
  type Rollback,
  type Rollout,
} from '../../../rollout/state/rollout.js';
import { bold, capital, escapeText, NBSP } from '../text.js';
import { atWords, exposureWords, stageWords } from './exposure.js';
import { quorumNames } from './people.js';
import { isOrdered } from './rollback.js';

/** So few fit on the line anyway. */
const MOST_SHOWN = 6;
const MOST_NEIGHBOURS = 3;
const STAGE_TITLE_CHARS = 60;

/** `50 % · Half of all customers`, `3 named users · Internal`. */
export function stageLabel(stage: StagePlan): string {
  return stageWords(stage, escapeText(stage.title, STAGE_TITLE_CHARS));
}

/** `100 % · Everyone, needs engineering-lead`. */
export function stageWithQuorum(stage: StagePlan): string {
  return `${stageLabel(stage)}${stage.approve ? `, needs ${quorumNames(stage.approve)}` : ', needs no approval'}`;
}

/** Between what is done and now: wide enough to be seen, and a place where a phone breaks the line. */
const WIDE = ' \u2003';

/** Where the rollout stands among its stages: what is done, now and to come, the nearest ones by number, and the last. */
export function stageLine(rollout: Rollout): string {
  const { stages } = rollout.plan;
  const over = rollout.phase === 'completed';
  const done = stages
    .slice(0, over ? rollout.stage.no : Math.max(0, rollout.stage.no - 1))
    .filter((stage) => wasTaken(rollout, stage));
  const upcoming = nextStage(rollout);
  const before = (done.length <= MOST_SHOWN ? done : done.slice(-MOST_NEIGHBOURS)).map((stage) =>
    exposureWords(rollout.plan, stage.exposure),
  );
  const [first, now, then] = [
    done.length === 0 ? '' : `✔${NBSP}Done${NBSP}${before.join(', ')}${more(done.length - before.length)}`,
    over ? '' : nowWords(rollout),
    upcoming
      ? `○${NBSP}${over ? `Not${NBSP}taken` : 'Then'}${NBSP}${toCome(rollout, stages.slice(upcoming.no - 1))}`
      : '',
  ];
  const reached = [first, now].filter((words) => words !== '').join(WIDE);
  return [reached, then].filter((words) => words !== '').join('\n');
}

/** The next ones, how many are left out, and always the last: that is where it all leads. */
function toCome({ plan }: Rollout, stages: readonly StagePlan[]): string {
  const words = ({ exposure }: StagePlan): string => exposureWords(plan, exposure);
  const last = stages.at(-1);
  if (stages.length <= MOST_NEIGHBOURS + 1 || !last) return stages.map(words).join(', ');
  const near = stages.slice(0, MOST_NEIGHBOURS - 1);
  return `${near.map(words).join(', ')}${more(stages.length - near.length - 1)}, last ${words(last)}`;
}

/** A run that began in a later stage never gave users the ones before it. */
function wasTaken({ entry, stage: { attempts } }: Rollout, { no }: StagePlan): boolean {
  return !entry || attempts[no] !== undefined;
}

function more(count: number): string {
  return count > 0 ? ` and ${count} more` : '';
}

function nowWords(rollout: Rollout): string {
  const stage = rollout.plan.stages[rollout.stage.no - 1];
  if (!stage)
    return rollout.exposure.confirmed > 0
      ? `▶${NBSP}Now${NBSP}${exposureWords(rollout.plan, rollout.exposure.confirmed)}`
      : '';
  if (rollout.exposure.confirmed === stage.exposure) return `▶${NBSP}Now${NBSP}${stageLabel(stage)}`;
  return `▶${NBSP}Now${NBSP}${exposureWords(rollout.plan, rollout.exposure.confirmed)}, stage is ${stageLabel(stage)}`;
}

const PHASE_WORDS = {
  planned: 'planned',
  starting: 'starting',
  ready: 'ready',
  awaiting_approval: 'waiting for approval',
  applying: 'being raised',
  baking: 'baking',
  held: 'paused',
  rolling_back: 'rolling back',
  rolled_back: 'rolled back',
  completed: 'complete',
  not_started: 'not started',
} as const satisfies Record<Phase, string>;

export function phaseWord(phase: Phase): string {
  return PHASE_WORDS[phase];
}

/** Said late, a post must not read as if it were still as it was. */
export function byNow({ plan, phase, exposure: { confirmed } }: Pick<Rollout, 'plan' | 'phase' | 'exposure'>): string {
  return `It is ${phaseWord(phase)} ${atWords(plan, confirmed)} by now.`;
}

/** What the eye meets first; its word always stands beside it. */
const PHASE_ICONS = {
  planned: '📋',
  starting: '⏳',
  ready: '🔵',
  awaiting_approval: '🔵',
  applying: '⏫',
  baking: '🟢',
  held: '⏸',
  rolling_back: '🔴',
  rolled_back: '⚪',
  completed: '✅',
  not_started: '⚪',
} as const satisfies Record<Phase, string>;

export const ALERT_ICONS = {
  warning: '🟡',
  feared: '🟡',
  no_data: '🟠',
  critical: '🟠',
  drift: '🟠',
  raise_failed: '🟠',
} as const satisfies Record<AlertKind, string>;

export const ALERT_WORDS = {
  warning: 'warning',
  feared: 'in doubt',
  no_data: 'no data',
  critical: 'critical',
  drift: 'drift',
  raise_failed: 'raise failed',
} as const satisfies Record<AlertKind, string>;

interface Standing {
  readonly phase: Phase;
  /** Ordered by a person, it does not look like an alarm. */
  readonly rollback?: Pick<Rollback, 'cause' | 'overdue'> | null;
  readonly alerts: Pick<Alerts, 'episodes'>;
}

function worstAlert({ alerts }: Standing): AlertKind | undefined {
  const open = Object.values(alerts.episodes).filter((episode) => episode.open);
  return open.toSorted((a, b) => ALERTS[b.kind].rank - ALERTS[a.kind].rank)[0]?.kind;
}

/** `🟢 *Baking*`, `⏸ *Paused, warning*`: how it is, with an icon and in words. */
export function stateShown(standing: Standing, word = stateWord(standing)): string {
  const worst = standing.phase === 'baking' ? worstAlert(standing) : undefined;
  return `${worst ? ALERT_ICONS[worst] : phaseIcon(standing)} ${bold(capital(word))}`;
}

function phaseIcon({ phase, rollback }: Standing): string {
  const calm = phase === 'rolling_back' && rollback && isOrdered(rollback) && !rollback.overdue;
  return calm ? '↩' : PHASE_ICONS[phase];
}

/** How it is: an open alert takes the place of `baking`, and stands beside any other phase in which users are watched. */
function stateWord(standing: Standing): string {
  const { phase } = standing;
  const worst = worstAlert(standing);
  const word = PHASE_WORDS[phase];
  if (!worst) return word;
  switch (phase) {
    case 'baking':
      return ALERT_WORDS[worst];
    case 'ready':
    case 'awaiting_approval':
    case 'applying':
    case 'held':
      return `${word}, ${ALERT_WORDS[worst]}`;
    case 'planned':
    case 'starting':
    case 'rolling_back':
    case 'rolled_back':
    case 'completed':
    case 'not_started':
      return word;
    default:
      return phase satisfies never;
  }
}

/** `Issues: 1 opened, 1 closed`. */
export function issueWords(issues: { readonly opened: number; readonly closed: number }): string {
  return issues.opened === 0 && issues.closed === 0
    ? 'Issues: none'
    : `Issues: ${issues.opened} opened, ${issues.closed} closed`;
}
