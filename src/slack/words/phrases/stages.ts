import type { StagePlan } from '../../../rollout/plan/plan.js';
import { ALERTS } from '../../../rollout/state/audience.js';
import { type AlertKind, type Alerts, nextStage, type Phase, type Rollout } from '../../../rollout/state/rollout.js';
import { escapeText } from '../text.js';
import { exposureWords, stageWords } from './exposure.js';
import { quorumNames } from './people.js';

/** So few fit on the line anyway. */
const MOST_SHOWN = 6;
const MOST_NEIGHBOURS = 3;
const STAGE_TITLE_CHARS = 60;

/** `50 % Half of all customers`, `3 named users (Internal)`. */
export function stageLabel(stage: StagePlan): string {
  return stageWords(stage, escapeText(stage.title, STAGE_TITLE_CHARS));
}

/** `100 % Everyone, needs engineering-lead`. */
export function stageWithQuorum(stage: StagePlan): string {
  return `${stageLabel(stage)}${stage.approve ? `, needs ${quorumNames(stage.approve)}` : ', needs no approval'}`;
}

/** Where the rollout stands among its stages: what is done, now and to come, the nearest ones by number. */
export function stageLines(rollout: Rollout): string[] {
  const { stages } = rollout.plan;
  const over = rollout.phase === 'completed';
  const done = stages
    .slice(0, over ? rollout.stage.no : Math.max(0, rollout.stage.no - 1))
    .filter((stage) => wasTaken(rollout, stage));
  const upcoming = nextStage(rollout);
  const [next, ...later] = upcoming ? stages.slice(upcoming.no - 1) : [];
  const before = (done.length <= MOST_SHOWN ? done : done.slice(-MOST_NEIGHBOURS)).map((stage) =>
    exposureWords(rollout.plan, stage.exposure),
  );
  const after = later.slice(0, MOST_NEIGHBOURS - 1).map((stage) => exposureWords(rollout.plan, stage.exposure));
  return [
    done.length === 0 ? '' : `✔ Done ${before.join(', ')}${more(done.length - before.length)}`,
    over ? '' : nowLine(rollout),
    next
      ? `○ ${over ? 'Not taken' : 'Then'} ${[stageLabel(next), ...after].join(', ')}${more(later.length - after.length)}`
      : '',
  ].filter((line) => line !== '');
}

/** A run that began in a later stage never gave users the ones before it. */
function wasTaken({ entry, stage: { attempts } }: Rollout, { no }: StagePlan): boolean {
  return !entry || attempts[no] !== undefined;
}

function more(count: number): string {
  return count > 0 ? ` and ${count} more` : '';
}

function nowLine(rollout: Rollout): string {
  const stage = rollout.plan.stages[rollout.stage.no - 1];
  if (!stage)
    return rollout.exposure.confirmed > 0 ? `▶ Now ${exposureWords(rollout.plan, rollout.exposure.confirmed)}` : '';
  if (rollout.exposure.confirmed === stage.exposure) return `▶ Now ${stageLabel(stage)}`;
  return `▶ Now ${exposureWords(rollout.plan, rollout.exposure.confirmed)}, stage is ${stageLabel(stage)}`;
}

const PHASE_WORDS = {
  starting: 'starting',
  ready: 'ready',
  awaiting_approval: 'waiting for approval',
  applying: 'being raised',
  baking: 'baking',
  held: 'held',
  rolling_back: 'rolling back',
  rolled_back: 'rolled back',
  completed: 'completed',
  not_started: 'not started',
} as const satisfies Record<Phase, string>;

export function phaseWord(phase: Phase): string {
  return PHASE_WORDS[phase];
}

/** Said late, a post must not read as if it were still as it was. */
export function byNow({ plan, phase, exposure: { confirmed } }: Pick<Rollout, 'plan' | 'phase' | 'exposure'>): string {
  return `It is ${phaseWord(phase)} at ${exposureWords(plan, confirmed)} by now.`;
}

const ALERT_WORDS = {
  warning: 'warning',
  feared: 'in doubt',
  no_data: 'no data',
  critical: 'critical',
  drift: 'exposure moved',
  raise_failed: 'raise failed',
} as const satisfies Record<AlertKind, string>;

/** How it is: an open alert takes the place of `baking`, and stands beside any other phase in which users are watched. */
export function stateWord({
  phase,
  alerts,
}: {
  readonly phase: Phase;
  readonly alerts: Pick<Alerts, 'episodes'>;
}): string {
  const open = Object.values(alerts.episodes).filter((episode) => episode.open);
  const [worst] = open.toSorted((a, b) => ALERTS[b.kind].rank - ALERTS[a.kind].rank);
  const word = PHASE_WORDS[phase];
  if (!worst) return word;
  switch (phase) {
    case 'baking':
      return ALERT_WORDS[worst.kind];
    case 'ready':
    case 'awaiting_approval':
    case 'applying':
    case 'held':
      return `${word}, ${ALERT_WORDS[worst.kind]}`;
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
