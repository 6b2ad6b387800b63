#!/usr/bin/env node
import { randomUUID } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import { pino } from 'pino';
import { createAdapters } from './adapters.js';
import { writable } from './commands/grammar.js';
import { waitForReadBack } from './commands/read-back.js';
import { readDestination } from './commands/rollback.js';
import { runMeant } from './commands/which.js';
import { readEnvironment, readStoreConfig } from './config.js';
import { createDeliver } from './deliver.js';
import { createDispatch } from './dispatch.js';
import { validateFiles } from './plans/validate.js';
import { plainExposure } from './rollout/exposure.js';
import { rolloutName } from './rollout/rollout.js';
import { renderRefusal } from './slack/messages/index.js';
import { openPool } from './store/connect.js';
import { alertsHeard } from './store/pushed-alerts.js';
import { activeRollouts, findRollouts, type Loaded } from './store/rollouts.js';
import { startWorker } from './store/workers.js';

const USAGE = `rollout-bot on the command line; works with Slack and the bot down.

  rollout validate <plan files>               check plan files; prints every problem with file, line and column
  rollout list                                every rollout under way
  rollout rollback <rollout> [to] [reason]    take a rollout back now, and wait until it is read back
  rollout pause <rollout> [reason]            hold a rollout where it is

<rollout> is a plan's name or plan#run, e.g. new-checkout or new-checkout#3. [to]: off, previous, a stage or a percent.
DATABASE_URL (or .env) names the bot's database.`;

/** How long a rollback waits for its read-back before it says "not yet" and leaves the trying to the bot. */
const WAIT_MS = 60_000;
/** Runs of one plan that are named when none is clear. */
const RUNS_NAMED = 5;

async function main(argv: readonly string[]): Promise<number> {
  const [verb, ...rest] = argv;
  switch (verb) {
    case 'validate':
      return validate(rest);
    case 'list':
      return withStore(async ({ db }) => {
        const found = await activeRollouts(db);
        for (const { rollout } of found)
          print(`${rolloutName(rollout)}  ${rollout.phase}  ${plainExposure(rollout.plan, rollout.confirmed)}`);
        if (found.length === 0) print('No rollout is under way.');
        return 0;
      });
    case 'rollback':
    case 'pause':
      return withStore((store) => command(store, verb, rest));
    case undefined:
    case 'help':
    case '--help':
    case '-h':
      print(USAGE);
      return verb === undefined ? 2 : 0;
    default:
      print(`rollout: there is no command "${verb}"\n\n${USAGE}`);
      return 2;
  }
}

async function validate(files: readonly string[]): Promise<number> {
  if (files.length === 0) {
    print('rollout validate: name one or more plan files, e.g. plans/*.yml');
    return 2;
  }
  const { lines, problems } = await validateFiles([...files], readEnvironment());
  for (const line of lines) print(line);
  return problems > 0 ? 1 : 0;
}

type Store = Awaited<ReturnType<typeof openStore>>;

async function openStore(
  url: string,
  options: { network: Parameters<typeof createAdapters>[0]['network']; fill: (value: string) => string },
) {
  const log = pino({ level: 'silent' });
  const worker = await startWorker(url, { wake: () => undefined, error: () => undefined });
  const db = openPool({ url, max: 4, onError: () => undefined });
  const adapters = createAdapters({ ...options, alerts: (source, match) => alertsHeard(db, source, match) });
  const dispatch = createDispatch({ db, worker: worker.id, log });
  const deliver = createDeliver({ db, worker: worker.id, dispatch, adapters, sender: null, log });
  const close = async (): Promise<void> => {
    await adapters.close();
    await worker.close();
    await db.end();
  };
  return { db, adapters, dispatch, deliver, close };
}

async function withStore(work: (store: Store) => Promise<number>): Promise<number> {
  const read = readStoreConfig(readEnvironment());
  if (!read.ok) {
    for (const problem of read.problems) print(problem);
    return 2;
  }
  const store = await openStore(read.databaseUrl, read);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

async function command(store: Store, verb: 'rollback' | 'pause', words: readonly string[]): Promise<number> {
  const [name, ...rest] = words.map(writable);
  const loaded = await find(store, verb, name);
  if (!loaded) return 2;
  const { rollout } = loaded;
  const actor = { kind: 'cli', name: `${userInfo().username}@${hostname()}` } as const;
  const asked =
    verb === 'pause'
      ? ({ type: 'pause', reason: rest.join(' ') } as const)
      : ({ type: 'rollback', ...readDestination(rollout.plan, rest.join(' ')) } as const);
  const standing = { who: 'cli', roles: [], lastKnownRoles: [] } as const;
  const delivery = { key: `cli:${randomUUID()}`, params: asked };
  const answer = await store.dispatch.command(delivery, rollout.id, { command: asked, actor, standing });
  if (answer.kind === 'refused') {
    print(plain(renderRefusal({ refusal: answer.refusal, verb, rollout, watch: loaded.watch, now: loaded.now }).text));
    return 1;
  }
  const carriedOut = answer.kind === 'accepted' ? store.deliver.run(answer.claimed) : undefined;
  if (verb === 'pause') {
    await carriedOut;
    print(
      `${rolloutName(rollout)} is held at ${plainExposure(rollout.plan, answer.rollout?.confirmed ?? rollout.confirmed)}.`,
    );
    return 0;
  }
  print(`Rolling back ${rolloutName(rollout)} from ${plainExposure(rollout.plan, rollout.confirmed)} …`);
  const ordered = { ...store, rollout: answer.rollout ?? rollout, waitMs: WAIT_MS, print };
  return (await waitForReadBack(ordered)) ? 0 : 1;
}

/** The rollout the words name, or null once it was said why not. */
async function find({ db }: Store, verb: 'rollback' | 'pause', name: string | undefined): Promise<Loaded | null> {
  const [, plan = '', run] = /^([^#]*)(?:#(\d{1,9}))?$/.exec(name ?? '') ?? [];
  const found = plan === '' ? [] : await findRollouts(db, { plan, ...(run ? { run: Number(run) } : {}), ended: true });
  const meant = run ? found[0] : runMeant(verb, found);
  if (meant) return meant;
  const said = name === undefined ? 'which one?' : whyNot(name, found);
  const active = (await activeRollouts(db)).map(({ rollout }) => rolloutName(rollout)).join(', ');
  print(`rollout ${verb}: ${said} Under way: ${active || 'none'}.`);
  return null;
}

function whyNot(name: string, found: readonly Loaded[]): string {
  const runs = found.slice(0, RUNS_NAMED).map(({ rollout }) => `${rolloutName(rollout)} (${rollout.phase})`);
  return runs.length > 0
    ? `no run of "${name}" is clearly meant, name one of ${runs.join(', ')}.`
    : `there is no rollout "${name}"`;
}

/** Words written for Slack, for a terminal. */
function plain(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`rollout: ${error instanceof Error ? error.message : String(error)}\n`);
  return 1;
});
