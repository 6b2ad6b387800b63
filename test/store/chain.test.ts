import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Rollout } from '../../src/rollout/state/rollout.js';
import { firstBroken, GENESIS, type Link, link, readLine } from '../../src/store/chain.js';
import { chainOf, eventsOf } from '../../src/store/rollouts.js';
import { baking, extend, newKey, openStore, type Store } from './store.js';

let store: Store;
let rollout: Rollout;
beforeEach(async () => {
  store = await openStore();
  rollout = await baking(store);
  await store.dispatch.command({ key: newKey(), params: 1 }, rollout.id, extend(60_000));
});
afterEach(() => store.close());

/** The chain after somebody with every right changed the table behind the trigger's back. */
async function brokenAfter(text: string): Promise<number | null> {
  await store.db.query(`alter table events disable trigger user; ${text.replaceAll('$id', String(rollout.id))}`);
  const { links, head } = await chainOf(store.db, rollout.id);
  return firstBroken(links, head);
}

describe('the chain of a rollout', () => {
  test('is whole as written, over several writes', async () => {
    const { links, head } = await chainOf(store.db, rollout.id);
    expect(links.length).toBeGreaterThan(3);
    expect(links[0]?.prev_hash).toBe(GENESIS);
    expect(firstBroken(links, head)).toBeNull();
  });

  test('names the line that was edited', async () => {
    expect(await brokenAfter(`update events set line = replace(line, '"T1"', '"T2"') where seq = 1`)).toBe(1);
  });

  test('names the line that was edited even when its own hash was made to fit', async () => {
    const line = `'{"seq":3}'`;
    const hash = `encode(sha256(convert_to(prev_hash || E'\\n' || ${line}, 'UTF8')), 'hex')`;
    expect(await brokenAfter(`update events set line = ${line}, hash = ${hash} where seq = 3`)).toBe(4);
  });

  test('names the place where a line was taken out', async () => {
    expect(await brokenAfter('delete from events where seq = 2')).toBe(2);
  });

  test('names the first of two lines that changed places', async () => {
    expect(
      await brokenAfter(`update events set seq = seq + 1000 where seq in (2, 3);
        update events set seq = 1005 - seq where seq > 1000`),
    ).toBe(2);
  });

  test('sees that the end is missing', async () => {
    const { links } = await chainOf(store.db, rollout.id);
    const last = links.length;
    expect(await brokenAfter(`delete from events where seq = ${last}`)).toBe(last);
  });

  test('sees that everything is missing', async () => {
    expect(await brokenAfter('delete from events')).toBe(1);
  });

  test('is one for a run of events, whatever it hangs on', async () => {
    const { events } = await eventsOf(store.db, rollout.id);
    const links = link(events, GENESIS);
    const head = links.at(-1)?.hash ?? '';
    expect(firstBroken(links, head)).toBeNull();
    const swapped: Link[] = [...links.slice(1), ...links.slice(0, 1)];
    expect(firstBroken(swapped, head)).toBe(1);
  });

  test('keeps lines that read back as they were recorded', async () => {
    const { links } = await chainOf(store.db, rollout.id);
    for (const { line, seq, at } of links) {
      const recorded = readLine(line);
      expect(recorded.seq).toBe(seq);
      expect(recorded.at).toEqual(new Date(at));
      expect(JSON.stringify(recorded)).toBe(line);
    }
  });
});
