import type pg from 'pg';
import { type Db, forgivingNames, openPool } from './connect.js';

/**
 * What connections are kept for, so that no kind of work can use up those of another:
 * `urgent` lowerings, raises, settle reads, facts and rollback commands; `background` the tick, checks and messages;
 * `requests` commands, reads and pushed alerts; `upkeep` retention and everything else that may take long.
 */
export const PURPOSES = ['urgent', 'background', 'requests', 'upkeep'] as const;
export type Purpose = (typeof PURPOSES)[number];

/** How a process divides its connections. The one that is left out of the sum listens for wake-ups. */
export function poolSizes(connections: number): Readonly<Record<Purpose, number>> {
  const shared = connections - 2;
  const urgent = Math.max(2, Math.floor(shared * 0.3));
  const background = Math.max(2, Math.floor(shared * 0.35));
  return { urgent, background, requests: shared - urgent - background, upkeep: 1 };
}

/** How a pool is used at this moment. */
export interface PoolUse {
  readonly size: number;
  readonly open: number;
  /** Statements that wait for a connection. */
  readonly waiting: number;
}

export interface Pools extends Readonly<Record<Purpose, Db>> {
  use(): Readonly<Record<Purpose, PoolUse>>;
  end(): Promise<void>;
}

/** Opens connections by purpose, as they are needed. Every wait ends, see `openPool`; retention's statements after 1 s. */
export function openPools(options: {
  readonly url: string;
  /** In all, the listening one included; see `CONNECTIONS`. */
  readonly connections: number;
  readonly Client?: typeof pg.Client | undefined;
  readonly onError: (error: Error) => void;
}): Pools {
  const { url, Client, onError } = options;
  const sizes = poolSizes(options.connections);
  const pools: Readonly<Record<Purpose, pg.Pool>> = {
    urgent: openPool({ url, Client, onError, max: sizes.urgent }),
    background: openPool({ url, Client, onError, max: sizes.background }),
    requests: openPool({ url, Client, onError, max: sizes.requests }),
    upkeep: openPool({ url, Client, onError, max: sizes.upkeep, statementMs: 1_000 }),
  };
  const useOf = (purpose: Purpose): PoolUse => ({
    size: sizes[purpose],
    open: pools[purpose].totalCount,
    waiting: pools[purpose].waitingCount,
  });
  return {
    urgent: forgivingNames(pools.urgent),
    background: forgivingNames(pools.background),
    requests: forgivingNames(pools.requests),
    upkeep: forgivingNames(pools.upkeep),
    use: () => ({
      urgent: useOf('urgent'),
      background: useOf('background'),
      requests: useOf('requests'),
      upkeep: useOf('upkeep'),
    }),
    async end() {
      await Promise.all(PURPOSES.map((purpose) => pools[purpose].end()));
    },
  };
}
