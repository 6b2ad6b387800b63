import type { Watch } from '../rollout/health/assess.js';
import type { Streak } from '../rollout/health/streak.js';
import type { Actor } from '../rollout/plan/actor.js';
import type { Plan } from '../rollout/plan/plan.js';
import type { CurrentStage, Exposure, Member, OwnKey, Phase, Rollout } from '../rollout/state/rollout.js';
import { parseOnce, parseStored } from './json.js';

/** Columns of `rollouts` as pg gives them; JSON as text so that times can be revived. */
export interface RolloutRow {
  id: number;
  team_id: string;
  run: number;
  note: string;
  plan_hash: string;
  definition: string;
  channel_id: string;
  phase: Phase;
  stage_no: number;
  attempt: number;
  seq: number;
  head_hash: string;
  /** numeric comes as text; exposures have few digits and fit a number. */
  confirmed: string;
  wanted: string;
  anchor: string | null;
  state: string;
  next_wake_at: Date | null;
  created_at: Date;
  ended_at: Date | null;
}

export const ROLLOUT_COLUMNS = `r.id, r.team_id, r.run, r.note, r.plan_hash, r.definition::text as definition, r.channel_id, r.phase,
  r.stage_no, r.attempt, r.seq, r.head_hash, r.confirmed, r.wanted, r.anchor, r.state::text as state, r.next_wake_at, r.created_at, r.ended_at`;

/** What stands in `definition`: fixed at start, not rewritten with every event. */
interface Definition {
  readonly plan: Plan;
  readonly people: Readonly<Record<string, readonly Member[]>>;
  readonly targetKeys: readonly string[];
  readonly startedBy: Actor;
}

/** The column `state`: everything that changes and has no column of its own. What other phases have is undefined, and not stored. */
interface State extends Pick<Rollout, StateKey> {
  readonly exposure: Omit<Exposure, 'confirmed' | 'wanted' | 'anchor'>;
  readonly stage: Omit<CurrentStage, 'no' | 'attempt'>;
  readonly ofPhase: { readonly [K in StoredOwnKey]: Rollout[K] };
}
type StoredOwnKey = Exclude<OwnKey, 'endedAt'>;
type StateKey =
  | 'entry'
  | 'phaseSince'
  | 'bake'
  | 'health'
  | 'alerts'
  | 'voided'
  | 'denied'
  | 'rollback'
  | 'lists'
  | 'steps';

export function toRollout(row: RolloutRow): Rollout {
  const definition = parseOnce<Definition>(row.definition);
  const { ofPhase, ...state } = parseStored<State>(row.state);
  const endedAt = row.ended_at === null ? {} : { endedAt: row.ended_at };
  const rollout = {
    ...definition,
    ...state,
    ...ofPhase,
    ...endedAt,
    id: row.id,
    teamId: row.team_id,
    run: row.run,
    note: row.note,
    planHash: row.plan_hash,
    channelId: row.channel_id,
    phase: row.phase,
    seq: row.seq,
    stage: { ...state.stage, no: row.stage_no, attempt: row.attempt },
    exposure: {
      ...state.exposure,
      confirmed: Number(row.confirmed),
      wanted: Number(row.wanted),
      anchor: row.anchor === null ? null : Number(row.anchor),
    },
    nextWakeAt: row.next_wake_at,
    createdAt: row.created_at,
  };
  // What the phase has of its own stands in three columns; that they go together is the writer's promise.
  return rollout as Rollout;
}

/** The part of a rollout that has no column of its own. */
export function stateOf(rollout: Rollout): State {
  const { entry, phaseSince, bake, health, alerts, voided, denied, rollback, lists, steps } = rollout;
  const { confirmed: _confirmed, wanted: _wanted, anchor: _anchor, ...exposure } = rollout.exposure;
  const { no: _no, attempt: _attempt, ...stage } = rollout.stage;
  const { request, raise, held, remindAt, reminded, finishNote, failure } = rollout;
  const ofPhase = { request, raise, held, remindAt, reminded, finishNote, failure };
  return { entry, phaseSince, exposure, stage, bake, health, alerts, voided, denied, rollback, lists, steps, ofPhase };
}

export function definitionOf(rollout: Rollout): Definition {
  const { plan, people, targetKeys, startedBy } = rollout;
  return { plan, people, targetKeys, startedBy };
}

export interface WatchRow {
  rollout_id: number;
  stage_no: number;
  attempt: number;
  raised_at: string;
  next_check_at: string;
  last_check_at: string | null;
  observed_ms: number;
  stopped: Watch['stopped'];
  streaks: Record<string, Streak>;
  fence: number;
}

/** A watch as to_jsonb gives it (as text: its inner times are revived, its columns converted). */
export function toWatch(text: string | null): Watch | null {
  if (text === null) return null;
  const row = parseStored<WatchRow>(text);
  return {
    rolloutId: row.rollout_id,
    stageNo: row.stage_no,
    attempt: row.attempt,
    fence: row.fence,
    raisedAt: new Date(row.raised_at),
    nextCheckAt: new Date(row.next_check_at),
    lastCheckAt: row.last_check_at === null ? null : new Date(row.last_check_at),
    observedMs: row.observed_ms,
    stopped: row.stopped,
    streaks: row.streaks,
  };
}
