/**
 * A shop to practise on: an HTTP service with customers whose traffic really goes through it, and one flag,
 * NEW_CHECKOUT, in its own table `feature_flags`. Its numbers are counted from what it served, never made up.
 */
import { setMaxListeners } from 'node:events';
import type { Server } from 'node:http';
import { letCustomersIn } from './customers.js';
import { exposureOf, isExposed } from './exposure.js';
import { watchFlag } from './flag-watch.js';
import { shopServer } from './pages.js';
import { type ShopMetrics, servedLog } from './served.js';
import { type ControlInput, type Controls, troubleMaker } from './trouble.js';

export const SHOP_FLAG = 'NEW_CHECKOUT';

export interface ShopOptions {
  databaseUrl: string;
  /** 0 or unset: any free port. */
  port?: number;
  /** How many customers there are, u1 to u200 by default. */
  users?: number;
  /** Checkouts a second of all customers together, 100 by default; 0: only on request. */
  requestsPerSecond?: number;
  /** How often the flag is read again without being told, ms; 200 by default. */
  rereadMs?: number;
  /** Milliseconds since 1970, for the ten-second window. Default Date.now. */
  now?: () => number;
}

export interface ShopState {
  /** Percent, as the shop last read its flag. */
  exposure: number;
  users: number;
  /** Customers who were last served the new checkout. */
  exposedUsers: number;
  /** Checkouts of the last ten seconds; the two numbers below are theirs, null when there were none. */
  requests: number;
  errorRate: number | null;
  p95Ms: number | null;
  controls: Controls;
}

export interface Shop {
  readonly url: string;
  readonly port: number;
  state(): ShopState;
  metrics(): ShopMetrics;
  /** The same as POST /controls. */
  control(input: ControlInput): Controls;
  /** From now on this user is served the new checkout whatever the flag says. */
  breakUser(id: string): void;
  /** The customers' view: those whose own client was last served the new checkout. */
  usersOnNewCheckout(): Promise<string[]>;
  /** Every customer checks out once, now; resolves when all were answered. */
  everyoneChecksOut(): Promise<void>;
  /** Answers what is under way, then closes every socket and the database connection. Safe to repeat. */
  stop(): Promise<void>;
}

/** Rejects when the database cannot be reached or the port is taken. */
export async function startShop(options: ShopOptions): Promise<Shop> {
  const closing = new AbortController();
  setMaxListeners(0, closing.signal); // One for every request under way.
  const served = servedLog(options.now ?? Date.now);
  const trouble = troubleMaker();
  const broken = new Set<string>();
  const flag = await watchFlag(options.databaseUrl, SHOP_FLAG, options.rereadMs ?? 200);
  const variantFor = (user: string) => (broken.has(user) || isExposed(flag.current(), SHOP_FLAG, user) ? 'new' : 'old');
  const server = shopServer({ served, trouble, variantFor, state: () => state(), closing: closing.signal });
  const port = await listen(server, options.port ?? 0).catch(async (error: unknown) => {
    await flag.stop();
    throw error;
  });
  const url = `http://127.0.0.1:${port}`;
  const customers = letCustomersIn(url, options.users ?? 200, options.requestsPerSecond ?? 100);

  const state = (): ShopState => {
    const { requests, error_rate, p95_ms } = served.metrics();
    const exposedUsers = customers.onNewCheckout().length;
    const exposure = exposureOf(flag.current());
    return {
      exposure,
      users: customers.count,
      exposedUsers,
      requests,
      errorRate: error_rate,
      p95Ms: p95_ms,
      controls: trouble.controls(),
    };
  };
  let stopped: Promise<void> | undefined;
  const stop = async () => {
    closing.abort();
    await customers.leave();
    await new Promise((closed) => server.close(closed));
    await flag.stop();
  };
  return {
    url,
    port,
    state,
    metrics: () => served.metrics(),
    control: (input) => trouble.control(input),
    breakUser: (id) => void broken.add(id),
    usersOnNewCheckout: async () => customers.onNewCheckout(),
    everyoneChecksOut: () => customers.everyoneChecksOut(),
    stop: () => (stopped ??= stop()),
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((listening, failed) => {
    server.once('error', failed);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      if (address && typeof address === 'object') listening(address.port);
      else failed(new Error('the shop has no port'));
    });
  });
}
