/** The alert rules, as Prometheus itself reads them. */
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

const promtool = spawnSync('promtool', ['--version']);

test.skipIf(promtool.error !== undefined)('promtool takes the alert rules', () => {
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'rules', 'deploy/alerts.yml'], {
    encoding: 'utf8',
  });
  expect(`${stdout}${stderr}`).toContain('SUCCESS');
  expect(status).toBe(0);
});
