/** For every wall: files that break it, one by one, and files next to them that do not. */
interface Plant {
  /** Path → text. Each of them alone must be complained of. */
  readonly broken: Readonly<Record<string, string>>;
  /** Path → text. All of them together must pass. */
  readonly sound: Readonly<Record<string, string>>;
}

export const PLANTED: Readonly<Record<string, Plant>> = {
  'no files import each other in a circle': {
    broken: { 'src/store/a.ts': "import type { A } from './a.js';" },
    sound: { 'src/store/a.ts': "import { b } from './b.js';", 'src/store/b.ts': "import { c } from './c.js';" },
  },
  'no room imports one above it or beside it': {
    broken: {
      'src/rollout/state/a.ts': "import { b } from '../moves/b.js';",
      'src/jobs/a.ts': "import type { B } from '../commands/b.js';",
      'src/newroom/a.ts': 'export const a = 1;',
    },
    sound: { 'src/jobs/a.ts': "import { b } from '../deliver/b.js'; import { c } from './c.js';" },
  },
  'the rules import nothing but the rules': {
    broken: {
      'src/rollout/a.ts': "import { readFile } from 'node:fs/promises';",
      'src/rollout/b.ts': "import type { Db } from '../store/connect.js';",
      'src/rollout/c.ts': "export { z } from 'zod';",
      'src/rollout/d.ts': "export const load = () => import('../deliver/index.js');",
      'src/rollout/e.ts': "export type Pool = import('pg').Pool;",
    },
    sound: { 'src/rollout/a.ts': "import { b } from './b.js'; // from 'pg'", 'src/app.ts': "import pg from 'pg';" },
  },
  'requirements lead to neither moves nor messages': {
    broken: {
      'src/rollout/requirements/a.ts': "import { ask } from '../moves/ask.js';",
      'src/rollout/requirements/b.ts': "import type { Message } from '../state/effects.js';",
      'src/rollout/requirements/c.ts': "import { ALERTS } from '../state/audience.js';",
    },
    sound: {
      'src/rollout/requirements/a.ts':
        "import type { Condition } from '../state/refusal.js'; import { b } from './b.js';",
    },
  },
  'the rules and the messages know no clock, no luck and no waiting': {
    broken: {
      'src/rollout/a.ts': 'export const now = () => Date.now();',
      'src/rollout/b.ts': 'export const at = new Date();',
      'src/rollout/c.ts': 'export const luck = Math.random();',
      'src/rollout/d.ts': 'export async function decide() {}',
      'src/slack/words/messages/e.ts': 'export const draw = async () => 1;',
      'src/slack/words/messages/f.ts': 'export class F { async draw() { return 1; } }',
      'src/rollout/g.ts': 'setTimeout(() => undefined, 1);',
      'src/rollout/h.ts': 'export const clock = Date.now;',
      'src/rollout/i.ts': 'export const id = crypto.randomUUID();',
      'src/rollout/j.ts': 'export const home = process.env.HOME;',
      'src/rollout/k.ts': "const made = fetch('http://x');",
    },
    sound: {
      'src/rollout/a.ts': "export const at = (ms: number) => new Date(ms); export const text = 'Date.now()';",
      'src/slack/posting/send.ts': 'export async function send() { await Date.now(); }',
    },
  },
  'a query reads who hears of a message from its columns, and knows no message': {
    broken: {
      'src/store/a.ts': "await db.query(`select from effects e where e.payload->'message'->>'template' = 'incident'`);",
      'src/store/b.ts': 'await db.query("select from messages where slot = \'live\'");',
      'src/store/c.ts': "await db.query(`select from effects where id = $2 and payload->>'person' = $1`);",
      'src/store/d.ts': "await db.query(`delete from messages where slot like 'alert:%'`);",
    },
    sound: {
      'src/store/a.ts':
        "await db.query(`select payload->'copy' from effects where slot = $1 and urgent and person = $2`);",
      'src/deliver/a.ts': "const words = `slot = 'live'`;",
    },
  },
  'who hears of a message is asked when it is written, and read from its effect from then on': {
    broken: {
      'src/slack/posting/a.ts': 'const { place } = audienceOf(message);',
      'src/deliver/persons.ts': 'const { urgent } = addressed(row.effect);',
    },
    sound: {
      'src/store/write.ts': 'const { lane } = addressed(effect);',
      'src/slack/posting/a.ts': 'const { place } = row.addressed;',
    },
  },
  'the store counts time by domain time or steady time, not by a clock that somebody sets': {
    broken: {
      'src/store/a.ts': "await db.query('delete from inbox where at < now()');",
      'src/store/b.ts': 'await db.query(`update effects set done_at = now() where id = 1`);',
      'src/store/c.ts': "await db.query('select clock_timestamp()');",
      'src/store/d.ts': "await db.query('select 1 where day = CURRENT_DATE');",
      'src/store/e.ts': 'export const at = Date.now();',
      'src/store/f.ts': 'export const at = row?.now ?? new Date();',
    },
    sound: {
      'src/store/a.ts':
        "await db.query('select rollout_now(), steady_now(), server_now()'); const began = performance.now();",
      'src/store/b.ts': 'export const at = new Date(row.at); // now()',
      'src/store/migrate.ts': "await db.query('select now()');",
      'src/targets/c.ts': "export const SET = 'updated_at = now()';",
    },
  },
  'messages are made of the rules’ words and of blocks': {
    broken: {
      'src/slack/words/messages/a.ts': "import { send } from '../../posting/send.js';",
      'src/slack/words/messages/b.ts': "import type { Db } from '../../../store/connect.js';",
      'src/slack/words/messages/c.ts': "import { WebClient } from '@slack/web-api';",
    },
    sound: {
      'src/slack/words/phrases/a.ts':
        "import type { Button } from '@slack/types'; import { b } from '../text.js'; import { c } from '../../../rollout/plan/plan.js';",
    },
  },
  'the door in never leads to the door out': {
    broken: { 'src/dispatch.ts': "import type { Deliver } from './deliver/index.js';" },
    sound: {
      'src/dispatch.ts': "import { write } from './store/write.js';",
      'src/deliver/index.ts': "import { createDispatch } from './dispatch.js';",
    },
  },
  'the store knows Postgres and the rules’ shapes': {
    broken: {
      'src/store/a.ts': "import { post } from '../slack/posting/send.js';",
      'src/store/b.ts': "import type { Dispatch } from '../dispatch.js';",
    },
    sound: { 'src/store/a.ts': "import pg from 'pg'; import type { Plan } from '../rollout/plan/plan.js';" },
  },
  'a target knows its contract, the plan’s shapes and its own library': {
    broken: {
      'src/targets/a.ts': "import { openPool } from '../store/connect.js';",
      'src/targets/b.ts': "import { decide } from '../rollout/decide.js';",
      'src/targets/c.ts': "import type { Probe } from '../probes/probe.js';",
    },
    sound: {
      'src/targets/a.ts':
        "import pg from 'pg'; import { TargetError } from './target.js'; import type { P } from '../rollout/plan/plan.js';",
    },
  },
  'a probe knows its contract, the plan’s shapes and its own library': {
    broken: {
      'src/probes/a.ts': "import { readConfig } from '../config.js';",
      'src/probes/b.ts': "import { verdict } from '../rollout/plan/verdict.js';",
    },
    sound: {
      'src/probes/a.ts':
        "import { webRequest } from '../web/request.js'; import type { P } from '../rollout/plan/plan.js';",
    },
  },
  'what targets and probes share knows neither': {
    broken: {
      'src/programs/a.ts': "import { TargetError } from '../targets/target.js';",
      'src/postgres/b.ts': "import type { Plan } from '../rollout/plan/plan.js';",
    },
    sound: {
      'src/programs/a.ts': "import { spawn } from 'node:child_process'; import { b } from './outcome.js';",
      'src/targets/exec/index.ts': "import { createPrograms } from '../programs/run.js';",
      'src/probes/sql/index.ts': "import { cut } from '../postgres/session.js';",
    },
  },
  'commands and jobs know targets and probes by contract only': {
    broken: {
      'src/commands/a.ts': "import { postgresTarget } from '../targets/postgres/index.js';",
      'src/jobs/b.ts': "import { createProbe } from '../adapters/probes.js';",
    },
    sound: { 'src/commands/a.ts': "import { TargetError } from '../targets/target.js';" },
  },
  'the product knows neither its sandbox nor its tests': {
    broken: {
      'src/a.ts': "import { shop } from '../sandbox/shop/shop.js';",
      'src/store/b.ts': "import type { Scene } from '../../test/support/scene.js';",
      'src/c.ts': "export const x = () => import('../bench/x.js');",
    },
    sound: { 'src/a.ts': "import { b } from './store/b.js';", 'sandbox/a.ts': "import { a } from '../src/a.js';" },
  },
  'the sandbox does not know the tests': {
    broken: { 'sandbox/a.ts': "import { openScene } from '../test/support/scene.js';" },
    sound: { 'sandbox/a.ts': "import { migrate } from '../src/store/migrate.js';" },
  },
  'the local Slack and the demo shop know nothing of the product': {
    broken: {
      'sandbox/slack/a.ts': "import { METADATA_TYPE } from '../../src/slack/posting/send.js';",
      'sandbox/shop/a.ts': "import type { Plan } from '../../src/rollout/plan/plan.js';",
    },
    sound: { 'sandbox/demo.ts': "import { rolloutName } from '../src/rollout/state/rollout.js';" },
  },
  'Postgres is spoken in few places': {
    broken: {
      'src/app.ts': "import pg from 'pg';",
      'src/jobs/a.ts': "import type { Pool } from 'pg';",
      'src/targets/memory.ts': "import pg from 'pg';",
    },
    sound: { 'src/store/a.ts': "import pg from 'pg';", 'src/targets/postgres/index.ts': "import pg from 'pg';" },
  },
  'Slack’s libraries are used at the edge only': {
    broken: {
      'src/jobs/a.ts': "import { WebClient } from '@slack/web-api';",
      'src/commands/start.ts': "import { App } from '@slack/bolt';",
    },
    sound: {
      'src/app.ts': "import { App } from '@slack/bolt';",
      'src/commands/start.ts': "import type { App } from '@slack/bolt';",
      'src/slack/posting/send.ts': "import webApi from '@slack/web-api';",
    },
  },
  'plan files are read in one place': {
    broken: { 'src/commands/a.ts': "import { parse } from 'yaml';" },
    sound: { 'src/plans/a.ts': "import { parse } from 'yaml';" },
  },
  'probes and targets reach the web by one road': {
    broken: {
      'src/targets/a.ts': "import { request } from 'undici';",
      'src/probes/a.ts': "import { Client } from 'undici';",
    },
    sound: { 'src/web/a.ts': "import { request } from 'undici';" },
  },
  'one file knows the schedule': {
    broken: { 'src/jobs/index.ts': "import cron from 'node-cron';" },
    sound: { 'src/main.ts': "import cron from 'node-cron';" },
  },
  'one file reads .env': {
    broken: { 'src/main.ts': "import 'dotenv';" },
    sound: { 'src/config.ts': "import { config } from 'dotenv';" },
  },
  'only the wiring builds the parts': {
    broken: {
      'src/commands/a.ts': 'const deliver = createDeliver({});',
      'src/jobs/b.ts': 'const db = openPool({});',
    },
    sound: { 'src/app.ts': 'const db = openPool({});', 'src/cli/a.ts': 'const db = openPool({});' },
  },
  'only the wiring of the bot takes Slack’s requests': {
    broken: {
      'src/slack/a.ts': 'const receiver = new SocketModeReceiver();',
      'src/cli/a.ts': 'const app = new App({});',
    },
    sound: { 'src/app.ts': 'const app = new App({});' },
  },
  'one file builds Slack’s clients': {
    broken: {
      'src/app.ts': 'const client = new WebClient(token);',
      'src/cli/a.ts': 'const client = new WebClient(token);',
    },
    sound: { 'src/slack/connection/client.ts': 'const client = new WebClient(token);' },
  },
  'one factory builds targets and probes': {
    broken: { 'src/jobs/a.ts': 'const probe = createProbe(plan, fill, rules);' },
    sound: { 'src/adapters/index.ts': 'const target = createTarget(plan, fill);' },
  },
  'one file builds pools': {
    broken: {
      'src/store/a.ts': 'const db = new pg.Pool();',
      'src/targets/postgres/index.ts': 'const db = new Pool();',
    },
    sound: { 'src/store/connect.ts': 'const db = new pg.Pool();', 'src/store/a.ts': 'const db = new pg.Client();' },
  },
  'one file reads the environment': {
    broken: {
      'src/a.ts': 'export const home = process.env.HOME;',
      'src/b.ts': "export const home = process['env'];",
      'src/c.ts': 'const { env } = process;',
      'src/d.ts': "import { env } from 'node:process';",
    },
    sound: {
      'src/config.ts': 'export const env = process.env;',
      'src/a.ts': "// process.env\nconst a = 'process.env';",
    },
  },
  'only the start ends the process': {
    broken: { 'src/app.ts': 'process.exit(1);', 'src/programs/run.ts': 'process.abort();' },
    sound: { 'src/main.ts': 'process.exit(1);', 'src/cli.ts': 'process.exitCode = 1;' },
  },
  'programs are started in one place': {
    broken: {
      'src/targets/exec/index.ts': "import { spawn } from 'node:child_process';",
      'src/programs/outcome.ts': "import { exec } from 'child_process';",
    },
    sound: { 'src/programs/run.ts': "import { spawn } from 'node:child_process';" },
  },
  'processes are ended where they are started': {
    broken: {
      'src/cli/a.ts': "process.kill(1, 'SIGTERM');",
      'src/targets/exec/index.ts': "process.kill(-1, 'SIGKILL');",
    },
    sound: { 'src/programs/run.ts': "process.kill(-7, 'SIGKILL');", 'src/main.ts': "process.kill(1, 'SIGTERM');" },
  },
  'tests replace no module': {
    broken: { 'test/a.test.ts': "vi.mock('../src/store/write.js');", 'test/b.ts': "vi.doMock('../src/app.js');" },
    sound: {
      'test/a.test.ts': "await vi.waitFor(() => expect(1).toBe(1), { timeout: 60_000 }); const a = 'vi.mock()';",
    },
  },
  'tests wait for what happens, not for time': {
    broken: {
      'test/a.test.ts': 'await new Promise((done) => setTimeout(done, 50));',
      'test/b.test.ts': 'await new Promise<void>((done) => { setTimeout(() => done(), 50); });',
      'test/c.test.ts': "import { setTimeout } from 'node:timers/promises'; await setTimeout(50);",
      'test/d.ts': "import { setTimeout as pause } from 'timers/promises'; export const wait = () => pause(50);",
    },
    sound: {
      'test/a.test.ts': 'const timer = setTimeout(() => controller.abort(), 5_000);',
      'test/until.ts':
        "import { setTimeout as pause } from 'node:timers/promises'; export async function until(holds: () => boolean) { while (!holds()) await pause(20); }",
    },
  },
  'no test looks at a watch: a busy machine would decide it': {
    broken: {
      'test/a.test.ts': 'const began = performance.now();',
      'test/b.test.ts': 'const began = process.hrtime.bigint();',
      'test/c.test.ts': 'await vi.waitFor(() => expect(1).toBe(1));',
      'test/d.test.ts': 'await expect.poll(() => 1, { timeout: 15_000 }).toBe(1);',
      'test/integration/e.test.ts': 'await page.evaluate(`const began = performance.now();`);',
    },
    sound: {
      'test/a.test.ts':
        'await vi.waitFor(() => expect(1).toBe(1), { timeout: 60_000 }); const at = Date.now() - 60_000;',
      'test/kill/until.ts': 'const began = performance.now();',
    },
  },
  'everything is exported by its name': {
    broken: { 'src/a.ts': 'export default function a() {}', 'test/b.ts': 'export default {};' },
    sound: {
      'src/a.ts': 'export const a = 1;',
      'test/support/postgres-setup.ts': 'export default function setup() {}',
    },
  },
  'no literal is spread into another': {
    broken: {
      'src/store/a.ts': 'export const a = { ...{ b: 1 }, c: 2 };',
      'src/store/b.ts': 'export const a = [...[1, 2], 3];',
    },
    sound: {
      'src/store/a.ts':
        'export const a = (b: object, c: boolean) => ({ ...b, ...(c && { d: 1 }), e: [...[1].map(String)] });',
    },
  },
  'what a plan file becomes is written whole, so that no misspelt field compiles': {
    broken: {
      'src/plans/read/a.ts': 'export const a = (b?: number) => ({ ...(b !== undefined && { c: b }) });',
      'src/plans/language/kinds/b.ts': 'export const a = (b?: number) => ({ c: { ...(b ? { d: b } : {}) } });',
    },
    sound: {
      'src/plans/read/a.ts':
        'export const a = (b: object, c?: number) => withoutUndefined<A>({ ...b, ...f(c), e: [...(c ? [c] : [])] });',
      'src/plans/rules/a.ts': 'export const a = (b?: number) => ({ ...(b !== undefined && { c: b }) });',
    },
  },
  'a switch over a union ends where nothing is left': {
    broken: {
      'src/a.ts': "export function f(x: 'a' | 'b') { switch (x) { case 'a': return 1; default: return 2; } }",
      'src/b.ts': "export function f(x: 'a' | 'b') { switch (x) { case 'a': return 1; case 'b': return 2; } }",
      'src/hooks/sentry.ts':
        "export function f(x: 'a' | 'b') { switch (x) { case 'a': return 1; default: return 2; } }",
    },
    sound: {
      'src/a.ts': "export function f(x: 'a') { switch (x) { case 'a': return 1; default: return x satisfies never; } }",
      'src/b.ts':
        "export function f(x: 'a') { switch (x) { case 'a': return 1; default: throw no(x satisfies never); } }",
      'src/hooks/sentry.ts':
        "export const f = (hook) => { switch (hook.resource) { case 'a': return 1; default: return 2; } }",
    },
  },
  'a sentence of ours is not taken apart again': {
    broken: {
      'src/cli/a.ts': "export const name = (problem: string) => problem.split(': ')[0];",
      'src/targets/a.ts': "export const detail = (error: Error) => error.message.replace('target a: ', '');",
      'src/slack/words/a.ts': "export const rest = (stands: string) => stands.slice('It is '.length);",
      'src/deliver/a.ts': "export const gone = ({ detail }: { detail: string }) => detail.startsWith('gone');",
    },
    sound: {
      'src/cli/a.ts': "export const name = (path: string) => path.split('/')[0];",
      'src/cli/b.ts': "export const cut = (path: string) => path.slice('./'.length);",
    },
  },
  'no two exported types have one name': {
    broken: { 'src/store/a.ts': 'export interface A { b: 1 }\nexport type A = 1;' },
    sound: {
      'src/store/a.ts': 'export interface A { b: 1 }\nexport type B = 1;',
      'src/store/b.ts': 'interface A { b: 2 }\nexport const a: A = { b: 2 };',
    },
  },
  'files are named in kebab-case after what they are': {
    broken: {
      'src/utils.ts': '',
      'src/helpers/a.ts': '',
      'test/common/b.ts': '',
      'src/stageStart.ts': '',
      'src/Stage.ts': '',
    },
    sound: { 'src/slack/stage-start.ts': '', 'test/a-b.test.ts': '', 'src/a.d.ts': '' },
  },
};
