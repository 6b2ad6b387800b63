-- The database's clock may be set, and another server with another clock may take over. What counts time here counts it by
-- steady_now(), which goes on at the pace of time whatever the server's clock does.

-- The server's clock. Only the functions below and the process that keeps `clock` read it.
create function server_now() returns timestamptz language sql stable as 'select now()';

-- What the bot's processes last saw of it. They look every second while one of them lives.
create table clock (
  one        boolean primary key default true,
  server_at  timestamptz,                  -- the server's clock at the last look; empty before the first
  steady_at  timestamptz,                  -- steady time at that moment
  rate       double precision not null default 1,
  constraint one_clock check (one),
  constraint both_or_neither check ((server_at is null) = (steady_at is null)),
  constraint a_clock_goes_on check (rate between 0.9 and 1.1)
);
insert into clock default values;

-- Steady time when the server's clock shows this. It never goes back. It goes on for 3 seconds after a look and then waits for
-- the next: a clock that was set forward takes nobody further than that.
create function steady_after(server_at timestamptz, steady_at timestamptz, rate double precision, server timestamptz)
  returns timestamptz language sql stable as
  $$select steady_at + rate * least(greatest(server - server_at, interval '0'), interval '3 seconds')$$;

create function steady_now() returns timestamptz language plpgsql stable as $$
begin
  return coalesce((select steady_after(server_at, c.steady_at, rate, server_now()) from clock c), server_now());
end $$;

-- Domain time: everything that decides about a rollout reads it here, so that it can be moved in one place.
create function rollout_now() returns timestamptz language sql stable as 'select steady_now()';

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
  lists         jsonb,                   -- what is to be done, as the plan says it; never changed. Read only with items
  next_wake_at  timestamptz,
  created_at    timestamptz not null,
  ended_at      timestamptz,
  constraint one_run_number_once unique (plan, run),
  constraint phase_is_known check (phase in ('planned', 'starting', 'ready', 'awaiting_approval', 'applying', 'baking', 'held',
    'rolling_back', 'rolled_back', 'completed', 'not_started')),
  constraint no_stuck_rollouts check (phase in ('rolled_back', 'completed', 'not_started') or next_wake_at is not null),
  constraint exposure_is_percent check (confirmed between 0 and 100 and wanted between 0 and 100)
);
-- What is over wakes too, while something of its lists is to be done.
create index rollouts_due on rollouts (next_wake_at) where next_wake_at is not null;
create index rollouts_by_channel on rollouts (channel_id, id);
create index rollouts_by_end on rollouts (ended_at) where ended_at is not null;

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

-- What was said of the items of a rollout's lists. One that nobody has said anything of has no row: it is open.
create table items (
  rollout_id  integer not null references rollouts (id),
  list        text not null check (list in ('before', 'exit', 'after', 'after_rollback')),
  stage_no    integer not null,           -- 0: the list of the plan as a whole
  opening     integer not null,           -- a list that is opened again begins with no rows
  no          integer not null,           -- its place in the list, from 1
  state       text not null check (state in ('open', 'running', 'done', 'failed', 'blocked', 'unknown', 'stale', 'waived')),
  at          timestamptz not null,
  actor       jsonb not null,
  note        text not null,
  signed      jsonb not null,             -- who has signed it since it was open last
  run         integer not null,           -- how often the bot was to do it, of what the bot does
  started     boolean not null,           -- the last of these runs has gone out
  output      jsonb,                      -- what was kept of the last run that ended: item_outputs
  primary key (rollout_id, list, stage_no, opening, no)
);

-- What programs printed and requests and queries were answered, without secrets. Deleted 90 days after the end of the rollout.
create table item_outputs (
  id          bigint generated always as identity primary key,
  rollout_id  integer not null references rollouts (id),
  at          timestamptz not null default rollout_now(),
  sha256      text not null,
  text        text not null               -- the end, where it was more than 64 KB
);
create index item_outputs_by_age on item_outputs (at);

create table inbox (
  key          text primary key,
  params_hash  text not null,
  rollout_id   integer,
  actor        text not null,
  outcome      jsonb not null,
  at           timestamptz not null default steady_now()
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
  fence          integer not null default 0,
  due_again      boolean not null default false   -- news came while the checks were being read: another round follows at once
);
-- What is due is found by its index alone: free ones by when they are due, those whose last look is still to come, claimed ones
-- by their lease.
create index watches_due on watches (next_check_at) where claimed_by is null;
create index watches_ahead on watches (last_check_at) where claimed_by is null;
create index watches_claimed on watches (lease_until) where claimed_by is not null;

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
  -- `direct`: what goes to one person, in no order, so that nobody's closed door holds anything up.
  lane         text not null check (lane in ('target', 'message', 'direct', 'step')),
  kind         text not null check (kind in ('rehearse', 'raise', 'lower', 'read', 'show', 'step', 'item')),
  slot         text,
  -- Who hears of it, decided when it is written (src/rollout/state/audience.ts). Queries read these and never the payload.
  person       text,                      -- the one it goes to, in the lane `direct`
  place        text check (place in ('root', 'thread', 'channel', 'person')),
  must_hear    text check (must_hear in ('starter', 'contacts')),   -- written to directly where the channel takes no posts
  outside      text check (outside in ('approvers')),               -- shown it directly too, where they do not see the channel
  still        text check (still in ('open', 'over')),
  urgent       boolean not null default false,   -- goes before everything else of its lane; a lowering waits for nothing, a message for no other
  holds_up     boolean not null default true,    -- what comes after it on its lane waits for it
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
  tell_at      timestamptz,               -- when to decide who is shown a channel's post in a direct message too; infinity: it was decided
  failing_since timestamptz,              -- since when a post has not come through
  refused      text,                      -- Slack's code, once the post is taken to be refused: people are told
  constraint one_effect_once unique (rollout_id, seq, n),
  constraint direct_is_to_a_person check ((lane = 'direct') = (person is not null)),
  constraint a_message_has_its_place check ((kind = 'show') = (place is not null)),
  constraint a_lowering_is_urgent check (kind <> 'lower' or urgent),
  constraint a_read_holds_up_nothing check (kind <> 'read' or not holds_up),
  constraint a_raise_expires check (kind <> 'raise' or not_after is not null)
);
create index effects_open on effects (rollout_id, lane, id) where state in ('pending', 'claimed');
create unique index one_open_raise on effects (rollout_id) where kind = 'raise' and state in ('pending', 'claimed');
create index effects_to_tell on effects (tell_at) where tell_at < 'infinity';
create index effects_by_age on effects (done_at) where state not in ('pending', 'claimed');   -- for retention

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
  rollout_id     integer not null references rollouts (id),
  slot           text not null,
  channel_id     text not null,
  person         text,                     -- who it goes to, in a direct message
  root           boolean not null default false,   -- the first message of the thread, drawn again as time goes on
  ts             text,                     -- empty: being posted, or deleted by a person
  thread_ts      text,
  shown_hash     text not null,
  shown_seq      integer not null default 0,
  shown_effect   integer not null default 0,
  next_edit_at   timestamptz,
  deletions      integer not null default 0,
  posting        integer not null default 0,       -- grows when a post of the slot is given up
  refused_edits  integer not null default 0,
  earlier_ts     text,
  earlier_link   text,
  held_by        text,                     -- one process at a time draws a slot, and
  hold           text,                     -- one drawing of it
  held_until     timestamptz,
  doubt_at       timestamptz,              -- a call was not answered: look then whether it came late
  doubts         integer not null default 0,       -- how often that was done
  late_edit      boolean not null default false,   -- that call was an edit: carried out late, it would put an older state over a newer one
  primary key (rollout_id, slot, channel_id)
);
create index live_messages_due on messages (next_edit_at) where root;
create index messages_by_thread on messages (channel_id, thread_ts);
create index messages_in_doubt on messages (doubt_at) where doubt_at is not null;

-- Only the live message of a rollout under way is drawn again: the first claim after the end takes the time away.
create function no_redraw_after_the_end() returns trigger language plpgsql as $$
begin
  if new.next_edit_at is not null and exists (select from rollouts r
    where r.id = new.rollout_id and r.phase in ('rolled_back', 'completed', 'not_started')) then
    new.next_edit_at := null;
  end if;
  return new;
end $$;
create trigger messages_of_ended_rollouts before insert or update of next_edit_at on messages
  for each row when (new.next_edit_at is not null) execute function no_redraw_after_the_end();

-- How much all replicas together may ask of Slack, and what it has to be left alone with.
create table slack_limits (
  key           text primary key,          -- edit, post:<channel>, channel:<channel>
  tokens        double precision not null default 0,
  at            timestamptz not null,       -- when the tokens were counted
  paused_until  timestamptz,
  soft          boolean not null default false,   -- the pause is ours, not Slack's: what may not wait does not wait
  code          text                        -- the channel takes no posts: what Slack says
);
create index slack_limits_by_age on slack_limits (at);

-- Alerts that others push to the bot: the last that is known of each.
create table alerts (
  source        text not null check (source in ('alertmanager', 'sentry', 'alert')),
  fingerprint   text not null,             -- what makes it one however often it is sent
  status        text not null check (status in ('firing', 'resolved')),
  labels        jsonb not null,            -- label → text
  title         text not null,
  url           text,
  starts_at     timestamptz,               -- as its source says it; empty when it does not
  ends_at       timestamptz,
  received_at   timestamptz not null,      -- when it got this status
  last_seen_at  timestamptz not null,
  left_out      integer not null,          -- alerts of its group that were not sent with it
  primary key (source, fingerprint)
);
create index alerts_firing on alerts (source) where status = 'firing';
create index alerts_by_age on alerts (last_seen_at);

-- Groups of alerts that their source cut short: what was left out of each is not known.
create table alert_groups (
  source    text not null check (source in ('alertmanager', 'sentry', 'alert')),
  name      text not null,               -- what makes it one group
  labels    jsonb not null,              -- what all its alerts have, also those that were left out
  left_out  integer not null check (left_out > 0),
  heard_at  timestamptz not null,
  primary key (source, name)
);

create table people (
  team_id     text not null,
  kind        text not null check (kind in ('user', 'group', 'handles', 'email', 'channel', 'members', 'direct', 'self', 'pause')),
  key         text not null,
  value       jsonb not null,
  fetched_at  timestamptz not null default steady_now(),
  primary key (team_id, kind, key)
);

create table workers (
  id          text primary key,
  started_at  timestamptz not null default steady_now()
);

create table daily_heads (
  day       date primary key,
  rollouts  integer not null,
  head      text not null,
  at        timestamptz not null default steady_now()
);
