import type { Baseline, Capture, LastReading, Report } from '../health/baseline.js';
import type { Actor } from '../plan/actor.js';
import type { Limit, Plan, Quorum, StagePlan } from '../plan/plan.js';
import type { Reason } from '../plan/reasons.js';
import type { Verdict } from '../plan/verdict.js';
import type { Detail } from './detail.js';
import type { ListState } from './list-state.js';
import type { StartedStep } from './steps.js';
import type { Rollback } from './way-back.js';

export type { Rollback, RollbackCause } from './way-back.js';

export const PHASES = [
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
  'not_started',
] as const;
export type Phase = (typeof PHASES)[number];

const TERMINAL_PHASES = ['rolled_back', 'completed', 'not_started'] as const satisfies readonly Phase[];
type TerminalPhase = (typeof TERMINAL_PHASES)[number];

export function isTerminal(phase: Phase): boolean {
  return (TERMINAL_PHASES as readonly Phase[]).includes(phase);
}

/** A person or a group by id; what a plan's handles and e-mails became when the rollout started. */
export interface Member {
  readonly kind: 'user' | 'group';
  readonly id: string;
}

export interface Vote {
  readonly teamId: string;
  readonly userId: string;
  /** The needed roles this person held when voting. */
  readonly roles: readonly string[];
  readonly at: Date;
}

/** One request for one move: stage, attempt, from → to, plan hash, verdicts. An approval binds to exactly this. */
export interface ApprovalRequest {
  readonly id: string;
  readonly stageNo: number;
  readonly attempt: number;
  readonly from: number;
  readonly to: number;
  readonly planHash: string;
  readonly verdicts: Readonly<Record<string, Verdict>>;
  /** The last number per check when it was asked. */
  readonly numbers: Readonly<Record<string, number>>;
  /** The same with when each was read, and those that people reported, for the card. */
  readonly readings?: Readonly<Record<string, LastReading>>;
  /** Observed healthy time of the bake before, ms. */
  readonly bakedMs: number;
  readonly requestedBy: Actor;
  readonly reason: string;
  /** Nobody asked by hand: the plan says `advance: auto`. Then `requestedBy` started the rollout, and `reason` is empty. */
  readonly auto?: true;
  readonly requestedAt: Date;
  readonly expiresAt: Date;
  readonly remindAt: Date;
  readonly votes: readonly Vote[];
  /** Who must approve, where it is not what the stage says: a move that always needs somebody else's yes. */
  readonly quorum?: Quorum;
  /** The bake is not over and somebody asks to go on all the same, with `reason`: how much of it was observed, ms. */
  readonly override?: { readonly observedMs: number; readonly neededMs: number };
  /** The id of the request whose card this one took over when it was asked again; absent: a card of its own. */
  readonly card?: string;
  /** Who had approved on that card before it was void: their approval has to be given again. */
  readonly before?: readonly Vote[];
}

/** The slot of a request's card: the same for requests that were asked again in place. */
export function cardSlot(request: Pick<ApprovalRequest, 'id' | 'card'>): string {
  return `request:${request.card ?? request.id}`;
}

/** A raise that was ordered and not yet read back. */
export interface Raise {
  readonly stageNo: number;
  readonly attempt: number;
  readonly from: number;
  readonly to: number;
  /** What the approver (or, without approval, the state at the order) saw. */
  readonly verdicts: Readonly<Record<string, Verdict>>;
  readonly orderedBy: Actor;
  readonly orderedAt: Date;
  readonly expiresAt: Date;
  /** The granted request behind it; null when none was needed. An approval can be withdrawn until the raise is read back. */
  readonly request: ApprovalRequest | null;
  /** Nobody ordered it by hand: the plan says `advance: auto`. */
  readonly auto?: true;
}

/** A card whose request was void: asked for again soon, the new request takes its place. */
export interface VoidedCard {
  readonly card: string;
  readonly stageNo: number;
  readonly at: Date;
  readonly votes: readonly Vote[];
}

/** A request that was denied, until something moves or is asked for again. */
export interface Denial {
  readonly by: Actor;
  readonly at: Date;
  readonly reason: string;
  /** The role that acts next; null where nobody was named. */
  readonly next: string | null;
}

/** Where a run begins that re-enters the last good stage of one that was rolled back by a false alarm. */
export interface Entry {
  readonly stageNo: number;
  /** The run that was rolled back. */
  readonly run: number;
  /** Why it was a false alarm, in the words of who says so. */
  readonly reason: string;
  /** An approver said no: it begins with the first stage like any other. */
  readonly denied?: boolean;
  /** What the run that was rolled back had measured of its stages. */
  readonly means: Health['means'];
}

/** A bake that passed: how long it took by the clock and in observed health, and what its checks last said. */
export interface PassedBake {
  /** When it passed. */
  readonly passedAt: Date;
  readonly stageNo: number;
  readonly attempt: number;
  readonly wallMs: number;
  readonly observedMs: number;
  readonly issues: { readonly opened: number; readonly closed: number };
  readonly numbers: Readonly<Record<string, number>>;
}

export interface Held {
  readonly cause: Reason;
  readonly since: Date;
  readonly by: Actor;
  /** What a person said. */
  readonly note: string;
  readonly detail: Detail | null;
}

export type AlertKind = 'warning' | 'critical' | 'feared' | 'no_data' | 'drift' | 'raise_failed';

/** One thing people were alerted to, from its first reading to its recovery. */
export interface Episode {
  /** A check's name, `@target`, or `raise`. */
  readonly subject: string;
  /** Which one of its subject. */
  readonly no: number;
  readonly kind: AlertKind;
  /** When it was posted. */
  readonly since: Date;
  /** Its first reading. */
  readonly beganAt: Date;
  /** Why it is one, where its kind does not say. */
  readonly reason: Reason | null;
  readonly detail: Detail | null;
  readonly value: number | null;
  readonly exposure: number;
  readonly open: boolean;
  /** How often it had come back, where that is why it is told. */
  readonly times?: number;
  /** The limit that is broken, the furthest of those that are; absent where it is not about one. */
  readonly limit?: Limit;
  /** Every limit of the check that counts as broken, by `limitKey`. */
  readonly limits?: readonly string[];
  /** Where the readings come from that are missing, by the key of `sourceOf`. */
  readonly source?: string;
  /** How it ended. */
  readonly closed?: AlertEnd;
}

export interface AlertEnd {
  readonly at: Date;
  readonly value: number | null;
  /** `over`: what was wrong is not any more. `further`: something worse took its place. `rolled_back`, `ended`: with the rollout's way. */
  readonly how: 'over' | 'further' | 'rolled_back' | 'ended';
}

/** Alerts that are told in one message, slot `alerts:<no>`. */
export interface AlertPost {
  readonly no: number;
  readonly at: Date;
  readonly place: 'thread' | 'channel';
  /** Who is called by it. */
  readonly mentions: readonly Member[];
  /** It should have called somebody who had been called a moment before; that is made up for while nobody has it. */
  readonly owed: boolean;
  /** Who said "I have it", latest last. */
  readonly had: readonly Actor[];
  readonly lines: readonly Episode[];
  /** The post in which the alerts stand that stood here. */
  readonly movedTo: number | null;
}

/** Somebody who was called, and when. */
export interface Called {
  readonly member: Member;
  readonly at: Date;
}

/** A raise that was ordered and is over without having been read back: until when it may still reach the targets. */
export interface Overtaken {
  readonly endsAt: Date;
}

/** What share of the users has it, and what the targets were told. All exposures are percent. */
export interface Exposure {
  /** Last read back. */
  readonly confirmed: number;
  /** What the targets are told to be. */
  readonly wanted: number;
  /** Found at the start; null until rehearsed. */
  readonly anchor: number | null;
  /** What trying the way back at the start showed; absent when it goes plainly, and was tried. */
  readonly tried?: WayBack;
  /** seq of the last event that ordered or confirmed a move; a reading taken before it says nothing about now. */
  readonly movedSeq: number;
  /** After a way down: all settle reads were clean. */
  readonly settled: boolean;
  /** The last raise that was over without being read back. */
  readonly overtaken: Overtaken | null;
  /** A raise that landed late, or may have, and is being taken back: what was read, or what it would have reached. */
  readonly late: { readonly exposure: number; readonly seen: boolean } | null;
}

/** Which stage of the plan it is in, and what happened there. */
export interface CurrentStage {
  /** The stage whose exposure was last read back; 0 before the first. */
  readonly no: number;
  readonly attempt: number;
  /** Tries per stage number, so that a new try is attempt + 1. */
  readonly attempts: Readonly<Record<number, number>>;
  /** The standing command to go on by itself was used or overruled in this stage. */
  readonly autoSpent: boolean;
  /** Alerts opened and closed in this stage, for the stage-complete post. */
  readonly issues: { readonly opened: number; readonly closed: number };
  /** What the channel was told about in this stage: checks with their limit. */
  readonly told: readonly string[];
}

/** How far the bake of the current stage is. */
export interface Bake {
  readonly done: boolean;
  readonly startedAt: Date | null;
  /** Observed healthy time when the bake ended, ms. */
  readonly observedMs: number;
  /** Added to this stage's bake by `extend`, ms. */
  readonly extraMs: number;
  /** Who made this stage's bake longer last, and why. */
  readonly extension: { readonly by: Actor; readonly reason: string; readonly byMs: number } | null;
  /** The bake that passed last, as its post tells it. */
  readonly last: PassedBake | null;
  /** When people were last shown a summary of this bake. */
  readonly summaryAt: Date | null;
  /** How often this stage's bake started over. */
  readonly restarts: number;
}

/** What the checks said, and what they are compared with. */
export interface Health {
  readonly verdicts: Readonly<Record<string, Verdict>>;
  readonly numbers: Readonly<Record<string, number>>;
  /** When `numbers` were read as a whole, at the start or when the last bake passed; some may be newer. */
  readonly numbersAt?: Date;
  readonly baseline: Baseline | null;
  readonly capture: Capture | null;
  /** Baselines asked for so far. */
  readonly captures: number;
  /** The mean of every check over the bakes that passed, by stage. */
  readonly means: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** The last number people reported, and when they were asked for one, by check. */
  readonly reports: Readonly<Record<string, Report>>;
  readonly asked: Readonly<Record<string, { readonly at: Date }>>;
  /** Checks whose limits ask to hold, and were heard. */
  readonly holds: readonly string[];
}

/** What people were alerted to. */
export interface Alerts {
  /** The last of each subject. */
  readonly episodes: Readonly<Record<string, Episode>>;
  /** The posts with open alerts, and the newest one. */
  readonly posts: readonly AlertPost[];
  /** Who was called by alerts, the last time each. */
  readonly called: readonly Called[];
  /** Who said "I have it" of an alert or incident that is open, latest last. */
  readonly haveIt: readonly Actor[];
}

/** What every rollout has, whatever its phase. */
interface Common {
  readonly id: number;
  readonly teamId: string;
  readonly plan: Plan;
  readonly planHash: string;
  /** 1 for the first run of this plan. */
  readonly run: number;
  readonly note: string;
  readonly channelId: string;
  readonly startedBy: Actor;
  readonly people: Readonly<Record<string, readonly Member[]>>;
  readonly targetKeys: readonly string[];
  readonly createdAt: Date;
  /** Set when this run began in a later stage. */
  readonly entry: Entry | null;

  readonly seq: number;
  readonly phaseSince: Date;
  readonly exposure: Exposure;
  readonly stage: CurrentStage;
  readonly bake: Bake;
  readonly health: Health;
  readonly alerts: Alerts;
  /** The request that was void last: asked again soon, the same card is used. */
  readonly voided: VoidedCard | null;
  /** Set while a denial is the last that was decided about going on. */
  readonly denied: Denial | null;
  /** The last one. */
  readonly rollback: Rollback | null;
  /** What is to be done around its moves, in the plan's order. */
  readonly lists: readonly ListState[];
  /** Every step that was begun, in their order. */
  readonly steps: readonly StartedStep[];
  /** Null when it is over. */
  readonly nextWakeAt: Date | null;
}

/** Somebody is waited for. */
interface Awaiting {
  /** When they are reminded next. */
  readonly remindAt: Date;
  /** Reminders sent since the phase began. */
  readonly reminded: number;
}

interface Over {
  readonly endedAt: Date;
}

/** What a rollout has in a phase, and in no other. */
export interface PhaseData {
  /** Something is to be done before it begins. It has no target and no reading yet. */
  readonly planned: Awaiting;
  readonly starting: object;
  readonly ready: Awaiting;
  /** The request says itself when people are reminded of it. */
  readonly awaiting_approval: Pick<Awaiting, 'reminded'> & { readonly request: ApprovalRequest };
  readonly applying: { readonly raise: Raise };
  readonly baking: object;
  readonly held: Awaiting & { readonly held: Held };
  /** People are told when it is not read back by then. */
  readonly rolling_back: Pick<Awaiting, 'remindAt'> & { readonly rollback: Rollback };
  readonly rolled_back: Over & { readonly rollback: Rollback };
  /** The note of whoever ended it before the plan's end. */
  readonly completed: Over & { readonly finishNote: string | null };
  /** Why it never started; `detail` in the words of who said so, where a person did. */
  readonly not_started: Over & { readonly failure: { readonly reason: Reason; readonly detail: Detail | null } };
}

type KeyOf<T> = T extends unknown ? keyof T : never;
/** What some phase has of its own. */
export type OwnKey = Exclude<KeyOf<PhaseData[Phase]>, keyof Common>;

/** A rollout in this phase. What another phase has is absent, and reads as undefined. */
export type RolloutIn<P extends Phase> = P extends Phase
  ? Common & { readonly phase: P } & PhaseData[P] & {
        readonly [K in Exclude<OwnKey, keyof PhaseData[P]>]?: never;
      }
  : never;

export type Rollout = RolloutIn<Phase>;
/** One that is over. */
export type EndedRollout = RolloutIn<TerminalPhase>;

export function isOver(rollout: Rollout): rollout is EndedRollout {
  return isTerminal(rollout.phase);
}

/** Without its phase and what only that has. A field that is not taken off here does not compile. */
function common(rollout: Rollout): Common & { readonly [K in OwnKey]?: never } {
  const {
    phase: _phase,
    request: _request,
    raise: _raise,
    held: _held,
    remindAt: _remindAt,
    reminded: _reminded,
    endedAt: _endedAt,
    finishNote: _finishNote,
    failure: _failure,
    ...rest
  } = rollout;
  return rest;
}

/** The same rollout in this phase, with what the phase has of its own. What only the one before had is left behind. */
export function enter<P extends Phase>(rollout: Rollout, phase: P, data: PhaseData[P]): RolloutIn<P> {
  // The compiler does not see that a phase and its data go together, which the parameters make sure of.
  return { ...common(rollout), phase, ...data } as unknown as RolloutIn<P>;
}

/** How the way back goes where it does not go plainly. */
export interface WayBack {
  /** For people, with the target's name. */
  readonly notes: readonly string[];
  /** By target: the smaller writes that were proven for its parts, in the target's own names. */
  readonly rungs: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Nothing was raised yet in a run that begins where the one before stood when a false alarm rolled it back. */
export function beginsLater({ entry, stage: { no: stageNo }, bake: { startedAt: bakeStartedAt } }: Rollout): boolean {
  return Boolean(entry) && !entry?.denied && stageNo === 0 && bakeStartedAt === null;
}

/** The stage that is asked for next; undefined on the last one. */
export function nextStage(rollout: Rollout): StagePlan | undefined {
  const {
    plan,
    stage: { no: stageNo },
    entry,
  } = rollout;
  return plan.stages[entry && beginsLater(rollout) ? entry.stageNo - 1 : stageNo];
}

/** The bake a stage needs, extensions included. */
export function bakeNeededMs(rollout: Rollout): number {
  const stage = rollout.plan.stages[rollout.stage.no - 1];
  return (stage?.bakeMs ?? 0) + rollout.bake.extraMs;
}

/** The highest stage reached so far that is not above this exposure; 0 when even the first is. */
export function stageBelow(rollout: Rollout, exposure: number): number {
  return rollout.plan.stages.filter((stage) => stage.exposure <= exposure && stage.no <= rollout.stage.no).length;
}

/** Users get more than they did before this rollout, or did until a read-back says otherwise. */
export function isExposed(rollout: Rollout): boolean {
  return rollout.exposure.confirmed > (rollout.exposure.anchor ?? 0);
}

/** Since when observed health counts towards the bake, without a break; null: the clock stands still. */
export function bakingSince(rollout: Rollout): Date | null {
  // Asked to go on before the bake is over: what is observed while people decide is observed all the same.
  const counts = rollout.phase === 'baking' || (rollout.phase === 'awaiting_approval' && !rollout.bake.done);
  return counts ? rollout.phaseSince : null;
}

/** A watch exists exactly while this holds. */
export function needsWatch(rollout: Rollout): boolean {
  const measured = isExposed(rollout) || bakingSince(rollout) !== null || Boolean(rollout.health.capture);
  return !isTerminal(rollout.phase) && measured;
}

/** `checkout` for the first run is `checkout#1`. */
export function rolloutName(rollout: Pick<Rollout, 'plan' | 'run'>): string {
  return `${rollout.plan.name}#${rollout.run}`;
}

/** Who must approve this request. Null: its stage needs nobody, and no request should have been made. */
export function quorumOf(rollout: Pick<Rollout, 'plan'>, request: ApprovalRequest): Quorum | null {
  return request.quorum ?? rollout.plan.stages[request.stageNo - 1]?.approve ?? null;
}
