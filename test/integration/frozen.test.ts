import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { startLocalSlack } from '../../sandbox/slack/index.js';
import { atLeast, until } from '../kill/until.js';
import { createDatabase } from '../support/database.js';
import { startMain } from '../support/main-process.js';
import { SHOP, TRANSPORTS, WHO } from '../support/scene.js';

const plan = (name: string) => `plan: ${name}
title: ${name}
channel: "#shop"
timezone: Europe/Berlin
people:
  operators: ["@release-team"]
targets:
  flag: { kind: memory, name: ${name} }
checks:
  error-rate: { title: Error rate, unit: "%", probe: { kind: memory, name: errors }, critical: { above: 5 } }
stages:
  - { stage: early, title: Early access, exposure: 10, bake: 1h, check_every: 1s }
  - { stage: everyone, title: Everyone, exposure: 100, bake: 1h }
rollback: { to: off, within: 30s }
`;

/** Longer than a request that raises may be old. */
const FROZEN_MS = 32_000;

test.each(TRANSPORTS)(
  'over %s a bot that was stopped while people typed raises nothing by it when it wakes, and still rolls back',
  async (transport) => {
    const [slack, database, plans] = await Promise.all([
      startLocalSlack(),
      createDatabase(),
      mkdtemp(join(tmpdir(), 'plans-')),
    ]);
    for (const name of ['first', 'second']) await writeFile(join(plans, `${name}.yml`), plan(name));
    const db = new pg.Pool({ connectionString: database.url, max: 2 });
    db.on('error', () => undefined);
    const bot = await startMain({
      SLACK_BOT_TOKEN: slack.botToken,
      SLACK_API_URL: slack.apiUrl,
      ...(transport === 'socket' ? { SLACK_APP_TOKEN: slack.appToken } : { SLACK_SIGNING_SECRET: slack.signingSecret }),
      DATABASE_URL: database.url,
      PLANS_DIR: plans,
      PORT: '0',
      LOG_LEVEL: 'info',
    });
    const signal = (name: NodeJS.Signals) => process.kill(bot.child.pid ?? Number.NaN, name);
    onTestFinished(async () => {
      signal('SIGCONT');
      await bot.remove();
      await slack.close();
      await db.end();
      await database.drop();
      await rm(plans, { recursive: true, force: true });
    });
    const port = await bot.up();
    if (transport === 'http') slack.requestUrl = `http://127.0.0.1:${port}/slack/events`;
    else await slack.connected(2);
    const type = (text: string) => slack.command({ user: WHO.opal, channel: SHOP, text });
    const phaseOf = async (name: string): Promise<string | null> => {
      const { rows } = await db.query<{ phase: string }>('select phase from rollouts where plan = $1', [name]);
      return rows[0]?.phase ?? null;
    };
    const inPhase = (name: string, phase: string) =>
      until(`${name} is ${phase}`, async () => (await phaseOf(name)) === phase);
    await type('start first');
    await inPhase('first', 'baking');

    signal('SIGSTOP');
    const longEnough = atLeast(FROZEN_MS);
    // One over each connection: on waking, one of the two may be given up by its missing pong, with what lay in it.
    const texts = ['start second', 'start second', 'rollback first', 'rollback first'];
    const typed = await Promise.all(texts.map(type));
    expect(typed.map(({ acked }) => acked)).toEqual([false, false, false, false]);
    await until('it was frozen long enough', longEnough);
    signal('SIGCONT');

    await inPhase('first', 'rolled_back');
    const told = () => slack.ephemerals(SHOP, WHO.opal).map(({ text }) => text);
    await until(
      'the start is answered',
      () => told().some((text) => text.includes('more than 30 seconds late')),
      () => [...told(), ...bot.lines].join('\n'),
    );
    expect(await phaseOf('second')).toBeNull();

    // Awake again, the same is done at once.
    await until('it takes what raises again', async () => {
      await type('start second');
      return (await phaseOf('second')) !== null;
    });
    await inPhase('second', 'baking');
  },
);
