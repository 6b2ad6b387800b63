-- Domain time. Everything that decides about a rollout reads the clock here, so that it can be moved in one place.
-- Leases do not: they tell live processes from dead ones and use now().
create function rollout_now() returns timestamptz language sql stable as 'select now()';

create sequence rollout_ids as integer;

create table rollouts (
  id            integer primary key,
  team_id       text not null,
  plan          text not null,
  run           integer not null,
  note          text not null,
  plan_text     text not null,
  plan_hash     text not null,
  definition    jsonb not null,          -- the parsed plan, its people as ids, its target keys; never changed
  channel_id    text not null,
  started_by    text not null,
  phase         text not null,
  stage_no      integer not null,
  attempt       integer not null,
  seq           integer not null,
  head_hash     text not null,
  confirmed     numeric not null,
  wanted        numeric not null,
  anchor        numeric,
  state         jsonb not null,
  next_wake_at  timestamptz,
  created_at    timestamptz not null,
  ended_at      timestamptz,
  constraint one_run_number_once unique (plan, run),
  constraint phase_is_known check (phase in ('starting', 'ready', 'awaiting_approval', 'applying', 'baking', 'held',
    'rolling_back', 'rolled_back', 'completed', 'not_started')),
  constraint no_stuck_rollouts check (phase in ('rolled_back', 'completed', 'not_started') or next_wake_at is not null),
  constraint exposure_is_percent check (confirmed between 0 and 100 and wanted between 0 and 100)
);
create index rollouts_due on rollouts (next_wake_at) where phase not in ('rolled_back', 'completed', 'not_started');
create index rollouts_by_channel on rollouts (channel_id, id);

create table events (
  rollout_id  integer not null references rollouts (id),
  seq         integer not null,
  at          timestamptz not null,
  type        text not null,
  actor       text not null,
  line        text not null,              -- exactly what was hashed
  prev_hash   text not null,
  hash        text not null,
  primary key (rollout_id, seq)
);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'the record is append-only: % on % is refused', tg_op, tg_table_name;
end $$;
create trigger events_are_for_ever before update or delete on events
  for each row execute function refuse_change();
create trigger events_are_never_truncated before truncate on events
  for each statement execute function refuse_change();

create table inbox (
  key          text primary key,
  params_hash  text not null,
  rollout_id   integer,
  actor        text not null,
  outcome      jsonb not null,
  at           timestamptz not null default now()
);
create index inbox_by_age on inbox (at);

create table watches (
  rollout_id     integer primary key references rollouts (id),
  stage_no       integer not null,
  attempt        integer not null,
  raised_at      timestamptz not null,
  next_check_at  timestamptz not null,
  last_check_at  timestamptz,
  observed_ms    double precision not null default 0,
  stopped        jsonb,
  streaks        jsonb not null default '{}',
  claimed_by     text,
  lease_until    timestamptz,
  fence          integer not null default 0
);
create index watches_due on watches (next_check_at);

create table measurements (
  rollout_id  integer not null references rollouts (id),
  check_name  text not null,
  due_at      timestamptz not null,
  stage_no    integer not null,
  attempt     integer not null,
  value       double precision,
  verdict     text not null,
  reason      text,
  took_ms     integer not null,
  primary key (rollout_id, check_name, due_at),
  constraint no_value_is_unknown check (value is not null or verdict = 'unknown')
);

create table effects (
  id           integer generated always as identity primary key,
  rollout_id   integer not null references rollouts (id),
  seq          integer not null,
  n            integer not null,
  lane         text not null check (lane in ('target', 'message')),
  kind         text not null check (kind in ('rehearse', 'raise', 'lower', 'read', 'show')),
  slot         text,
  payload      jsonb not null,
  state        text not null default 'pending' check (state in ('pending', 'claimed', 'done', 'superseded', 'expired', 'failed')),
  not_before   timestamptz,               -- not due earlier, and then does not hold up what comes after it
  retry_at     timestamptz,               -- failed and tried again then; holds up what comes after it
  not_after    timestamptz,
  attempts     integer not null default 0,
  last_error   text,
  claimed_by   text,
  lease_until  timestamptz,
  fence        integer not null default 0,
  done_at      timestamptz,
  constraint one_effect_once unique (rollout_id, seq, n),
  constraint a_raise_expires check (kind <> 'raise' or not_after is not null)
);
create index effects_open on effects (rollout_id, lane, id) where state in ('pending', 'claimed');
create unique index one_open_raise on effects (rollout_id) where kind = 'raise' and state in ('pending', 'claimed');

create table approval_requests (
  id             text primary key,
  rollout_id     integer not null references rollouts (id),
  stage_no       integer not null,
  attempt        integer not null,
  from_exposure  numeric not null,
  to_exposure    numeric not null,
  plan_hash      text not null,
  verdicts       jsonb not null,
  needs          jsonb not null,
  requested_by   text not null,
  expires_at     timestamptz not null,
  state          text not null check (state in ('open', 'granted', 'denied', 'voided', 'expired', 'withdrawn'))
);
create unique index one_open_request on approval_requests (rollout_id) where state = 'open';

create table approvals (
  request_id  text not null references approval_requests (id),
  team_id     text not null,
  user_id     text not null,
  role        text not null,
  vote        text not null check (vote in ('approve', 'deny')),
  reason      text not null,
  message_ts  text not null,
  saw         jsonb not null,
  at          timestamptz not null,
  primary key (request_id, team_id, user_id)
);

create table target_locks (
  target_key  text primary key,
  rollout_id  integer not null references rollouts (id),
  since       timestamptz not null,
  settles_at  timestamptz
);

create table messages (
  rollout_id    integer not null references rollouts (id),
  slot          text not null,
  channel_id    text not null,
  ts            text not null,
  thread_ts     text,
  shown_hash    text not null,
  next_edit_at  timestamptz,
  primary key (rollout_id, slot, channel_id)
);
create index live_messages_due on messages (next_edit_at) where slot = 'live';

create table people (
  team_id     text not null,
  kind        text not null check (kind in ('user', 'group', 'handles', 'email', 'channel', 'self')),
  key         text not null,
  value       jsonb not null,
  fetched_at  timestamptz not null default now(),
  primary key (team_id, kind, key)
);

create table workers (
  id          text primary key,
  started_at  timestamptz not null default now()
);

create table daily_heads (
  day       date primary key,
  rollouts  integer not null,
  head      text not null,
  at        timestamptz not null default now()
);
