import type { EventType } from './events.js';
import type { Phase } from './rollout.js';

/** What has to be known of everything a person may ask for. A verb that lacks one of these does not compile. */
interface VerbRow {
  /** The phases it is possible in; null where it changes no rollout, or makes one. */
  readonly phases: readonly Phase[] | null;
  /**
   * `members`: every full member of the workspace. `any_role`: whoever holds a role of the plan. `approvers`: the roles that the open
   * request names. `voter`: who approved, of their own approval only.
   */
  readonly who: 'members' | 'operators' | 'any_role' | 'approvers' | 'voter';
  /** On the command line: an order, something that only reads, or not there. */
  readonly cli: 'order' | 'reads' | null;
  /** A rollout, the plan that is to begin, or everything there is. */
  readonly about: 'rollout' | 'plan' | 'everything';
  /** Refused where it comes too late. What goes down, holds, refuses or only shows something is meant however late it comes. */
  readonly stale: boolean;
  /** Also means a rollout that is over: to look at it, or to take back what it left exposed. */
  readonly ended: boolean;
  /** Asked where nothing runs, it means something that runs elsewhere; the others have an answer for that of their own. */
  readonly elsewhere: boolean;
  /** Leads to more exposure, or to nobody watching: done to the rollout that was named, or to none. */
  readonly leadsOn: boolean;
  /** Goes down or holds: heard behind what no other verb is, and never held up by how it is said. */
  readonly wayDown: boolean;
  /** With a question mark it is a question: answered as `why` is, and nothing is changed. */
  readonly question: boolean;
  /** By a mention: done, answered with the button that does it, or with that only where the words hold back. */
  readonly mention: 'done' | 'button' | 'button_in_doubt';
  /** Its button opens a form at once, or one that asks for more can be opened for it. */
  readonly form: 'at_once' | 'asks' | null;
  /**
   * Its event, where one line in the thread says it. Null: a post of its own says it, or it changes nothing. A request has its
   * card, so that an advance is told in a line only where it raises at once.
   */
  readonly told: EventType | null;
}

/** Whatever has an open list, or had one: what is over is told as that. */
const ITEM_PHASES = [
  'planned',
  'starting',
  'ready',
  'awaiting_approval',
  'applying',
  'baking',
  'held',
  'rolling_back',
  'rolled_back',
  'completed',
] as const satisfies readonly Phase[];

/**
 * The table of verbs: guards, buttons, help, the command line and pages of the docs come from it. In its order they are shown.
 */
export const VERB_TABLE = {
  start: {
    phases: null,
    who: 'operators',
    cli: null,
    about: 'plan',
    stale: true,
    ended: false,
    elsewhere: false,
    leadsOn: false,
    wayDown: false,
    question: true,
    mention: 'button',
    form: 'asks',
    told: null,
  },
  status: {
    phases: null,
    who: 'members',
    cli: null,
    about: 'rollout',
    stale: false,
    ended: true,
    elsewhere: false,
    leadsOn: false,
    wayDown: false,
    question: false,
    mention: 'done',
    form: null,
    told: null,
  },
  why: {
    phases: null,
    who: 'members',
    cli: null,
    about: 'rollout',
    stale: false,
    ended: true,
    elsewhere: true,
    leadsOn: false,
    wayDown: false,
    question: false,
    mention: 'done',
    form: null,
    told: null,
  },
  advance: {
    phases: ['planned', 'ready'],
    who: 'operators',
    cli: null,
    about: 'rollout',
    stale: true,
    ended: false,
    elsewhere: true,
    leadsOn: true,
    wayDown: false,
    question: true,
    mention: 'button',
    form: 'asks',
    told: 'raise_ordered',
  },
  approve: {
    phases: ['awaiting_approval'],
    who: 'approvers',
    cli: null,
    about: 'rollout',
    stale: true,
    ended: false,
    elsewhere: true,
    leadsOn: false,
    wayDown: false,
    question: false,
    mention: 'done',
    form: null,
    told: 'approval_recorded',
  },
  deny: {
    phases: ['awaiting_approval'],
    who: 'approvers',
    cli: null,
    about: 'rollout',
    stale: false,
    ended: false,
    elsewhere: true,
    leadsOn: false,
    wayDown: false,
    question: true,
    mention: 'done',
    form: 'at_once',
    told: 'approval_denied',
  },
  withdraw: {
    phases: ['awaiting_approval', 'applying'],
    who: 'voter',
    cli: null,
    about: 'rollout',
    stale: false,
    ended: false,
    elsewhere: true,
    leadsOn: false,
    wayDown: false,
    question: true,
    mention: 'done',
    form: null,
    told: 'approval_withdrawn',
  },
  pause: {
    phases: ['ready', 'awaiting_approval', 'applying', 'baking'],
    who: 'any_role',
    cli: 'order',
    about: 'rollout',
    stale: false,
    ended: false,
    elsewhere: true,
    leadsOn: false,
    wayDown: true,
    question: false,
    mention: 'done',
    form: null,
    told: 'paused',
  },
  resume: {
    phases: ['held'],
    who: 'operators',
    cli: null,
    about: 'rollout',
    stale: true,
    ended: false,
    elsewhere: true,
    leadsOn: true,
    wayDown: false,
    question: true,
    mention: 'button',
    form: null,
    told: 'resumed',
  },
  extend: {
    phases: ['ready', 'baking', 'held'],
    who: 'operators',
    cli: null,
    about: 'rollout',
    stale: true,
    ended: false,
    elsewhere: true,
    leadsOn: true,
    wayDown: false,
    question: true,
    mention: 'done',
    form: 'asks',
    told: 'bake_extended',
  },
  finish: {
    phases: ['ready', 'held'],
    who: 'operators',
    cli: null,
    about: 'rollout',
    stale: true,
    ended: false,
    elsewhere: true,
    leadsOn: true,
    wayDown: false,
    question: true,
    mention: 'button',
    form: 'asks',
    told: null,
  },
  rollback: {
    phases: [
      'planned',
      'starting',
      'ready',
      'awaiting_approval',
      'applying',
      'baking',
      'held',
      'rolling_back',
      'rolled_back',
      'completed',
    ],
    who: 'any_role',
    cli: 'order',
    about: 'rollout',
    stale: false,
    ended: true,
    elsewhere: true,
    leadsOn: false,
    wayDown: true,
    question: false,
    mention: 'button_in_doubt',
    form: 'asks',
    told: 'rollback_ordered',
  },
  check: {
    phases: null,
    who: 'any_role',
    cli: null,
    about: 'rollout',
    stale: false,
    ended: false,
    elsewhere: true,
    leadsOn: false,
    wayDown: false,
    question: false,
    mention: 'done',
    form: null,
    told: null,
  },
  list: {
    phases: null,
    who: 'members',
    cli: 'reads',
    about: 'everything',
    stale: false,
    ended: false,
    elsewhere: false,
    leadsOn: false,
    wayDown: false,
    question: false,
    mention: 'done',
    form: null,
    told: null,
  },
  plans: {
    phases: null,
    who: 'members',
    cli: null,
    about: 'everything',
    stale: false,
    ended: false,
    elsewhere: false,
    leadsOn: false,
    wayDown: false,
    question: false,
    mention: 'done',
    form: null,
    told: null,
  },
  alerts: {
    phases: null,
    who: 'members',
    cli: null,
    about: 'everything',
    stale: false,
    ended: false,
    elsewhere: false,
    leadsOn: false,
    wayDown: false,
    question: false,
    mention: 'done',
    form: null,
    told: null,
  },
  history: {
    phases: null,
    who: 'members',
    cli: 'reads',
    about: 'rollout',
    stale: false,
    ended: true,
    elsewhere: false,
    leadsOn: false,
    wayDown: false,
    question: false,
    mention: 'done',
    form: null,
    told: null,
  },
  have: {
    phases: ['ready', 'awaiting_approval', 'applying', 'baking', 'held', 'rolling_back', 'rolled_back', 'completed'],
    who: 'any_role',
    cli: null,
    about: 'rollout',
    stale: false,
    ended: true,
    elsewhere: true,
    leadsOn: false,
    wayDown: false,
    question: true,
    mention: 'done',
    form: null,
    told: 'acknowledged',
  },
  baseline: {
    phases: ['ready', 'awaiting_approval', 'baking', 'held'],
    who: 'operators',
    cli: null,
    about: 'rollout',
    stale: true,
    ended: false,
    elsewhere: true,
    leadsOn: false,
    wayDown: false,
    question: true,
    mention: 'done',
    form: null,
    told: 'baseline_started',
  },
  report: {
    phases: ['starting', 'ready', 'awaiting_approval', 'applying', 'baking', 'held'],
    who: 'any_role',
    cli: null,
    about: 'rollout',
    stale: true,
    ended: false,
    elsewhere: true,
    leadsOn: false,
    wayDown: false,
    question: true,
    mention: 'done',
    form: 'asks',
    told: 'reported',
  },
  items: {
    phases: null,
    who: 'members',
    cli: 'reads',
    about: 'rollout',
    stale: false,
    ended: true,
    elsewhere: true,
    leadsOn: false,
    wayDown: false,
    question: false,
    mention: 'done',
    form: null,
    told: null,
  },
  output: {
    phases: null,
    who: 'any_role',
    cli: 'reads',
    about: 'rollout',
    stale: false,
    ended: true,
    elsewhere: false,
    leadsOn: false,
    wayDown: false,
    question: false,
    mention: 'done',
    form: 'asks',
    told: null,
  },
  done: {
    phases: ITEM_PHASES,
    who: 'any_role',
    cli: null,
    about: 'rollout',
    stale: false,
    ended: true,
    elsewhere: true,
    leadsOn: false,
    wayDown: false,
    question: true,
    mention: 'done',
    form: 'asks',
    told: null,
  },
  fail: {
    phases: ITEM_PHASES,
    who: 'any_role',
    cli: null,
    about: 'rollout',
    stale: false,
    ended: true,
    elsewhere: true,
    leadsOn: false,
    wayDown: false,
    question: true,
    mention: 'done',
    form: 'asks',
    told: 'item_changed',
  },
  reopen: {
    phases: ITEM_PHASES,
    who: 'any_role',
    cli: null,
    about: 'rollout',
    stale: false,
    ended: true,
    elsewhere: true,
    leadsOn: false,
    wayDown: false,
    question: true,
    mention: 'done',
    form: 'asks',
    told: 'item_changed',
  },
  run: {
    phases: ITEM_PHASES,
    who: 'any_role',
    cli: null,
    about: 'rollout',
    stale: true,
    ended: true,
    elsewhere: true,
    leadsOn: true,
    wayDown: false,
    question: true,
    mention: 'done',
    form: 'asks',
    told: null,
  },
  waive: {
    phases: ITEM_PHASES,
    who: 'any_role',
    cli: null,
    about: 'rollout',
    stale: true,
    ended: true,
    elsewhere: true,
    leadsOn: true,
    wayDown: false,
    question: true,
    mention: 'done',
    form: 'asks',
    told: 'item_changed',
  },
  help: {
    phases: null,
    who: 'members',
    cli: null,
    about: 'everything',
    stale: false,
    ended: false,
    elsewhere: false,
    leadsOn: false,
    wayDown: false,
    question: false,
    mention: 'done',
    form: null,
    told: null,
  },
} as const satisfies Record<string, VerbRow>;

/** Everything a person may ask for, on every surface. */
export type Verb = keyof typeof VERB_TABLE;
export const VERBS = Object.keys(VERB_TABLE) as readonly Verb[];

export function isVerb(word: string): word is Verb {
  return Object.hasOwn(VERB_TABLE, word);
}

/** Those whose row says this in that column. */
export type VerbWith<Column extends keyof VerbRow, Said extends VerbRow[Column]> = {
  [V in Verb]: (typeof VERB_TABLE)[V][Column] extends Said ? V : never;
}[Verb];

/** Those that change a rollout, each in its phases. */
export type MovingVerb = VerbWith<'phases', readonly Phase[]>;
export const MOVING_VERBS = VERBS.filter(isMoving);

/** One row, whichever it is. */
export function rowOf(verb: Verb): VerbRow {
  return VERB_TABLE[verb];
}

function isMoving(verb: Verb): verb is MovingVerb {
  return VERB_TABLE[verb].phases !== null;
}

/** What only reads, and what makes a rollout, hangs on no phase. */
export function isLegal(verb: Verb, phase: Phase): boolean {
  return rowOf(verb).phases?.includes(phase) ?? true;
}

/** The verbs that change a rollout in this phase, in the order of the table. */
export function legalVerbs(phase: Phase): MovingVerb[] {
  return MOVING_VERBS.filter((verb) => isLegal(verb, phase));
}
