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
