-- What Slack refused, and what it was asked and may still carry out.

-- Since when a post has not come through; and what people are told of it: Slack's code, once it is taken to be refused.
alter table effects add column failing_since timestamptz;
alter table effects add column refused text;

alter table messages add column posting integer not null default 0;       -- grows when a post of the slot is given up
alter table messages add column refused_edits integer not null default 0;
alter table messages add column doubt_at timestamptz;                      -- a call was not answered: look then whether it came late
alter table messages add column doubts integer not null default 0;         -- how often that was done
create index messages_in_doubt on messages (doubt_at) where doubt_at is not null;

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
