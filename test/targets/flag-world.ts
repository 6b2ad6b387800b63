import { expect } from 'vitest';
import type { PostgresConfig } from '../../src/targets/postgres/config.js';
import type { TargetWorld } from '../contracts/target-contract.js';
import { createFlagTable, type FlagTable, PASSWORD } from './flag-table.js';

/** What the contract of targets asks of a table of flags. */
export async function flagWorld(changes: Partial<PostgresConfig> = {}, more = ''): Promise<TargetWorld> {
  const table = await createFlagTable();
  if (more !== '') await table.sql(more.replaceAll(':role', table.role));
  return {
    target: table.target(changes),
    secret: PASSWORD,
    async exposed() {
      const exposed = 'SELECT max(CASE WHEN enabled THEN rollout_percentage ELSE 0 END)::float8 AS exposure';
      const named = "FROM feature_flags WHERE name IN ('NEW_CHECKOUT', 'NEW_CART')";
      return (await table.sql<{ exposure: number }>(`${exposed} ${named}`))[0]?.exposure ?? Number.NaN;
    },
    async drift(exposure) {
      await table.sql('UPDATE feature_flags SET rollout_percentage = $1, enabled = true', [exposure]);
    },
    async disagree() {
      await table.sql('UPDATE feature_flags SET enabled = true, rollout_percentage = length(name)');
      return 12;
    },
    hangNext: () => table.wire.hangNext(),
    breakNext: () => table.wire.dropNext(),
    async denyNextWrite() {
      await table.sql(`REVOKE UPDATE ON feature_flags FROM ${table.role}`);
    },
    close: () => table.close(),
  };
}

/** Until this many sessions of the role wait for a lock. */
export async function waitingForLocks(table: FlagTable, count: number): Promise<void> {
  const waiting = "SELECT count(*)::int AS count FROM pg_stat_activity WHERE usename = $1 AND wait_event_type = 'Lock'";
  await expect.poll(() => table.sql(waiting, [table.role])).toEqual([{ count }]);
}
