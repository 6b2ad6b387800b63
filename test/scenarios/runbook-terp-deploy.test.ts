/** examples/terp-deploy.yml: measure, deploy by hand in maintenance, let people in by approval, watch; back when it is worse. */
import { expect, onTestFinished, test } from 'vitest';
import { createPrograms } from '../support/programs-folder.js';
import { WHO } from '../support/scene.js';
import { startJsonServer } from '../web/json-server.js';
import { MINUTE, openRunbook } from './on-a-runbook.js';

/** What the plan says of the team's program; the platform and the admin API are two files and a list of what was asked. */
const RELEASE = `#!/bin/sh
cd "$(dirname "$0")" && [ -n "$TERP_ADMIN_TOKEN" ] && [ -n "$TERP_ADMIN_URL" ] || exit 77
[ -f running ] && [ "$(cat running)" = new ] && new=yes || new=no
case "$1" in
state) if [ $new = yes ] && [ ! -f maintenance ]; then echo on; else echo off; fi ;;
live) if [ $new = yes ]; then rm -f maintenance; echo "maintenance off" >>asked; fi ;;
back) if [ $new = yes ]; then echo old >running; echo "railway rollback" >>asked; fi ;;
esac
`;

const PNPM = `#!/bin/sh
[ -n "$TERP_DATABASE_URL" ] && [ -f maintenance ] && echo "pnpm $*" >>ran
`;
const RAILWAY = `#!/bin/sh
[ -n "$RAILWAY_TOKEN" ] && echo "railway $*" >>ran && echo new >running
`;

async function terp() {
  const programs = await createPrograms({ release: RELEASE, pnpm: PNPM, railway: RAILWAY });
  const admin = await startJsonServer();
  onTestFinished(() => admin.close());
  admin.answerWith((request, response) => {
    const isOn = request.method === 'POST' && request.url === '/maintenance/enable';
    if (isOn && request.headers.authorization !== 'Bearer token-of-the-admin')
      return void response.writeHead(401).end();
    void (isOn ? programs.write('maintenance', 'on') : Promise.resolve()).then(() => response.writeHead(200).end('{}'));
  });
  onTestFinished(() => programs.close());
  const runbook = await openRunbook({
    name: 'terp-deploy',
    variables: ({ url }) => ({
      PROMETHEUS_URL: url,
      TERP_ADMIN_URL: `http://127.0.0.1:${admin.port}`,
      TERP_URL: `http://127.0.0.1:${admin.port}`,
      TERP_ADMIN_TOKEN: 'token-of-the-admin',
      TERP_DATABASE_URL: 'postgres://terp',
      RAILWAY_TOKEN: 'token-of-the-platform',
    }),
    groups: { 'technical-lead': [WHO.lea], 'database-admin': [WHO.lou], 'on-call': [WHO.oscar] },
    folders: { '/opt/terp': programs.path, '/srv/terp': programs.path },
    programs: { pnpm: `${programs.path}/pnpm`, railway: `${programs.path}/railway` },
    healthy: { 'error-rate': 0.4, p95: 300 },
  });
  await runbook.start();
  expect(await runbook.room.phase()).toBe('awaiting_approval');
  // The rehearsal did nothing to the release that runs.
  expect(await programs.read('asked')).toBe('');
  // Maintenance on, migrate, deploy, smoke tests: before they are done nobody approves, and nothing begins before it is announced.
  expect(await runbook.room.press(WHO.lea, 'rollout_approve')).toContain(
    'Something that is to be done before is not done',
  );
  await runbook.minutes(3);
  expect(admin.requests).toEqual([]);
  await runbook.doAll();
  // Each once, in the order of the document.
  expect(admin.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
    'POST /maintenance/enable',
    'GET /health',
  ]);
  expect(await programs.read('ran')).toBe(
    'pnpm db:push\npnpm validate:schema\nrailway deploy --environment production',
  );
  expect(await programs.read('asked')).toBe('');
  await runbook.approve(WHO.lea, WHO.lou);
  expect(await programs.read('maintenance')).toBe('');
  return { ...runbook, asked: async () => (await programs.read('asked')).split('\n') };
}

test('maintenance ends when the lead and the DBA have approved, and a day without trouble completes it', async () => {
  const { room, bake, say, words, asked, everyItemIsRecorded } = await terp();
  say({ 'error-rate': 5.3, p95: 449 });
  await bake();
  expect(await room.phase()).toBe('completed');
  // "At or below baseline" is told, and no more.
  expect(words()).toContain('Error rate 5.3');
  expect(await asked()).toEqual(['maintenance off']);
  await everyItemIsRecorded('before', 'exit');
});

test.each([
  ['errors more than five points over the baseline', { 'error-rate': 5.5 }],
  ['half as slow again', { p95: 451 }],
])('%s: the platform goes back to the release before', async (_, numbers) => {
  const { say, falls, asked, everyItemIsRecorded } = await terp();
  say(numbers);
  await falls(2 * MINUTE);
  expect(await asked()).toEqual(['maintenance off', 'railway rollback']);
  await everyItemIsRecorded('after_rollback');
});
