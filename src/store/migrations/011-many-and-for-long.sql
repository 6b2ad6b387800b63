-- What is due is found by its index alone, whatever is there that is not.

-- Watches: free ones by when they are due, those whose last look is still to come, claimed ones by their lease.
drop index watches_due;
create index watches_due on watches (next_check_at) where claimed_by is null;
create index watches_ahead on watches (last_check_at) where claimed_by is null;
create index watches_claimed on watches (lease_until) where claimed_by is not null;

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
update messages m set next_edit_at = null from rollouts r
  where r.id = m.rollout_id and r.phase in ('rolled_back', 'completed', 'not_started') and m.next_edit_at is not null;

-- Messages to single people are in their own lane from the beginning.
update effects set lane = 'direct' where lane = 'message' and state in ('pending', 'claimed') and jsonb_exists(payload, 'person');

-- Retention goes by age.
create index effects_by_age on effects (done_at) where state not in ('pending', 'claimed');
create index rollouts_by_end on rollouts (ended_at) where ended_at is not null;
