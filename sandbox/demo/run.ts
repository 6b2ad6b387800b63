/** The demo: two acts in a Slack, a shop and databases of its own, then a transcript, then what everybody else says about it. */
import { resolve } from 'node:path';
import pg from 'pg';
import { openPool } from '../../src/store/connect.js';
import { projectRoot } from '../place.js';
import { SHOP_FLAG } from '../shop/shop.js';
import { type Stack, startStack } from '../stack.js';
import { actOne, actTwo } from './acts.js';
import { type Paint, paintFor } from './paint.js';
import { CHANNEL, type People, peopleIn } from './people.js';
import { demoPlace } from './place.js';
import { type QuickStage, writeQuickPlan } from './quick-plan.js';
import { transcript } from './transcript.js';
import {
  customersAre,
  flagIs,
  recordIsWhole,
  slackSays,
  type Verdict,
  wasTakenBack,
  wentToEverybody,
} from './verdicts.js';
import { waitFor } from './wait-for.js';

export interface DemoOptions {
  /** This customer is served the new checkout whatever the flag says: the demo must notice, and fail. */
  readonly breakUser?: string;
  /** Ends the demo early, with everything it started. */
  readonly signal?: AbortSignal;
  /** Where the words go, a line (or several) at a time. Default: standard output. */
  readonly print?: (text: string) => void;
  /** Colours. Default: when standard output is a terminal. */
  readonly colours?: boolean;
  /** Columns. Default: the terminal's, at most 110. */
  readonly width?: number;
}

const ROLLBACK_WITHIN_MS = 30_000;
const WIDEST = 110;

interface Show {
  readonly stack: Stack;
  readonly db: pg.Pool;
  readonly people: People;
  readonly stages: readonly QuickStage[];
  readonly tell: (what: string) => void;
}

/** Returns the exit code: 0 only when every verdict holds. Everything started is ended, also when an act fails. */
export async function runDemo(options: DemoOptions = {}): Promise<number> {
  const print = options.print ?? ((text: string) => void process.stdout.write(`${text}\n`));
  const paint = paintFor(options.colours ?? process.stdout.isTTY === true);
  const startedAt = performance.now();
  const tell = (what: string) =>
    print(paint.dim(`${((performance.now() - startedAt) / 1_000).toFixed(1).padStart(5)} s  `) + what);
  const place = demoPlace();
  try {
    const stages = writeQuickPlan(resolve(projectRoot(), 'plans'), place.plansDir);
    tell('starting Postgres, a local Slack, a shop with 200 customers, and the bot');
    const { signal } = options;
    const stack = await startStack({ ...place, port: 0, lasting: false, say: tell, ...(signal ? { signal } : {}) });
    try {
      return await play({ ...options, stack, stages, tell, print, paint });
    } finally {
      await stack.stop();
    }
  } finally {
    place.remove();
  }
}

type Playing = DemoOptions & Omit<Show, 'db' | 'people'> & { print: (text: string) => void; paint: Paint };

async function play({ stack, stages, tell, print, paint, ...options }: Playing): Promise<number> {
  const db = openPool({ url: stack.databases.bot, max: 2, onError: () => undefined });
  const people = peopleIn(stack.slack, tell);
  const show = { stack, db, people, stages, tell };
  if (options.breakUser) stack.shop.breakUser(options.breakUser);
  try {
    const work = bothActs(show);
    const verdicts = await (options.signal ? Promise.race([work, aborted(options.signal)]) : work);
    print(`\n${transcriptOf(show, paint, options.width)}`);
    return judge(verdicts, print, paint);
  } catch (error) {
    if (options.signal?.aborted) {
      print('Stopped.');
      return 1;
    }
    print(`\n${transcriptOf(show, paint, options.width)}`);
    print(paint.bad(`✖ ${error instanceof Error ? error.message : String(error)}`));
    return 1;
  } finally {
    await db.end();
  }
}

async function bothActs(show: Show): Promise<Verdict[]> {
  const { stack, db, tell } = show;
  const stage = { ...show, shop: stack.shop };
  tell('ACT ONE: to everybody');
  const first = await actOne(stage);
  const one = await afterAct(show, first, 100, [await wentToEverybody(db, first)]);
  tell('between the acts: the shop sets its flag back to off for its next version');
  await resetFlag(stack.databases.shop);
  tell('ACT TWO: it breaks half-way');
  const second = await actTwo(stage);
  const two = await afterAct(show, second, 0, [await wasTakenBack(db, second, ROLLBACK_WITHIN_MS)]);
  return [...one, ...two];
}

async function afterAct(show: Show, id: number, exposure: number, record: Verdict[]): Promise<Verdict[]> {
  const { stack, db } = show;
  await waitFor('everything is told in Slack', async () => {
    const { rows } = await db.query(
      `select 1 from effects where kind = 'show' and state in ('pending', 'claimed') and coalesce(not_before, now()) <= now() limit 1`,
    );
    return rows.length === 0 ? true : undefined;
  });
  return [
    await flagIs(stack.databases.shop, exposure),
    await customersAre(stack.shop, exposure === 100 ? 'all' : 'none'),
    ...record,
    await recordIsWhole(db, id),
    slackSays(stack.slack, id, exposure === 100 ? 0 : 1),
  ].map((verdict) => ({ ...verdict, says: `${exposure === 100 ? 'act one' : 'act two'} · ${verdict.says}` }));
}

async function resetFlag(shopUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: shopUrl });
  await client.connect();
  await client
    .query('update feature_flags set enabled = false, rollout_percentage = 0, updated_at = now() where name = $1', [
      SHOP_FLAG,
    ])
    .finally(() => client.end());
}

function transcriptOf({ stack, people }: Show, paint: Paint, width?: number): string {
  const columns = width ?? Math.min(process.stdout.columns || WIDEST, WIDEST);
  return transcript(stack.slack, CHANNEL, people.deeds, { paint, tz: 'Europe/Berlin', width: columns });
}

/** Prints every verdict; 0 only when there are some and all hold. */
export function judge(verdicts: readonly Verdict[], print: (text: string) => void, paint: Paint): number {
  for (const { holds, says, found } of verdicts) {
    print(holds ? `${paint.good('✔')} ${says}` : `${paint.bad('✖')} ${says}\n  found: ${found}`);
  }
  const failed = verdicts.filter(({ holds }) => !holds).length;
  const isGood = verdicts.length > 0 && failed === 0;
  print(
    isGood
      ? paint.good('\nAll of it is as it should be.')
      : paint.bad(`\n${failed} of ${verdicts.length} are not as they should be.`),
  );
  return isGood ? 0 : 1;
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, rejected) => {
    const stop = () => rejected(new Error('stopped'));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
  });
}
