/** examples/multi-workspace.yml: a row per tenant in a real Postgres; nothing is rolled back but by a person. */
import { expect, onTestFinished, test } from 'vitest';
import { WHO } from '../support/scene.js';
import { createTeamDatabase } from '../support/team-database.js';
import { openRunbook } from './on-a-runbook.js';

const TABLES = `
  create table feature_flags (key text not null, enabled boolean not null, tenant_id text);
  insert into feature_flags values ('multi_workspace_enabled', false, null), ('dark_mode', true, null);
  create table workspace_activity_logs (action text not null, created_at timestamptz not null default now());
  grant select, insert, update on feature_flags to $ROLE;
  grant select on workspace_activity_logs to $ROLE;`;

async function multiWorkspace() {
  const database = await createTeamDatabase(TABLES);
  onTestFinished(() => database.close());
  const runbook = await openRunbook({
    name: 'multi-workspace',
    variables: ({ url }) => ({
      APP_DATABASE_URL: database.url,
      APP_DATABASE_READ_URL: database.url,
      PROMETHEUS_URL: url,
    }),
    groups: {
      'product-owner': [WHO.lea, WHO.lou],
      'on-call': [WHO.oscar],
      devops: [WHO.lou],
      'database-admin': [WHO.lou],
      qa: [WHO.lou],
    },
    healthy: {
      'api-errors': 0.05,
      p99: 320,
      'db-time': 40,
      'login-success': 99.7,
      'workspace-errors': 0,
      'flag-checks': 0,
    },
  });
  await runbook.start();
  await runbook.approve(WHO.lea);
  /** Who has it; `everybody` is the row without a tenant. */
  const on = () =>
    database.lines(
      `select coalesce(tenant_id, 'everybody') from feature_flags where key = 'multi_workspace_enabled' and enabled order by 1`,
    );
  return { ...runbook, database, on };
}

test('pilots, 10 % and 50 % of the tenants, then everybody; nobody loses it on the way', async () => {
  const { room, bake, advance, on, everyItemIsRecorded } = await multiWorkspace();
  expect(await on()).toEqual(['tenant-a', 'tenant-b']);
  await bake();
  await advance(WHO.lou);
  expect(await on()).toEqual(['acme', 'tenant-a', 'tenant-b']);
  await bake();
  await advance(WHO.lea);
  expect(await on()).toHaveLength(11);
  expect(await on()).toEqual(expect.arrayContaining(['acme', 'hooli', 'initech', 'tenant-a', 'tenant-b']));
  await bake();
  await advance(WHO.lea);
  expect(await on()).toContain('everybody');
  await bake();
  expect(await room.phase()).toBe('completed');
  expect(await on()).toHaveLength(22);
  await everyItemIsRecorded('before', 'exit', 'after');
});

test('over an alert threshold it holds and calls people, and only a person takes it back, from every tenant', async () => {
  const { room, say, minutes, on, words, bake, advance, database, everyItemIsRecorded } = await multiWorkspace();
  // A rule with the severity of a warning tells, and no more.
  say({ 'workspace-errors': 0.3 });
  await bake();
  expect(words()).toContain('5xx of /api/workspaces');
  say({ 'workspace-errors': 0 });
  await minutes(2);
  await advance(WHO.lea);
  say({ 'login-success': 94.9 });
  await minutes(10);
  expect([await room.phase(), await on()]).toEqual(['held', ['acme', 'tenant-a', 'tenant-b']]);
  expect(words()).toContain('Login success 94.9');
  await database.sql(`insert into feature_flags values ('multi_workspace_enabled', true, 'by-hand')`);
  await room.press(WHO.opal, 'rollout_rollback');
  expect([await room.phase(), await on()]).toEqual(['rolled_back', []]);
  expect(await database.lines(`select enabled from feature_flags where key = 'dark_mode'`)).toEqual(['true']);
  await everyItemIsRecorded('after_rollback');
});
