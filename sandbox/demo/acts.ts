/** The two acts. People act in Slack; everything else is what the bot, the shop and its customers do by themselves. */
import type pg from 'pg';
import type { Rollout } from '../../src/rollout/state/rollout.js';
import { loadRollout } from '../../src/store/rollouts.js';
import type { Shop } from '../shop/shop.js';
import { LEA, LOU, OPAL, type People } from './people.js';
import { PLAN, type QuickStage } from './quick-plan.js';
import { waitFor } from './wait-for.js';

export interface Stage {
  readonly people: People;
  readonly shop: Shop;
  /** The bot's database, for looking. */
  readonly db: pg.Pool;
  readonly stages: readonly QuickStage[];
  readonly tell: (what: string) => void;
}

/** Where the shop breaks, percent of its customers. */
const BREAKS_AT = 50;
/** Percent of the requests that then fail on the new checkout. */
const FAILURES = 60;

/** From nothing to everybody. Returns the rollout's id. */
export async function actOne(stage: Stage): Promise<number> {
  const id = await begin(stage, 'numbers look good');
  for (const index of stage.stages.keys()) await reach(stage, id, index);
  await until(stage, id, 'it is completed', ({ phase }) => phase === 'completed');
  stage.tell('completed: everybody has the new checkout');
  return id;
}

/** The shop breaks half-way, and nobody does anything about it. Returns the rollout's id. */
export async function actTwo(stage: Stage): Promise<number> {
  const id = await begin(stage, 'the next version');
  const last = stage.stages.findIndex(({ exposure }) => exposure === BREAKS_AT);
  for (let index = 0; index <= last; index++) await reach(stage, id, index);
  stage.shop.control({ who: 'exposed', errorRate: FAILURES });
  stage.tell(`the new checkout breaks: ${FAILURES} % of its requests fail; nobody touches anything`);
  await until(stage, id, 'it is rolled back', ({ phase }) => phase === 'rolled_back');
  stage.tell('rolled back by the bot');
  return id;
}

async function begin({ people, db }: Stage, note: string): Promise<number> {
  const before = await newestRollout(db);
  await people.type(OPAL, `/rollout start ${PLAN} ${note}`);
  return waitFor(`a rollout of ${PLAN} begins`, async () => {
    const id = await newestRollout(db);
    return id > before ? id : undefined;
  });
}

/** Moves on to a stage of the plan (the first one comes by itself), approved where it must be. */
async function reach(stage: Stage, id: number, index: number): Promise<void> {
  const { exposure, approved } = stage.stages[index] ?? { exposure: 0, approved: false };
  if (index > 0) {
    await until(stage, id, `the bake before ${exposure} % is over`, ({ phase }) => phase === 'ready');
    await stage.people.click(OPAL, 'rollout_advance');
  }
  if (approved) await stage.people.click(exposure === 100 ? LOU : LEA, 'rollout_approve');
  await until(stage, id, `${exposure} % is read back`, ({ exposure: { confirmed } }) => confirmed === exposure);
  stage.tell(`${exposure} % of the customers have the new checkout`);
}

async function until(stage: Stage, id: number, what: string, holds: (rollout: Rollout) => boolean): Promise<void> {
  await waitFor(what, async () => {
    const loaded = await loadRollout(stage.db, id);
    return loaded && holds(loaded.rollout) ? true : undefined;
  });
}

async function newestRollout(db: pg.Pool): Promise<number> {
  const { rows } = await db.query<{ id: number }>('select coalesce(max(id), 0)::int as id from rollouts');
  return rows[0]?.id ?? 0;
}
