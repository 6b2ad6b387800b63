import { SHOP } from '../support/scene.js';
import type { World } from './world.js';

/** What a run left behind, in a form in which two runs can be compared. */
export interface Outcome {
  readonly flag: { readonly exposure: number; readonly enabled: boolean };
  /** Every value the flag had, one after the other. */
  readonly exposures: readonly number[];
  /** Types of events, per rollout, in order; those of items behind the others, which wait for none of them. */
  readonly events: readonly (readonly string[])[];
  /** One entry per post the bot made, by slot. */
  readonly posts: readonly string[];
  /** Threads the posts are in. */
  readonly threads: number;
}

export async function outcomeOf(world: World): Promise<Outcome> {
  const flag = await world.flags.query<{ exposure: number; enabled: boolean }>(
    'select rollout_percentage::float8 as exposure, enabled from feature_flags',
  );
  const values = await world.flags.query<{ exposure: number }>(
    'select exposure::float8 as exposure from flag_values order by id',
  );
  const events = await world.db.query<{ types: string[] }>(
    'select array_agg(type order by seq) as types from events group by rollout_id order by rollout_id',
  );
  const [row] = flag.rows;
  if (!row) throw new Error('the flag is gone');
  const mine = world.slack.messages(SHOP).filter((message) => message.metadata);
  return {
    flag: row,
    exposures: values.rows.map((each) => each.exposure).filter((value, at, all) => value !== all[at - 1]),
    events: events.rows.map(({ types }) => [...types.filter((type) => !isOfItems(type)), ...types.filter(isOfItems)]),
    posts: mine.map((message) => slotOf(message.metadata?.event_payload.slot)).sort(),
    threads: new Set(mine.map((message) => message.threadTs ?? message.ts)).size,
  };
}

function isOfItems(type: string): boolean {
  return type.startsWith('item_');
}

/** `request:7.3` is the request made with the third event of rollout 7; which number a rollout got does not matter. */
function slotOf(slot: unknown): string {
  return String(slot).replace(/^request:\d+\./, 'request:');
}
