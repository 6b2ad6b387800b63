-- The database's clock may be set, and another server with another clock may take over. What counts time here counts it by
-- steady_now(), which goes on at the pace of time whatever the server's clock does.

-- The server's clock. Nothing but what follows reads it.
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

-- Domain time, and leases with it.
create or replace function rollout_now() returns timestamptz language sql stable as 'select steady_now()';
alter table inbox alter column at set default steady_now();
alter table people alter column fetched_at set default steady_now();
alter table workers alter column started_at set default steady_now();
alter table daily_heads alter column at set default steady_now();
