/** examples/batch-patches.yml: four waves with triggers of their own; alerts are pushed by the team's Alertmanager. */
import { expect, onTestFinished, test } from 'vitest';
import { createPrograms } from '../support/programs-folder.js';
import { HOOKS, WHO } from '../support/scene.js';
import { MINUTE, openRunbook } from './on-a-runbook.js';
import type { Room } from './room.js';

const script = (does: string) => `#!/bin/sh
[ "$1" = batch-patches-v1 ] && [ -n "$FLAG_SERVICE_TOKEN" ] || exit 77
flag="$(dirname "$0")/flag"
${does}
`;

async function push(room: Room, labels: Readonly<Record<string, string>>): Promise<void> {
  const alert = {
    status: 'firing',
    labels,
    annotations: {},
    fingerprint: labels.alertname,
    startsAt: '2026-03-01T10:00:00Z',
  };
  const answer = await fetch(`http://127.0.0.1:${room.app.port}/hooks/alertmanager`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${HOOKS.token}` },
    body: JSON.stringify({ version: '4', alerts: [{ ...alert, endsAt: '0001-01-01T00:00:00Z' }] }),
  });
  expect(answer.status, await answer.text()).toBe(200);
}

async function batchPatches(withoutItems = false) {
  const programs = await createPrograms({
    'set-feature-flag.sh': script('echo "$2" >"$flag"'),
    'disable-feature-flag.sh': script('echo off >"$flag"'),
    'read-feature-flag.sh': script('if [ -f "$flag" ]; then cat "$flag"; else echo off; fi'),
  });
  onTestFinished(() => programs.close());
  const runbook = await openRunbook({
    name: 'batch-patches',
    withoutItems,
    variables: ({ url }) => ({ PROMETHEUS_URL: url, FLAG_SERVICE_URL: url, FLAG_SERVICE_TOKEN: 'token-of-the-flags' }),
    groups: {
      product: [WHO.otto],
      support: [WHO.otto],
      security: [WHO.lou],
      legal: [WHO.lou],
      'engineering-lead': [WHO.lou],
      operations: [WHO.oscar],
      devops: [WHO.oscar],
      'on-call': [WHO.oscar],
      'incident-commander': [WHO.lea],
      'engineering-manager': [WHO.lea],
    },
    folders: { '/opt/deploy_tools': programs.path },
    healthy: {
      'error-rate': 1,
      'success-rate': 99,
      p95: 320,
      p99: 410,
      memory: 120,
      cpu: 0.5,
      invariants: 0,
    },
    everyMinute: (room) => push(room, { alertname: 'Watchdog' }),
  });
  await runbook.start({ escalations: 0 });
  await runbook.approve(WHO.otto, WHO.lou, WHO.oscar);
  return { ...runbook, flag: () => programs.read('flag') };
}

test('10 % of internal accounts, 25 % of the beta group, 50 and 100 % of everybody', async () => {
  const { room, bake, advance, approve, doAll, everyItemIsRecorded, flag, words } = await batchPatches();
  expect(await flag()).toBe('10');
  await bake();
  // No alert, few errors, quick enough; but what the commander says of alarms and team is a criterion too.
  await doAll(WHO.otto, WHO.lou, WHO.oscar);
  await room.ask(WHO.opal, 'advance');
  const refused = await room.press(WHO.lea, 'rollout_approve');
  expect(refused).toContain('Something that is to be done before is not done');
  expect(refused).toContain('All ALARM tests pass');
  expect([await room.phase(), await flag()]).toEqual(['awaiting_approval', '10']);
  await doAll();
  await approve(WHO.lea);
  expect(await flag()).toBe('25');
  await bake();
  await advance(WHO.lea);
  await bake();
  await advance(WHO.lea);
  await bake();
  expect([await room.phase(), await flag()]).toEqual(['completed', '100']);
  await everyItemIsRecorded('before', 'exit', 'after');
  expect(words()).toContain('10 % of internal and staging accounts');
  expect(words()).toContain('25 % of the beta group');
});

test('wave 1: errors over 10 % are waited for, five minutes long', async () => {
  const { room, say, minutes, flag, falls } = await batchPatches(true);
  say({ 'error-rate': 12, 'success-rate': 88 });
  await minutes(5);
  expect([await room.phase(), await flag()]).toEqual(['baking', '10']);
  await falls(2 * MINUTE);
  expect(await flag()).toBe('off');
});

test('wave 1: a CRITICAL alert waits for nothing', async () => {
  const { room, flag, falls, everyItemIsRecorded } = await batchPatches();
  await push(room, { alertname: 'BatchPatchesLoseData', service: 'batch-patches', severity: 'critical' });
  await falls(20_000);
  expect(await flag()).toBe('off');
  // Those of the full rollback as well, each by its name.
  await everyItemIsRecorded('after_rollback');
});

test('wave 2 is compared with wave 1, wave 3 acts at once', async () => {
  const { room, bake, advance, say, minutes, flag, report } = await batchPatches(true);
  say({ 'error-rate': 2 });
  await bake();
  await advance(WHO.lea);
  await minutes(1);
  // Over the warning of 5 %, but less than five points over wave 1's own mean.
  say({ 'error-rate': 6.5 });
  await minutes(3);
  expect([await room.phase(), await flag()]).toEqual(['baking', '25']);
  // It is a warning all the same, and 48 hours without issues begin again.
  expect(await room.events()).toContain('bake_restarted');
  say({ 'error-rate': 1.5 });
  await bake();
  await advance(WHO.lea);
  await report({ escalations: 5 });
  await minutes(2);
  expect([await room.phase(), await flag()]).toEqual(['baking', '50']);
  say({ 'error-rate': 10.5 });
  await room.pass(80_000, 10_000);
  expect([await room.phase(), await flag()]).toEqual(['rolled_back', 'off']);
});

test('wave 2: five points over wave 1 are too many, though the table calls them a warning', async () => {
  const { bake, advance, say, flag, falls } = await batchPatches(true);
  await bake();
  await advance(WHO.lea);
  say({ 'error-rate': 6.1 });
  await falls(2 * MINUTE);
  expect(await flag()).toBe('off');
});
