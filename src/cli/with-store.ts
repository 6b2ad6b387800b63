import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { createAdapters } from '../adapters/index.js';
import { problemWords, readEnvironment, readStoreConfig } from '../config.js';
import { createDeliver } from '../deliver/index.js';
import { createDispatch } from '../dispatch.js';
import { createClock } from '../store/clock.js';
import { forgivingNames, openPool } from '../store/connect.js';
import { EarlierDatabaseError, isEarlierDatabase } from '../store/lineage.js';
import { alertsHeard } from '../store/pushed-alerts.js';
import { troubleOf } from '../store/trouble.js';
import { startWorker } from '../store/workers.js';
import { print } from './terminal.js';

export type Store = Awaited<ReturnType<typeof openStore>>;

async function openStore(
  url: string,
  options: { network: Parameters<typeof createAdapters>[0]['network']; fill: (value: string) => string },
) {
  const log = pino({ level: 'silent' });
  const pool = openPool({ url, max: 4, onError: () => undefined });
  const earlier = await isEarlierDatabase(pool).catch((error: unknown) => {
    if (!troubleOf(error)) throw error;
    return false;
  });
  if (earlier) {
    await pool.end();
    throw new EarlierDatabaseError();
  }
  const on = { wake: () => undefined, error: () => undefined };
  // A database that takes no writes can still say which rollout is meant, and its targets can be lowered.
  const worker = await startWorker(url, on).catch((error: unknown) => {
    if (!troubleOf(error)) throw error;
    return { id: randomUUID(), close: async () => undefined };
  });
  const clock = createClock({ db: forgivingNames(pool) });
  await clock.begin(0).catch((error: unknown) => {
    if (!troubleOf(error)) throw error;
  });
  const { db } = clock;
  const adapters = createAdapters({ ...options, alerts: (source, match) => alertsHeard(db, source, match) });
  const dispatch = createDispatch({ db, worker: worker.id, log });
  const deliver = createDeliver({ db, worker: worker.id, dispatch, adapters, sender: null, log });
  const close = async (): Promise<void> => {
    await adapters.close();
    await worker.close();
    await pool.end();
  };
  return { db, adapters, dispatch, deliver, close };
}

/** Runs this with the bot's database and the plans' targets, without Slack; 2 when they are not configured. */
export async function withStore(work: (store: Store) => Promise<number>): Promise<number> {
  const read = readStoreConfig(readEnvironment());
  if (!read.ok) {
    for (const problem of read.problems) print(problemWords(problem));
    return 2;
  }
  const store = await openStore(read.databaseUrl, read);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
