import { firstStreaks } from '../rollout/health/assess.js';
import type { Lists } from '../rollout/plan/lists.js';
import { addressed } from '../rollout/state/audience.js';
import type { Effect } from '../rollout/state/effects.js';
import { evolveItems, isItemEvent } from '../rollout/state/items.js';
import { isTerminal, needsWatch, type Rollout } from '../rollout/state/rollout.js';
import { GENESIS, link } from './chain.js';
import type { Db } from './connect.js';
import type { Decided } from './decided.js';
import { type EffectRow, toEffectRow } from './effects.js';
import { parseStored, toStored } from './json.js';
import { requestChange } from './request-rows.js';
import { definitionOf, stateOf } from './rows.js';

export type Written = { readonly applied: true; readonly claimed: readonly EffectRow[] } | { readonly applied: false };

/**
 * The guarded write: one statement in which each part hangs off the one before it. The row is taken only if its seq is
 * still the one that was decided on; the inbox key only if it is new; events, effects and the row only with the key.
 * Not applied: somebody was faster, or the delivery is a repeat; the inbox tells which. It locks the row as one whose key stays:
 * readings and effects that are being stored beside it refer to the key, and a rollback does not wait for them.
 */
export async function write(db: Db, decided: Decided): Promise<Written> {
  const { before, after } = decided;
  const links = link(decided.events, before ? decided.headHash : GENESIS);
  const watch = watchChange(before, after);
  const parameters = {
    key: decided.key,
    params_hash: decided.paramsHash,
    actor: decided.actor,
    outcome: decided.outcome,
    id: after.id,
    expected_seq: before?.seq ?? 0,
    worker: decided.worker,
    head_hash: links.at(-1)?.hash,
    events: links,
    effects: decided.effects.map((effect, n) => effectParameters(effect, n, after.seq)),
    slots: decided.effects.flatMap((effect) => storedAs(effect).replaces ?? []),
    supersedes: superseded(decided),
    row: rowOf(after),
    request: requestChange(decided),
    locks: lockChange(decided),
    items: itemRows(decided),
    watch,
  };
  const statement = before ? { name: 'guarded update', text: UPDATE } : { name: 'guarded insert', text: INSERT };
  const values = before
    ? [toStored(parameters)]
    : [
        toStored({
          ...parameters,
          definition: definitionOf(after),
          lists: listsStarted(decided),
          plan_text: decided.planText,
          started_by: decided.actor,
        }),
      ];
  const askedAt = performance.now();
  const { rows } = await db.query<{ applied: boolean; claimed: string }>(statement, values);
  const [row] = rows;
  if (!row?.applied) return { applied: false };
  const claimed = parseStored<Parameters<typeof toEffectRow>[0][]>(row.claimed);
  return { applied: true, claimed: claimed.map((raw) => ({ ...toEffectRow(raw, askedAt), decided: after })) };
}

function rowOf(after: Rollout) {
  return {
    phase: after.phase,
    stage_no: after.stage.no,
    attempt: after.stage.attempt,
    seq: after.seq,
    confirmed: after.exposure.confirmed,
    wanted: after.exposure.wanted,
    anchor: after.exposure.anchor,
    next_wake_at: after.nextWakeAt,
    ended_at: after.endedAt ?? null,
    state: stateOf(after),
    team_id: after.teamId,
    plan: after.plan.name,
    run: after.run,
    note: after.note,
    plan_hash: after.planHash,
    channel_id: after.channelId,
    created_at: after.createdAt,
  };
}

/** What the guarded write has to know of an effect besides who hears of it. */
interface StoredAs {
  readonly slot: string | null;
  /** The slot whose posts that are still pending it takes the place of. */
  readonly replaces: string | null;
  readonly notBefore: Date | null;
  readonly notAfter: Date | null;
  /** Whoever stores it carries it out at once, where nothing is in its way. */
  readonly claim: boolean;
  /** Open effects of these kinds are pointless once it is ordered. */
  readonly supersedes: readonly Effect['kind'][];
}

const PLAIN: StoredAs = {
  slot: null,
  replaces: null,
  notBefore: null,
  notAfter: null,
  claim: false,
  supersedes: [],
};

/** The one place where the write tells kinds of effects apart. */
function storedAs(effect: Effect): StoredAs {
  switch (effect.kind) {
    case 'rehearse':
      return { ...PLAIN, claim: true };
    case 'raise':
      // It makes older settle reads pointless.
      return { ...PLAIN, claim: true, notAfter: effect.notAfter, supersedes: ['read'] };
    case 'lower':
      // It overtakes everything on its lane.
      return { ...PLAIN, claim: true, supersedes: ['rehearse', 'raise', 'lower', 'read'] };
    case 'read':
      return { ...PLAIN, notBefore: effect.notBefore };
    case 'show': {
      const { slot, person, notBefore = null } = effect;
      return { ...PLAIN, slot, notBefore, replaces: person === undefined ? slot : null };
    }
    case 'step':
    case 'item':
      return PLAIN;
    default:
      return effect satisfies never;
  }
}

function effectParameters(effect: Effect, n: number, seq: number) {
  const { lane, person, place, mustHear, outside, still, urgent, holdsUp } = addressed(effect);
  const { slot, notBefore, notAfter, claim } = storedAs(effect);
  return {
    seq,
    n,
    lane,
    person,
    place,
    must_hear: mustHear,
    outside,
    still,
    urgent,
    holds_up: holdsUp,
    kind: effect.kind,
    slot,
    payload: effect,
    not_before: notBefore,
    not_after: notAfter,
    claim,
  };
}

/** After a rollback no step begins. */
function superseded({ effects, events }: Pick<Decided, 'effects' | 'events'>): Effect['kind'][] {
  const steps: Effect['kind'][] = events.some(({ event }) => event.type === 'rollback_ordered') ? ['step'] : [];
  return [...new Set(effects.flatMap((effect) => storedAs(effect).supersedes)), ...steps];
}

/** The lists of a rollout that begins; null where its plan has none. */
function listsStarted({ events }: Decided): Lists | null {
  const [first] = events;
  return first?.event.type === 'started' ? (first.event.lists ?? null) : null;
}

/** The items that this decision says something of, as they are after it. */
function itemRows({ events, items = [] }: Decided) {
  if (!events.some(({ event }) => isItemEvent(event))) return [];
  const known = new Set(items);
  return evolveItems(items, events)
    .filter((item) => !known.has(item))
    .map(({ ref, state, at, by, note, signed, run, started, output }) => ({
      list: ref.kind,
      stage_no: ref.stageNo,
      opening: ref.opening,
      no: ref.no,
      state,
      at,
      actor: by,
      note,
      signed,
      run,
      started,
      output,
    }));
}

function watchChange(before: Rollout | null, after: Rollout) {
  if (!needsWatch(after)) return { act: 'remove' };
  const had = before !== null && needsWatch(before);
  if (had && before.stage.no === after.stage.no && before.stage.attempt === after.stage.attempt) return { act: 'keep' };
  const now = after.phaseSince;
  const streaks = firstStreaks(after.health.verdicts, after.health.numbers);
  const down = before !== null && after.exposure.confirmed < before.exposure.confirmed;
  const place = { stage_no: after.stage.no, attempt: after.stage.attempt, raised_at: now, next_check_at: now };
  return { act: 'reset', ...place, streaks, down };
}

/** Targets belong to one rollout from its beginning until it is over and, after a way down, until the last settle read. */
function lockChange(decided: Pick<Decided, 'before' | 'after' | 'effects'>) {
  const { before, after } = decided;
  const held = (rollout: Rollout) =>
    isTerminal(rollout.phase)
      ? rollout.phase !== 'not_started' && !rollout.exposure.settled
      : // What is only planned keeps nobody else from the targets.
        rollout.phase !== 'planned';
  const keys = after.targetKeys;
  if (!held(after)) return { act: 'release', keys };
  if (before && held(before))
    return { act: isTerminal(after.phase) ? 'settle' : 'keep', keys, settles_at: settlesAt(decided) };
  return { act: 'take', keys };
}

/** When the last read of this way down is due; null: as it was. */
function settlesAt({ before, after, effects }: Pick<Decided, 'before' | 'after' | 'effects'>): Date | null {
  const last = effects.findLast((effect) => effect.kind === 'read');
  if (last) return last.notBefore;
  // Ended while it was still being read: by the raise that was overtaken.
  return before && !isTerminal(before.phase) ? (after.exposure.overtaken?.endsAt ?? null) : null;
}

const PARAMETERS = `p as (select $1::jsonb as v)`;

const TAIL = `
ev as (
  insert into events (rollout_id, seq, at, type, actor, line, prev_hash, hash)
  select (p.v->>'id')::int, e.* from p, inboxed, jsonb_to_recordset(p.v->'events')
    as e(seq int, at timestamptz, type text, actor text, line text, prev_hash text, hash text)
  returning seq),
done as (select count(*) > 0 as ok from ev),
gone as (
  update effects set state = 'superseded', done_at = steady_now() from p, done
  where done.ok and rollout_id = (p.v->>'id')::int and (
    (lane = 'target' and state in ('pending', 'claimed') and p.v->'supersedes' ? kind)
    -- One that is under way is not broken off; its undo waits for it.
    or (lane = 'step' and state = 'pending' and p.v->'supersedes' ? kind)
    or (lane = 'message' and state = 'pending' and p.v->'slots' ? slot))
  returning effects.id),
fx as (
  insert into effects (rollout_id, seq, n, lane, kind, slot, person, place, must_hear, outside, still, urgent, holds_up, payload, not_before, not_after,
    state, claimed_by, lease_until, fence, attempts)
  select (p.v->>'id')::int, e.seq, e.n, e.lane, e.kind, e.slot, e.person, e.place, e.must_hear, e.outside, e.still, e.urgent, e.holds_up, e.payload, e.not_before, e.not_after,
    case when c.mine then 'claimed' else 'pending' end, case when c.mine then p.v->>'worker' end,
    case when c.mine then steady_now() + interval '15 seconds' end, case when c.mine then 1 else 0 end, case when c.mine then 1 else 0 end
  from p, done, (select count(*) from gone) waits, jsonb_to_recordset(p.v->'effects')
    as e(seq int, n int, lane text, kind text, slot text, person text, place text, must_hear text, outside text, still text, urgent boolean, holds_up boolean, payload jsonb, not_before timestamptz, not_after timestamptz, claim boolean),
    lateral (select e.claim and p.v->>'worker' is not null and (e.urgent or not exists (
      select 1 from effects o where o.rollout_id = (p.v->>'id')::int and o.lane = 'target' and o.state in ('pending', 'claimed')
        and o.holds_up and not p.v->'supersedes' ? o.kind)) as mine) c
  where done.ok and waits.count >= 0 order by e.n
  returning *),
opened as (
  insert into approval_requests (id, rollout_id, stage_no, attempt, from_exposure, to_exposure, plan_hash, verdicts, needs, requested_by, expires_at, state)
  select q.id, (p.v->>'id')::int, q.stage_no, q.attempt, q.from_exposure, q.to_exposure, q.plan_hash, q.verdicts, q.needs, q.requested_by, q.expires_at, 'open'
  from p, done, jsonb_to_record(coalesce(nullif(p.v->'request'->'open', 'null'), '{}')) as q(id text, stage_no int, attempt int,
    from_exposure numeric, to_exposure numeric, plan_hash text, verdicts jsonb, needs jsonb, requested_by text, expires_at timestamptz)
  where done.ok and q.id is not null),
closed as (
  update approval_requests set state = p.v->'request'->'close'->>'state' from p, done
  where done.ok and approval_requests.id = p.v->'request'->'close'->>'id'),
voted as (
  insert into approvals (request_id, team_id, user_id, role, vote, reason, message_ts, saw, at)
  select q.id, q.team_id, q.user_id, q.role, q.vote, q.reason, q.message_ts, q.saw, q.at
  from p, done, jsonb_to_record(coalesce(nullif(p.v->'request'->'vote', 'null'), '{}')) as q(id text, team_id text, user_id text,
    role text, vote text, reason text, message_ts text, saw jsonb, at timestamptz)
  where done.ok and q.id is not null
  on conflict (request_id, team_id, user_id) do update set vote = excluded.vote, reason = excluded.reason, at = excluded.at),
unvoted as (
  delete from approvals a using p, done, jsonb_to_recordset(p.v->'request'->'unvote') as q(id text, team_id text, user_id text)
  where done.ok and a.request_id = q.id and a.team_id = q.team_id and a.user_id = q.user_id),
locked as (
  insert into target_locks (target_key, rollout_id, since)
  select k, (p.v->>'id')::int, rollout_now() from p, done, jsonb_array_elements_text(p.v->'locks'->'keys') k
  where done.ok and p.v->'locks'->>'act' = 'take'
    and not exists (select 1 from target_locks l where l.target_key = k and l.rollout_id = (p.v->>'id')::int)),
settling as (
  update target_locks set settles_at = coalesce((p.v->'locks'->>'settles_at')::timestamptz, settles_at) from p, done
  where done.ok and rollout_id = (p.v->>'id')::int and p.v->'locks'->>'act' = 'settle'),
unlocked as (
  delete from target_locks using p, done
  where done.ok and rollout_id = (p.v->>'id')::int and p.v->'locks'->>'act' = 'release'),
itemized as (
  insert into items (rollout_id, list, stage_no, opening, no, state, at, actor, note, signed, run, started, output)
  select (p.v->>'id')::int, i.* from p, done, jsonb_to_recordset(p.v->'items')
    as i(list text, stage_no int, opening int, no int, state text, at timestamptz, actor jsonb, note text, signed jsonb, run int, started boolean, output jsonb)
  where done.ok
  on conflict (rollout_id, list, stage_no, opening, no) do update
    set state = excluded.state, at = excluded.at, actor = excluded.actor, note = excluded.note, signed = excluded.signed,
      run = excluded.run, started = excluded.started, output = excluded.output),
unwatched as (
  delete from watches using p, done where done.ok and rollout_id = (p.v->>'id')::int and p.v->'watch'->>'act' = 'remove'),
watched as (
  insert into watches (rollout_id, stage_no, attempt, raised_at, next_check_at, streaks)
  select (p.v->>'id')::int, w.stage_no, w.attempt, w.raised_at, w.next_check_at, w.streaks
  from p, done, jsonb_to_record(p.v->'watch') as w(act text, stage_no int, attempt int, raised_at timestamptz, next_check_at timestamptz, streaks jsonb)
  where done.ok and w.act = 'reset'
  on conflict (rollout_id) do update set stage_no = excluded.stage_no, attempt = excluded.attempt, raised_at = excluded.raised_at,
    next_check_at = excluded.next_check_at, observed_ms = 0, stopped = null, claimed_by = null, lease_until = null, fence = watches.fence + 1,
    -- What was summed belongs to the stage that is over. Bad numbers before a raise still count after it; after a way down
    -- limits begin again, or the readings that led down would lead further down at once.
    streaks = (select coalesce(jsonb_object_agg(s.key, case when down then (s.value - '{sum,shortSpells,memory}'::text[])
        || '{"level": null, "since": null, "counting": []}' else s.value - '{sum,shortSpells}'::text[] end), '{}')
      from jsonb_each(watches.streaks) s, (select (v->'watch'->>'down')::boolean as down from p) d))
`;

const RESULT = `
select done.ok as applied,
  coalesce((select jsonb_agg(to_jsonb(fx) order by fx.id) from fx where fx.state = 'claimed'), '[]')::text as claimed,
  -- Others may have something to do now: a process that cannot talk to Slack leaves the messages to one that can.
  case when done.ok then pg_notify('rollout', coalesce(p.v->>'worker', '')) end
from done, p`;

const INBOX = `insert into inbox (key, params_hash, rollout_id, actor, outcome)
  select p.v->>'key', p.v->>'params_hash', (p.v->>'id')::int, p.v->>'actor', p.v->'outcome'`;

const UPDATE = `with ${PARAMETERS},
r as (select rollouts.id from rollouts, p where rollouts.id = (p.v->>'id')::int and seq = (p.v->>'expected_seq')::int for no key update of rollouts),
inboxed as (${INBOX} from p, r on conflict do nothing returning key),
${TAIL},
updated as (
  update rollouts set phase = n.phase, stage_no = n.stage_no, attempt = n.attempt, seq = n.seq, head_hash = p.v->>'head_hash',
    confirmed = n.confirmed, wanted = n.wanted, anchor = n.anchor, state = n.state, next_wake_at = n.next_wake_at, ended_at = n.ended_at, channel_id = n.channel_id
  from p, done, jsonb_to_record(p.v->'row') as n(channel_id text, phase text, stage_no int, attempt int, seq int, confirmed numeric, wanted numeric,
    anchor numeric, state jsonb, next_wake_at timestamptz, ended_at timestamptz)
  where done.ok and rollouts.id = (p.v->>'id')::int)
${RESULT}`;

const INSERT = `with ${PARAMETERS},
inboxed as (${INBOX} from p on conflict do nothing returning key),
made as (
  insert into rollouts (id, team_id, plan, run, note, plan_text, plan_hash, definition, channel_id, started_by, phase, stage_no, attempt,
    seq, head_hash, confirmed, wanted, anchor, state, lists, next_wake_at, created_at)
  select (p.v->>'id')::int, n.team_id, n.plan, n.run, n.note, p.v->>'plan_text', n.plan_hash, p.v->'definition', n.channel_id, p.v->>'started_by',
    n.phase, n.stage_no, n.attempt, n.seq, p.v->>'head_hash', n.confirmed, n.wanted, n.anchor, n.state, nullif(p.v->'lists', 'null'), n.next_wake_at, n.created_at
  from p, inboxed, jsonb_to_record(p.v->'row') as n(team_id text, plan text, run int, note text, plan_hash text, channel_id text, phase text,
    stage_no int, attempt int, seq int, confirmed numeric, wanted numeric, anchor numeric, state jsonb, next_wake_at timestamptz, created_at timestamptz)),
${TAIL}
${RESULT}`;
