-- Who is told where: messages to single people, and messages whose place in Slack changes under them.

-- A third lane for what goes to one person: in no order, so that nobody's closed door holds anything up.
alter table effects drop constraint effects_lane_check;
alter table effects add constraint effects_lane_check check (lane in ('target', 'message', 'direct'));
-- When to decide who is shown a channel's post in a direct message too; infinity: it was decided.
alter table effects add column tell_at timestamptz;
create index effects_to_tell on effects (tell_at) where tell_at < 'infinity';

alter table messages alter column ts drop not null;   -- empty: being posted, or deleted by a person
alter table messages add column person text;          -- who it goes to, in a direct message
alter table messages add column shown_seq integer not null default 0;
alter table messages add column shown_effect integer not null default 0;
alter table messages add column deletions integer not null default 0;
alter table messages add column earlier_ts text;
alter table messages add column earlier_link text;
alter table messages add column held_by text;         -- one process at a time draws a slot
alter table messages add column held_until timestamptz;
create index messages_by_thread on messages (channel_id, thread_ts);

alter table people drop constraint people_kind_check;
alter table people add constraint people_kind_check
  check (kind in ('user', 'group', 'handles', 'email', 'channel', 'members', 'direct', 'self'));
