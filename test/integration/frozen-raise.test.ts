/**
 * A bot that is frozen in the middle of a raise, at each step from its claim to its report, for longer than a rollback by
 * another bot takes: what it does when it wakes must not undo the rollback, and nothing may say "rolled back" meanwhile while
 * users have it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, type TestContext, test } from 'vitest';
import type { CrashPoint } from '../../src/crash-points.js';
import { atLeast, until } from '../kill/until.js';
import { SECOND } from '../scenarios/on-stage.js';
import { built } from '../support/build.js';
import { limited } from '../support/limited.js';
import { createPrograms } from '../support/programs-folder.js';
import { openScene, type Scene, WHO } from '../support/scene.js';
import { startFlagService, TOKEN } from '../targets/flag-service.js';
import { createFlagTable } from '../targets/flag-table.js';
import { json, startJsonServer } from '../web/json-server.js';

/** What runs when this test is over: tests run side by side, so each hands its own on. */
type Finished = TestContext['onTestFinished'];

/** A place outside that holds one flag. */
interface Flag {
  /** What stands under `targets:` in the plan. */
  readonly plan: string;
  readonly env: Readonly<Record<string, string>>;
  /** Percent that users get, found out without the bot. */
  exposure(): Promise<number>;
  /** What it was asked, in order: a read is `read`, a write the percentage. */
  calls(): Promise<readonly string[]>;
}

async function postgresFlag(finished: Finished): Promise<Flag> {
  const table = await createFlagTable();
  finished(() => table.close());
  return {
    plan: `kind: postgres, url: "\${FLAG_URL}", table: feature_flags, rows: { name: [NEW_CHECKOUT] },
      columns: { exposure: rollout_percentage, enabled: enabled, updated_at: updated_at }`,
    env: { FLAG_URL: table.url },
    async exposure() {
      const [row] = await table.sql<{ now: number }>(
        `SELECT (CASE WHEN enabled THEN rollout_percentage ELSE 0 END)::float8 AS now FROM feature_flags WHERE name = 'NEW_CHECKOUT'`,
      );
      return row?.now ?? Number.NaN;
    },
    calls: async () => [], // It compares itself, and takes no raise that is late.
  };
}

async function httpFlag(finished: Finished): Promise<Flag> {
  const service = await startFlagService();
  finished(() => service.close());
  const path = '/flags/checkout';
  service.flags.set(path, { rollout: 0, enabled: false });
  return {
    plan: `kind: http, headers: { Authorization: "Bearer \${ADMIN_TOKEN}" },
      set: { method: PUT, url: "\${ADMIN_URL}${path}", body: { rollout: "{{exposure}}", enabled: "{{enabled}}" } },
      read: { url: "\${ADMIN_URL}${path}", value: rollout, enabled: enabled }, scale: 100`,
    env: { ADMIN_URL: service.url, ADMIN_TOKEN: TOKEN },
    exposure: async () => (service.flags.get(path)?.enabled ? (service.flags.get(path)?.rollout ?? 0) : 0),
    calls: async () => service.web.requests.map(({ method, body }) => (method === 'GET' ? 'read' : wanted(body))),
  };
}

/** What a write asks for. */
function wanted(body: string): string {
  const { rollout, enabled } = JSON.parse(body);
  return enabled ? String(rollout) : '0';
}

async function execFlag(finished: Finished): Promise<Flag> {
  const programs = await createPrograms({
    set: '#!/bin/sh\necho "$2" >> "$1.calls" && printf %s "$2" > "$1.new" && mv "$1.new" "$1"\n',
    get: '#!/bin/sh\necho read >> "$1.calls" && cat "$1"\n',
  });
  finished(() => programs.close());
  await programs.write('flag', '0');
  const at = (name: string) => `"${programs.path}/${name}"`;
  return {
    plan: `kind: exec, set: [${at('set')}, ${at('flag')}, "{{exposure}}"], read: [${at('get')}, ${at('flag')}]`,
    env: {},
    exposure: async () => Number(await programs.read('flag')),
    calls: async () => (await programs.read('flag.calls')).split('\n'),
  };
}

const FLAGS = { postgres: postgresFlag, http: httpFlag, exec: execFlag } as const;
type Kind = keyof typeof FLAGS;

const planFor = (flag: string): string => `plan: new-checkout
title: New checkout
channel: "#shop"
people: { operators: ["@release-team"], engineering-lead: ["@engineering-lead"] }
targets: { flag: { ${flag} } }
checks:
  errors: { title: Errors, probe: { kind: http, url: "\${METRICS_URL}", value: rate }, critical: { above: 5 } }
stages: [{ stage: early, exposure: 10, bake: 1h }, { stage: everyone, exposure: 100, bake: 1h }]
rollback: { to: off, within: 30s }
`;

/** A second bot on the database of the scene, which stands still when it comes past this step. */
async function freezingBot(scene: Scene, at: CrashPoint, env: Readonly<Record<string, string>>, finished: Finished) {
  const { config } = scene;
  const child: ChildProcess = spawn(process.execPath, [built('test/kill/bot.js')], {
    env: {
      PATH: process.env.PATH ?? '',
      SLACK_BOT_TOKEN: config.slackBotToken,
      SLACK_API_URL: config.slackApiUrl,
      SLACK_SIGNING_SECRET: config.slackSigningSecret ?? '',
      DATABASE_URL: config.databaseUrl,
      PORT: '0',
      PLANS_DIR: config.plansDir,
      LOG_LEVEL: 'warn',
      KILL_AT: at,
      KILL_ARMED: 'yes',
      KILL_SIGNAL: 'SIGSTOP',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let lines = '';
  let words = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    lines += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    words = `${words}${text}`.slice(-4_000);
  });
  finished(async () => {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  });
  const [ready] = await Promise.race([once(child, 'message'), once(child, 'exit')]);
  if (typeof ready?.port !== 'number') throw new Error(`the bot did not start\n${words}`);
  const port: number = ready.port;
  return {
    port,
    frozen: () => lines.split('\n').includes(at),
    wake: () => child.kill('SIGCONT'),
    words: () => words,
  };
}

/** What the bot says of the rollout now, in all it shows. */
function said(scene: Scene): string {
  return scene
    .posts()
    .map((post) => scene.read(post))
    .join('\n');
}

const claimsSafety = (text: string) => /ROLLED BACK|Rolled back/.test(text) && !/users may have it again/i.test(text);

/** Looks at what users have and at what the bot says of it, for as long as what is late may come. Answers what was seen to be wrong. */
async function watched(scene: Scene, flag: Flag): Promise<readonly string[]> {
  const over = atLeast(LATE_MS);
  const wrong: string[] = [];
  await until(
    'it is true again',
    async () => {
      await scene.app.tick();
      const [has, text] = [await flag.exposure(), said(scene)];
      const untrue = has > 0 && claimsSafety(text);
      if (untrue) wrong.push(`${has} % have it, and it says:\n${text}`);
      return over() && !untrue;
    },
    () => wrong.at(-1) ?? '',
  );
  return wrong;
}

/** From the claim to the report; those up to the write also after the last reading, when nothing else would notice. */
const STEPS: readonly { readonly step: CrashPoint; readonly settled: boolean }[] = [
  ...(['FP05', 'FP19', 'FP06', 'FP08'] as const).map((step) => ({ step, settled: false })),
  ...(['FP16', 'FP17', 'FP18', 'FP19'] as const).map((step) => ({ step, settled: true })),
];
/** The look at the order is good for 2 s; a freeze that is shorter is none. */
const FROZEN_MS = 2_500;
/** What wakes does at once what it was about to do. */
const LATE_MS = 3_000;

/** What comes between the raise that was late and the lowering that takes it back, beside a reading by each of the two bots. */
function beforeLowered(calls: readonly string[]): readonly string[] {
  const later = calls.slice(calls.lastIndexOf('10') + 1);
  const between = later.includes('0') ? later.slice(0, later.indexOf('0')) : [...later, 'no lowering'];
  return between.every((call) => call === 'read') ? between.slice(2) : between;
}

const cells = (Object.keys(FLAGS) as Kind[]).flatMap((kind) =>
  STEPS.map(({ step, settled }) => ({
    kind,
    step,
    settled,
    when: settled ? 'after it is certain' : 'while it is read again',
  })),
);

type Cell = (typeof cells)[number];

async function freezeAndWake({ kind, step, settled }: Cell, finished: Finished): Promise<void> {
  const [flag, metrics] = await Promise.all([FLAGS[kind](finished), startJsonServer()]);
  finished(() => metrics.close());
  metrics.answerWith(json('{"rate": 1}'));
  const env = { ...flag.env, METRICS_URL: `http://127.0.0.1:${metrics.port}/` };
  const fill = (text: string) =>
    Object.entries(env).reduce((filled, [name, value]) => filled.replaceAll(`\${${name}}`, value), text);
  const scene = await openScene({ transport: 'http', plan: planFor(flag.plan), fill });
  finished(() => scene.close());
  const healthy = scene.slack.requestUrl;
  const bot = await freezingBot(scene, step, env, finished);

  scene.slack.requestUrl = `http://127.0.0.1:${bot.port}/slack/events`;
  // Nobody answers it: the bot that took it stands still before it can.
  void scene.slack.command({ user: WHO.opal, channel: 'C0SHOP', text: 'start new-checkout' }).catch(() => undefined);
  await until(
    'the raise is frozen',
    () => bot.frozen(),
    () =>
      `${bot.words()}\n${said(scene)}\n${scene.slack
        .ephemerals('C0SHOP', WHO.opal)
        .map((each) => each.text)
        .join('\n')}`,
  );
  const longEnough = atLeast(FROZEN_MS);
  if (healthy !== undefined) scene.slack.requestUrl = healthy;

  await scene.command(WHO.opal, 'rollback new-checkout');
  await scene.pass(40 * SECOND, 10 * SECOND);
  expect(await scene.phase()).toBe('rolled_back');
  expect(await flag.exposure()).toBe(0);
  expect(said(scene)).toMatch(/being read again until .*a raise was under way/);
  if (settled) await scene.pass(720 * SECOND, 120 * SECOND);
  expect((await scene.rollout()).exposure.settled).toBe(settled);
  await until('it was frozen long enough', longEnough);

  bot.wake();
  const wrong = await watched(scene, flag);
  // Only where the place itself cannot compare is there a moment at all, and only past the last question.
  if (kind === 'postgres' || step !== 'FP19') expect(wrong).toEqual([]);
  else expect(beforeLowered(await flag.calls())).toEqual([]);
  expect(await flag.exposure()).toBe(0);
  await scene.pass(720 * SECOND, 240 * SECOND);
  expect(await scene.rollout()).toMatchObject({ phase: 'rolled_back', exposure: { settled: true, confirmed: 0 } });
  expect(await flag.exposure()).toBe(0);
}

/** Each cell is a bot of its own, a Slack and a target; much of it is waiting. */
const slot = limited(5);

describe.concurrent('a bot that is frozen in a raise and wakes after a rollback', () => {
  test.for(cells)('$kind, at $step, $when: the flag ends at off', (cell, { onTestFinished }) =>
    slot(() => freezeAndWake(cell, onTestFinished)),
  );
});
