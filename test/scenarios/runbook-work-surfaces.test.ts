/** examples/work-surfaces.yml: overrides for our own people, then 10, 50 and 100 %, in a real Postgres. */
import { readFile } from 'node:fs/promises';
import { expect, onTestFinished, test } from 'vitest';
import { parsePlan } from '../../src/plans/read/parse.js';
import { nextSummary } from '../../src/rollout/health/reported.js';
import { createPrograms, type ProgramsFolder } from '../support/programs-folder.js';
import { WHO } from '../support/scene.js';
import { createTeamDatabase, type TeamDatabase } from '../support/team-database.js';
import { MINUTE, openRunbook, type Runbook } from './on-a-runbook.js';

const TABLES = `
  create table feature_flags (name text primary key, enabled boolean not null default false,
    rollout_percentage integer not null default 0, updated_at timestamptz not null default now());
  insert into feature_flags (name) values ('WORK_SURFACE_INTAKE'), ('WORK_SURFACE_ORDERS'), ('WORK_SURFACE_INVENTORY'),
    ('WORK_SURFACE_ACCOUNTING'), ('DARK_MODE');
  create table feature_flag_overrides (flag_name text not null, user_id text not null, enabled boolean not null);
  insert into feature_flag_overrides values ('DARK_MODE', 'user_internal_1', true);
  create table request_logs (endpoint text not null, status integer not null, "timestamp" timestamptz not null);
  insert into request_logs select '/api/trpc/orders.getAll', case when n <= 2 then 500 else 200 end, now()
    from generate_series(1, 1000) n;
  grant select, update on feature_flags to $ROLE;
  grant select, insert, update on feature_flag_overrides to $ROLE;
  create table "Permission" (name text primary key);
  insert into "Permission" select 'accounting:' || n from generate_series(1, 40) n;
  grant select on request_logs, "Permission" to $ROLE;`;

/** Each run leaves a line. A gate named in `broken` fails. */
const PROGRAM = `#!/bin/sh
cd "$(dirname "$0")" || exit 1
echo "$(basename "$0") $*" >>ran
if [ "$*" = "$(cat broken 2>/dev/null)" ]; then echo "2 of 14 invariants are broken" >&2; exit 1; fi
`;
const ROUTES = `${PROGRAM}echo 9
`;

/** What the plan runs on the way to 100 %, each of it once. */
const EVERY_RUN = [
  // DEPLOY-001: before and after the routes are wrapped.
  'pnpm typecheck',
  'pnpm typecheck',
  'pnpm build',
  'grep -c <WorkSurfaceGate client/src/App.tsx',
  // DEPLOY-002 and our own people: each gate; DEPLOY-002 and before 100 %: all of them.
  ...['placeholder', 'rbac', 'parity', 'invariants', 'all'].flatMap((gate) => Array(2).fill(`npm run gate:${gate}`)),
  // DEPLOY-003.
  'pnpm db:migrate',
  'npm run gate:rbac',
  // Behind the golden flows.
  'npm run gate:invariants',
].toSorted();

const ENDPOINTS = 'orders invoices inventory clients purchase-orders pick-pack ledger quotes batches'.split(' ');
const p95 = (ms: number) => Object.fromEntries(ENDPOINTS.map((endpoint) => [`p95-${endpoint}`, ms]));

interface WorkSurfaces extends Runbook {
  readonly database: TeamDatabase;
  readonly programs: ProgramsFolder;
  /** What the four flags are: one line when they agree. */
  flags(): Promise<string[]>;
  /** Overrides that are on, of the four flags. */
  overrides(): Promise<number>;
}

/** Started, measured for a day, and our own people have it. */
async function workSurfaces(withoutItems = false): Promise<WorkSurfaces> {
  const runbook = await opened(withoutItems);
  await runbook.start({ 'open-p0': 0, 'open-p1': 3, complaints: 4 });
  return runbook;
}

/** Nobody has started it. */
async function opened(withoutItems = false): Promise<WorkSurfaces> {
  const database = await createTeamDatabase(TABLES);
  onTestFinished(() => database.close());
  const programs = await createPrograms({ npm: PROGRAM, pnpm: PROGRAM, grep: ROUTES });
  onTestFinished(() => programs.close());
  const runbook = await openRunbook({
    name: 'work-surfaces',
    withoutItems,
    variables: ({ url }) => ({
      FLAGS_DATABASE_URL: database.url,
      LOGS_DATABASE_URL: database.url,
      TERP_DATABASE_URL: database.url,
      PATH: process.env.PATH ?? '',
      PROMETHEUS_URL: url,
    }),
    groups: {
      'engineering-lead': [WHO.lea, WHO.lou],
      'product-lead': [WHO.otto],
      'on-call': [WHO.oscar],
      frontend: [WHO.lou],
      backend: [WHO.lou],
      devops: [WHO.lou],
      qa: [WHO.lou],
    },
    folders: { '/srv/terp': programs.path },
    programs: Object.fromEntries(['npm', 'pnpm', 'grep'].map((name) => [name, `${programs.path}/${name}`])),
    healthy: { ...p95(200), 'server-errors': 0, invariants: 0 },
  });
  const flags = () =>
    database.lines(
      `select distinct rollout_percentage || ' ' || enabled from feature_flags where name like 'WORK_SURFACE_%'`,
    );
  const overrides = async () => {
    const on = await database.sql(`select 1 from feature_flag_overrides where flag_name <> 'DARK_MODE' and enabled`);
    return on.length;
  };
  return { ...runbook, database, programs, flags, overrides };
}

test('our own people, 10, 50 and 100 %, each decided by who has to', async () => {
  const runbook = await workSurfaces();
  const { room, bake, advance, approve, flags, overrides, database, programs, everyItemIsRecorded } = runbook;
  const { report, say, minutes, words } = runbook;
  expect([await overrides(), await flags()]).toEqual([8, ['0 false']]);
  expect((await room.rollout()).health.baseline?.numbers).toMatchObject({
    'error-rate': expect.closeTo(0.2),
    'p95-orders': 200,
  });
  await bake();
  await advance(WHO.lea);
  expect(await flags()).toEqual(['10 true']);
  say(p95(270));
  await bake();
  await advance(WHO.lou);
  expect(await flags()).toEqual(['50 true']);
  // Over the stage's own 30 %, though not over the 50 % of the one before: nobody leaves, nothing is posted or rolled back.
  await report({ complaints: 9 });
  await bake();
  await runbook.doAll();
  await room.ask(WHO.opal, 'advance');
  const refused = await room.press(WHO.lea, 'rollout_approve');
  expect(refused).toContain('p95-orders below baseline + 30%');
  expect(refused).not.toContain('complaints');
  expect(words()).not.toContain('over its limit');
  expect([await room.phase(), await flags()]).toEqual(['awaiting_approval', ['50 true']]);
  say(p95(230));
  await minutes(4);
  await approve(WHO.lea, WHO.otto);
  expect(await flags()).toEqual(['100 true']);
  await bake();
  expect(await room.phase()).toBe('completed');
  expect(await flags()).toEqual(['100 true']);
  expect(await database.lines(`select rollout_percentage from feature_flags where name = 'DARK_MODE'`)).toEqual(['0']);
  // The headings that the team knows.
  expect(words()).toContain('[TERP] Work Surfaces Stage 1 starting: 1 in 10 users see Work Surfaces.');
  expect(words()).toMatch(/\[TERP\] Work Surfaces Stage 1 complete after \d/);
  await everyItemIsRecorded('before', 'exit', 'after');
  expect(words()).toContain('Work Surfaces 100 % rollout complete');
  expect((await programs.read('ran')).split('\n').toSorted()).toEqual(EVERY_RUN);
});

test('a gate that fails keeps our own people from being left, until it is run again and passes', async () => {
  const { room, bake, doAll, programs, flags } = await workSurfaces();
  await programs.write('broken', 'run gate:invariants');
  await bake();
  await doAll();
  await room.ask(WHO.opal, 'advance');
  const refused = await room.press(WHO.lea, 'rollout_approve');
  expect(refused).toContain('npm run gate:invariants');
  expect(await room.ask(WHO.lou, 'items')).toContain('2 of 14 invariants are broken');
  expect([await room.phase(), await flags()]).toEqual(['awaiting_approval', ['0 false']]);
  await programs.write('broken', '');
  await room.ask(WHO.lou, 'run invariant-checks');
  await room.ask(WHO.lou, 'run invariants-after-the-flows');
  await doAll();
  await room.press(WHO.lea, 'rollout_approve');
  await room.passUntil('10 % is there', async () => (await flags())[0] === '10 true');
});

test('39 permissions of 40 keep it from beginning', async () => {
  const { room, doAll, database } = await opened();
  await database.sql(`delete from "Permission" where name = 'accounting:40'`);
  await room.ask(WHO.opal, 'start work-surfaces');
  await doAll();
  const refused = await room.ask(WHO.opal, 'advance');
  expect(refused).toContain('from "Permission"');
  expect(await room.phase()).toBe('planned');
  await database.sql(`insert into "Permission" values ('accounting:40')`);
  await room.ask(WHO.lou, 'run d3-permissions');
  await doAll();
  await room.ask(WHO.opal, 'advance');
  expect(await room.phase()).toBe('starting');
});

test('one invariant violation: everything is off, and what follows is done', async () => {
  const { bake, advance, say, falls, flags, overrides, everyItemIsRecorded } = await workSurfaces();
  await bake();
  await advance(WHO.lea);
  say({ invariants: 1 });
  await falls(2 * MINUTE);
  expect([await flags(), await overrides()]).toEqual([['0 false'], 0]);
  await everyItemIsRecorded('after_rollback');
});

test.each<[string, (runbook: WorkSurfaces) => unknown, string]>([
  ['one invariant violation', ({ say }) => say({ invariants: 1 }), 'Invariant violations'],
  ['one endpoint more than twice as slow', ({ say }) => say({ 'p95-ledger': 401 }), 'p95 clients.getLedger'],
  [
    'errors over 5 %, though less than five points over the baseline',
    ({ database }) =>
      database.sql(
        `update request_logs set status = 500 where ctid in (select ctid from request_logs where status = 200 limit 49)`,
      ),
    'Error rate',
  ],
])('%s: everything is off, also for our own people', async (_, breaks, said) => {
  const runbook = await workSurfaces(true);
  const { bake, advance, flags, overrides, words, falls } = runbook;
  await bake();
  await advance(WHO.lea);
  await breaks(runbook);
  await falls(2 * MINUTE);
  expect([await flags(), await overrides()]).toEqual([['0 false'], 0]);
  expect(words()).toContain('Work Surfaces rollback initiated');
  expect(words()).toContain(said);
});

test('reports come when the document has somebody review: four in the first hour, then at +4, +8, +12 and +24 h', async () => {
  const parsed = parsePlan(await readFile(new URL('../../examples/work-surfaces.yml', import.meta.url), 'utf8'));
  const ten = parsed.ok ? parsed.plan.stages[1] : undefined;
  const begun = new Date(0);
  const hours: number[] = [];
  for (let last: Date | null = null; (hours.at(-1) ?? 0) < 24; ) {
    last = nextSummary(ten?.reportEvery, begun, last);
    hours.push((last ?? new Date(Number.NaN)).getTime() / (60 * MINUTE));
  }
  expect(hours).toEqual([0.25, 0.5, 0.75, 1, 4, 8, 12, 24]);
});
