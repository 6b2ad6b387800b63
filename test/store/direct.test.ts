import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { addressed } from '../../src/rollout/state/audience.js';
import type { ShowEffect } from '../../src/rollout/state/effects.js';
import type { Rollout } from '../../src/rollout/state/rollout.js';
import {
  type Copy,
  claimDirect,
  dueTellings,
  endShown,
  orderCopies,
  peopleShown,
  tellLater,
} from '../../src/store/direct.js';
import { claimEffects, type EffectRow, retryPost } from '../../src/store/effects.js';
import { baking, openStore, type Store } from './store.js';

const SLOT = 'request:1.1';

let store: Store;
let rollout: Rollout;
beforeEach(async () => {
  store = await openStore();
  rollout = await baking(store);
});
afterEach(() => store.close());

let seq = 1_000;

/** A post that waits to be shown; the effect's id. */
async function post(slot: string, more: object = {}): Promise<number> {
  seq += 1;
  const message = { template: 'approval_request', outcome: { kind: 'open' } };
  const payload = { kind: 'show', slot, message, ...more } as ShowEffect;
  const { lane, person, place, mustHear, outside: shownTo, still, urgent } = addressed(payload);
  const [row] = await store.rows<{ id: number }>(
    `insert into effects (rollout_id, seq, n, kind, slot, payload, lane, person, place, must_hear, outside, still, urgent)
     values ($1, $2, 0, 'show', $3, $4, $5, $6, $7, $8, $9, $10, $11) returning id`,
    [rollout.id, seq, slot, JSON.stringify(payload), lane, person, place, mustHear, shownTo, still, urgent],
  );
  return row?.id ?? 0;
}

const claim = async (): Promise<EffectRow[]> => claimEffects(store.db, { worker: 'me', lane: 'message', limit: 10 });
const direct = (worker = 'me', inHand: number[] = []) => claimDirect(store.db, { worker, limit: 10, inHand });
const outside = (of: number): Copy => ({ kind: 'outside', of, link: null });

/** Posted in the channel, and shown to these people. */
async function shown(...people: string[]): Promise<number> {
  const id = await post(SLOT);
  for (const row of await claim()) await endShown(store.db, row);
  await orderCopies(store.db, { id, people, copy: outside(id), againMs: null });
  return id;
}

describe('what goes to one person', () => {
  test('has a lane of its own, so that nothing of the channel waits for it', async () => {
    await store.db.query('truncate effects');
    await post('outcome:1', { person: 'U1' });
    const second = await post(SLOT);
    expect((await claim()).map(({ id }) => id)).toEqual([second]);
    expect((await direct()).map(({ effect }) => effect.person)).toEqual(['U1']);
  });

  test('is claimed in no order, each by one, and again only when its process lost it', async () => {
    await shown('U1', 'U2', 'U3');
    const claimed = await Promise.all([direct('a'), direct('b'), direct('c')]);
    expect(claimed.flat().map(({ effect }) => effect.person)).toHaveLength(3);
    expect(await direct('d')).toEqual([]);
    await store.db.query(`update effects set lease_until = now() - interval '1 second' where person = 'U2'`);
    expect((await direct('d')).map(({ effect }) => effect.person)).toEqual(['U2']);
  });
});

describe('a post that is shown', () => {
  const due = () => dueTellings(store.db, 10);

  test('and asks is told on; one that does not is not', async () => {
    const id = await post(SLOT);
    await post('start:1:1', { message: { template: 'stage_start' } });
    for (const row of await claim()) await endShown(store.db, row);
    for (const row of await claim()) await endShown(store.db, row);
    expect(await due()).toMatchObject([{ id, shown: true, lost: null }]);
  });

  test('is told on whatever it says once somebody was shown an earlier one of its slot', async () => {
    await shown('U1');
    const id = await post(SLOT, { message: { template: 'approval_request', outcome: { kind: 'expired' } } });
    for (const row of await claim()) await endShown(store.db, row);
    expect(await due()).toMatchObject([{ id, shown: true }]);
    expect(await peopleShown(store.db, rollout.id, SLOT)).toEqual(['U1']);
  });

  test('is decided later when Slack does not say who, and then not again', async () => {
    const id = await post(SLOT);
    for (const row of await claim()) await endShown(store.db, row);
    await tellLater(store.db, id, 10_000);
    expect(await due()).toEqual([]);
    await store.pass(10_000);
    expect(await due()).toHaveLength(1);
    await orderCopies(store.db, { id, people: [], copy: outside(id), againMs: null });
    expect(await due()).toEqual([]);
  });
});

describe('copies', () => {
  const people = async () => (await direct()).map(({ effect }) => effect.person).sort();

  test('ordered by many at once are one each', async () => {
    const id = await post(SLOT);
    for (const row of await claim()) await endShown(store.db, row);
    const order = () => orderCopies(store.db, { id, people: ['U1', 'U2'], copy: outside(id), againMs: null });
    await Promise.all([order(), order(), order()]);
    expect(await people()).toEqual(['U1', 'U2']);
  });

  test('of a post take the place of older ones that did not go out', async () => {
    await shown('U1', 'U2');
    const newer = await shown('U1', 'U2');
    expect((await direct()).map(({ effect }) => effect.copy?.of)).toEqual([newer, newer]);
  });

  test('of a post that is not the newest of its slot are not made', async () => {
    const id = await post(SLOT);
    for (const row of await claim()) await endShown(store.db, row);
    await post(SLOT);
    await orderCopies(store.db, { id, people: ['U1'], copy: outside(id), againMs: null });
    expect(await people()).toEqual([]);
  });

  test('can be added to while not everybody is known, and those that were ordered stay one', async () => {
    const id = await post(SLOT);
    for (const row of await claim()) await endShown(store.db, row);
    await orderCopies(store.db, { id, people: ['U1'], copy: outside(id), againMs: 10_000 });
    await store.pass(10_000);
    await orderCopies(store.db, { id, people: ['U1', 'U2'], copy: outside(id), againMs: null });
    expect(await people()).toEqual(['U1', 'U2']);
  });
});

describe('a post that is taken to be refused', () => {
  const REFUSED = { afterMs: 30_000, error: 'x', code: 'not_in_channel' };
  const QUIET = { message: { template: 'summary' } };

  test('is told on at once with what Slack says, once, if it is one that must be heard', async () => {
    const id = await post(SLOT);
    for (const row of await claim()) await retryPost(store.db, row, REFUSED);
    expect(await dueTellings(store.db, 10)).toMatchObject([{ id, shown: false, lost: 'not_in_channel' }]);
    await orderCopies(store.db, { id, people: [], copy: outside(id), againMs: null });
    await store.pass(30_000);
    for (const row of await claim()) await retryPost(store.db, row, REFUSED);
    expect(await dueTellings(store.db, 10)).toEqual([]);
  });

  test('is not told on if it need not be heard', async () => {
    await post(SLOT, QUIET);
    for (const row of await claim()) await retryPost(store.db, row, REFUSED);
    expect(await dueTellings(store.db, 10)).toEqual([]);
  });

  test('makes room for a newer one of its slot', async () => {
    const id = await post(SLOT);
    const [row] = await claim();
    const newer = await post(SLOT);
    if (row) await retryPost(store.db, row, REFUSED);
    expect(await store.rows('select state from effects where id = $1', [id])).toEqual([{ state: 'superseded' }]);
    expect((await claim()).map((each) => each.id)).toEqual([newer]);
  });
});
