-- Groups of alerts that their source cut short: what was left out of each is not known.
create table alert_groups (
  source    text not null check (source in ('alertmanager', 'sentry', 'alert')),
  name      text not null,               -- what makes it one group
  labels    jsonb not null,              -- what all its alerts have, also those that were left out
  left_out  integer not null check (left_out > 0),
  heard_at  timestamptz not null,
  primary key (source, name)
);
