import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CONNECTIONS } from '../../src/store/connections.js';
import { openPools, type Pools, PURPOSES, poolSizes } from '../../src/store/pools.js';
import { createDatabase, type TestDatabase } from '../support/database.js';

describe('connections of a process', () => {
  test.each([
    [8, { urgent: 2, background: 2, requests: 2, upkeep: 1 }],
    [9, { urgent: 2, background: 2, requests: 3, upkeep: 1 }],
    [12, { urgent: 3, background: 3, requests: 4, upkeep: 1 }],
    [16, { urgent: 4, background: 4, requests: 6, upkeep: 1 }],
    [32, { urgent: 9, background: 10, requests: 11, upkeep: 1 }],
  ])('of %i', (connections, sizes) => {
    expect(poolSizes(connections)).toEqual(sizes);
  });

  test('are never more than was allowed, with the one that listens, and no purpose has none', () => {
    for (let connections = CONNECTIONS.least; connections <= CONNECTIONS.most; connections += 1) {
      const sizes = poolSizes(connections);
      expect(PURPOSES.reduce((sum, purpose) => sum + sizes[purpose], 1)).toBe(connections);
      expect(Math.min(sizes.urgent, sizes.background, sizes.requests)).toBeGreaterThanOrEqual(2);
    }
  });
});

describe('a purpose whose connections are all in use', () => {
  let database: TestDatabase;
  let pools: Pools;
  beforeAll(async () => {
    database = await createDatabase();
    pools = openPools({ url: database.url, connections: 8, onError: () => undefined });
  });
  afterAll(async () => {
    await pools.end();
    await database.giveBack();
  });

  test('keeps no other waiting, and shows how many statements wait', async () => {
    const slow = Array.from({ length: 5 }, () => pools.requests.query('select pg_sleep(0.3)'));
    await pools.urgent.query('select 1');
    await pools.background.query('select 1');
    expect(pools.use().requests).toEqual({ size: 2, open: 2, waiting: 3 });
    expect(pools.use().urgent).toEqual({ size: 2, open: 1, waiting: 0 });
    await Promise.all(slow);
    expect(pools.use().requests.waiting).toBe(0);
  });

  test('retention gives up a statement after a second, others after three', async () => {
    const limit = async (purpose: 'upkeep' | 'urgent') =>
      (await pools[purpose].query<{ statement_timeout: string }>('show statement_timeout')).rows[0]?.statement_timeout;
    expect(await limit('upkeep')).toBe('1s');
    expect(await limit('urgent')).toBe('3s');
  });
});
