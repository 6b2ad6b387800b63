import type pg from 'pg';
import { expect } from 'vitest';
import type { Recorded } from '../../src/rollout/state/events.js';
import { replay } from '../../src/rollout/state/evolve.js';
import { evolveItems, type Item } from '../../src/rollout/state/items.js';
import { isTerminal, needsWatch, type Rollout } from '../../src/rollout/state/rollout.js';
import { firstBroken } from '../../src/store/chain.js';
import { itemsOf } from '../../src/store/items.js';
import { chainOf, eventsOf, type Loaded, loadRollout } from '../../src/store/rollouts.js';

/** What must hold in the database whenever nothing is under way: checked after every scenario. */
export async function checkLaws(db: pg.Pool): Promise<void> {
  const { rows } = await db.query<{ id: number }>('select id from rollouts order by id');
  for (const { id } of rows) await checkRollout(db, id);
  await checkRaises(db);
  await checkInbox(db);
}

async function checkRollout(db: pg.Pool, id: number): Promise<void> {
  const { rollout, watch, events } = await ofOneMoment(db, id);
  expect(
    watch !== null,
    `rollout ${id} in ${rollout.phase} at ${rollout.exposure.confirmed} %: has a watch exactly while it needs one`,
  ).toBe(needsWatch(rollout));
  expect(rollout.nextWakeAt !== null || isTerminal(rollout.phase), `rollout ${id} is not stuck`).toBe(true);
  expect(comparable(replay(events)), `rollout ${id} is the sum of its events`).toEqual(comparable(rollout));
  const { items } = await itemsOf(db, id);
  expect(inOrder(items), `the items of rollout ${id} are the sum of its events`).toEqual(
    inOrder(evolveItems([], events)),
  );
  const { links, head } = await chainOf(db, id);
  expect(firstBroken(links, head), `the chain of rollout ${id} is whole`).toBeNull();
}

/** Two statements read it: what a round of checks that was still under way writes between them is read once more. */
async function ofOneMoment(db: pg.Pool, id: number): Promise<Loaded & { readonly events: Recorded[] }> {
  for (let tries = 5; ; tries -= 1) {
    const loaded = await loadRollout(db, id);
    if (!loaded) throw new Error(`rollout ${id} is gone`);
    const { events } = await eventsOf(db, id);
    if (tries === 1 || events.at(-1)?.seq === loaded.rollout.seq) return { ...loaded, events };
  }
}

function inOrder(items: readonly Item[]): unknown {
  const key = ({ ref: { kind, stageNo, opening, no } }: Item) => [kind, stageNo, opening, no].join(' ');
  const sorted = items.toSorted((one, other) => key(one).localeCompare(key(other)));
  return JSON.parse(JSON.stringify(sorted));
}

/** Wakes move without events, and the plan is compared as it is stored. */
function comparable(rollout: Rollout | null): unknown {
  return JSON.parse(JSON.stringify({ ...rollout, nextWakeAt: null }));
}

async function checkRaises(db: pg.Pool): Promise<void> {
  const { rows } = await db.query(
    `select e.id from effects e join rollouts r on r.id = e.rollout_id
     where e.kind = 'raise'
       and (r.definition->'plan'->'stages'->((e.payload->>'stageNo')::int - 1)->'approve') is not null
       and not exists (select 1 from approval_requests a where a.rollout_id = e.rollout_id and a.state = 'granted'
         and a.stage_no = (e.payload->>'stageNo')::int and a.attempt = (e.payload->>'attempt')::int)`,
  );
  expect(rows, 'no raise without a granted request or a stage that needs none').toEqual([]);
}

async function checkInbox(db: pg.Pool): Promise<void> {
  const accepted = await db.query(
    `select i.key from inbox i where i.outcome->>'kind' = 'accepted' and not exists (
       select 1 from events e where e.rollout_id = i.rollout_id and e.seq = (i.outcome->>'seq')::int)`,
  );
  expect(accepted.rows, 'every accepted delivery has its event').toEqual([]);
  const groups = await db.query<{ rollout_id: number; last: number; accepted: number }>(
    `select e.rollout_id, max(e.seq)::int as last, (select max((i.outcome->>'seq')::int) from inbox i
       where i.rollout_id = e.rollout_id and i.outcome->>'kind' = 'accepted')::int as accepted from events e group by 1`,
  );
  for (const { rollout_id, last, accepted: seq } of groups.rows) {
    expect(seq, `the last event of rollout ${rollout_id} came with a delivery`).toBe(last);
  }
}
