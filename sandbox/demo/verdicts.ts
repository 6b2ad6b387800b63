/** What must be true after an act, asked from those who know: the flag table, the customers, the record, Slack. */
import { isDeepStrictEqual } from 'node:util';
import pg from 'pg';
import type { Event, Recorded } from '../../src/rollout/state/events.js';
import { replay } from '../../src/rollout/state/evolve.js';
import { needsWatch } from '../../src/rollout/state/rollout.js';
import { firstBroken } from '../../src/store/chain.js';
import { chainOf, eventsOf, loadRollout } from '../../src/store/rollouts.js';
import { SHOP_FLAG, type Shop } from '../shop/shop.js';
import type { LocalSlack } from '../slack/types.js';
import { CHANNEL, LEA, LOU } from './people.js';

/** One line of the end: what should be, and what was found where it is not. */
export interface Verdict {
  readonly says: string;
  readonly holds: boolean;
  readonly found: string;
}

export async function flagIs(shopUrl: string, exposure: number): Promise<Verdict> {
  const client = new pg.Client({ connectionString: shopUrl });
  await client.connect();
  const { rows } = await client
    .query<{ enabled: boolean; percent: number }>(
      'select enabled, rollout_percentage::float8 as percent from feature_flags where name = $1',
      [SHOP_FLAG],
    )
    .finally(() => client.end());
  const [row] = rows;
  return {
    says: `flag table: ${SHOP_FLAG} is ${exposure > 0 ? 'on' : 'off'} at ${exposure} %`,
    holds: row?.enabled === exposure > 0 && row?.percent === exposure,
    found: row ? `${row.enabled ? 'on' : 'off'} at ${row.percent} %` : 'no such row',
  };
}

/** Every customer goes to the checkout once more; `all` of them, or none, must be served the new one. */
export async function customersAre(shop: Shop, on: 'all' | 'none'): Promise<Verdict> {
  await shop.everyoneChecksOut();
  const exposed = await shop.usersOnNewCheckout();
  const { users } = shop.state();
  const named = exposed.length <= 5 ? ` (${exposed.join(', ')})` : '';
  return {
    says: `customers: ${on === 'all' ? `all ${users}` : `none of ${users}`} were served the new checkout just now`,
    holds: exposed.length === (on === 'all' ? users : 0),
    found: `${exposed.length} of ${users}${named}`,
  };
}

export async function wentToEverybody(db: pg.Pool, id: number): Promise<Verdict> {
  const events = await recorded(db, id);
  const steps = exposures(events).join(' → ');
  const approvers = events.flatMap(({ event }) => (event.type === 'approval_recorded' ? [event.userId] : []));
  const last = events.at(-1)?.event.type;
  return {
    says: 'record: 10 → 25 → 50 → 100 %, half approved by Lea, everyone by Lou, completed',
    holds: steps === '10 → 25 → 50 → 100' && isDeepStrictEqual(approvers, [LEA, LOU]) && last === 'completed',
    found: `${steps} %, approved by ${approvers.join(', ') || 'nobody'}, last ${last}`,
  };
}

export async function wasTakenBack(db: pg.Pool, id: number, withinMs: number): Promise<Verdict> {
  const events = await recorded(db, id);
  const ordered = events.flatMap(({ event, actor }) => (event.type === 'rollback_ordered' ? [{ event, actor }] : []));
  const confirmed = events.map(({ event }) => event).find(isRollbackConfirmed);
  const [order] = ordered;
  // Logins on the new checkout fail as well, so either check may be the first with two bad readings in a row.
  const isBreach = ['error-rate', 'login-success'].includes(order?.event.cause.check ?? '');
  const byBot = order?.actor.kind === 'bot' && isBreach && order.event.from === 50;
  return {
    says: `record: rolled back from 50 % by the bot because of what it measured, read back at 0 % within ${withinMs / 1_000} s`,
    holds: ordered.length === 1 && byBot && confirmed?.exposure === 0 && confirmed.tookMs <= withinMs,
    found: `${ordered.length} rollbacks; ${order?.actor.kind ?? 'nobody'}, ${order?.event.cause.check ?? 'no check'}; read back ${confirmed ? `${confirmed.exposure} % after ${confirmed.tookMs} ms` : 'never'}`,
  };
}

/** The chain is whole, the row is the sum of its events, and it is watched exactly while it needs to be. */
export async function recordIsWhole(db: pg.Pool, id: number): Promise<Verdict> {
  const loaded = await loadRollout(db, id);
  const { links, head } = await chainOf(db, id);
  const broken = firstBroken(links, head);
  const sum = comparable(replay(await recorded(db, id)));
  const isSum = isDeepStrictEqual(sum, comparable(loaded?.rollout ?? null));
  const watched = loaded !== null && (loaded.watch !== null) === needsWatch(loaded.rollout);
  return {
    says: `chain of rollout ${id}: ${links.length} events, none changed, and the rollout is their sum`,
    holds: broken === null && isSum && watched && links.length > 0,
    found: `first broken ${broken ?? 'none'}, sum ${isSum ? 'agrees' : 'differs'}, watch ${watched ? 'right' : 'wrong'}`,
  };
}

/** One live message and one incident (if any) per rollout, however often they were edited. */
export function slackSays(slack: LocalSlack, id: number, incidents: number): Verdict {
  const slots = slack
    .messages(CHANNEL)
    .filter(({ metadata }) => metadata?.event_payload.rollout === id)
    .map(({ metadata }) => String(metadata?.event_payload.slot));
  const count = (prefix: string) => slots.filter((slot) => slot.split(':')[0] === prefix).length;
  return {
    says: `Slack: one live message, ${incidents === 0 ? 'no incident' : 'one incident'}, nothing posted twice`,
    holds: count('live') === 1 && count('incident') === incidents && new Set(slots).size === slots.length,
    found: slots.join(', ') || 'nothing',
  };
}

async function recorded(db: pg.Pool, id: number): Promise<Recorded[]> {
  return (await eventsOf(db, id)).events;
}

function exposures(events: readonly Recorded[]): number[] {
  return events.flatMap(({ event }) => (event.type === 'exposure_confirmed' ? [event.exposure] : []));
}

function isRollbackConfirmed(event: Event): event is Extract<Event, { type: 'rollback_confirmed' }> {
  return event.type === 'rollback_confirmed';
}

/** Wakes move without events; the rest is compared as it is stored. */
function comparable(rollout: object | null): unknown {
  return JSON.parse(JSON.stringify({ ...rollout, nextWakeAt: null }));
}
