import type { Db } from './connect.js';
import type { MessagePlace } from './messages.js';

/** A slot of which Slack did not answer a call: a post may stand there twice, an edit may come after a newer one. */
export interface Doubt {
  readonly place: MessagePlace;
  /** The rollout began then. */
  readonly since: Date;
  /** Domain time. */
  readonly now: Date;
  /** An edit was not answered, and this is the first look since: what it shows is to be drawn once more. */
  readonly edit: boolean;
}

/** Looks for what came late: after 10 s, a minute and five, counted from the call; a post that is not there yet is waited for. */
const NEXT = `case when m.ts is null then rollout_now() + interval '10 seconds'
  when m.doubts = 0 then rollout_now() + interval '50 seconds' when m.doubts = 1 then rollout_now() + interval '4 minutes' end`;

/** A slot whose time to be looked at has come. */
export const DOUBT_IS_DUE = `select from messages
  where doubt_at <= (select rollout_now()) or doubt_at > (select rollout_now()) + interval '10 minutes'`;

/** Takes the slots whose time to be looked at has come; taking one sets the next time. */
export async function claimDoubts(db: Db, limit: number): Promise<Doubt[]> {
  const { rows } = await db.query<{
    rollout_id: number;
    slot: string;
    channel_id: string;
    person: string | null;
    root: boolean;
    since: Date;
    now: Date;
    posted: boolean;
    edit: boolean;
  }>(
    `with due as (select rollout_id, slot, channel_id, late_edit from messages
       where doubt_at <= (select rollout_now()) or doubt_at > (select rollout_now()) + interval '10 minutes'
       order by doubt_at limit $1 for update skip locked)
     update messages m set doubt_at = ${NEXT}, doubts = m.doubts + case when m.ts is null then 0 else 1 end,
       late_edit = m.late_edit and m.ts is null
     from due, rollouts r
     where m.rollout_id = due.rollout_id and m.slot = due.slot and m.channel_id = due.channel_id and r.id = m.rollout_id
     returning m.rollout_id, m.slot, m.channel_id, m.person, m.root, r.created_at as since, rollout_now() as now, m.ts is not null as posted, due.late_edit as edit`,
    [limit],
  );
  return rows
    .filter(({ posted }) => posted)
    .map(({ rollout_id: rolloutId, slot, channel_id: channelId, person, root, since, now, edit }) => ({
      place: { rolloutId, slot, channelId, root, ...(person === null ? {} : { person }) },
      since,
      now,
      edit,
    }));
}
