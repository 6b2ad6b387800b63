/** The alert rules speak of numbers that the bot shows, and the page about them of every rule. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { createGauges } from '../../src/http/gauges.js';
import { prometheusText } from '../../src/http/metrics.js';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string };
}

const { groups } = parse(readFileSync('deploy/alerts.yml', 'utf8')) as { groups: { rules: Rule[] }[] };
const rules = groups.flatMap((group) => group.rules);
const page = readFileSync('docs/how-to/monitor.md', 'utf8');
const reference = readFileSync('docs/reference/http.md', 'utf8');

const use = { size: 4, open: 1, waiting: 2 };
const gauges = createGauges({
  workload: async () => ({
    active: 1,
    checksDue: 2,
    checksLate: 3,
    lowerings: 4,
    loweringAge: 5,
    incidents: 6,
    incidentAge: 7,
    nextDue: 8,
  }),
  pools: () => ({ urgent: use, background: use, requests: use, upkeep: use }),
  correctionMs: () => 1_500,
});
/** The ages of the tick are added where `/metrics` is answered. */
const shown = async () => [
  'rollout_tick_age_seconds',
  'rollout_timer_age_seconds',
  ...(await gauges()).map(({ name }) => name),
];

test.each(rules.map((rule) => [rule.alert, rule] as const))('%s reads what is shown', async (_name, { expr }) => {
  const names = expr.match(/rollout_[a-z_]+/g) ?? [];
  expect(names.length).toBeGreaterThan(0);
  const known = await shown();
  for (const name of names) expect(known).toContain(name);
});

test.each(rules.map((rule) => [rule.alert, rule] as const))('%s says how bad it is, and what to do', (name, rule) => {
  expect(['critical', 'warning']).toContain(rule.labels.severity);
  expect(rule.annotations.summary).toMatch(/\.$/);
  expect(page).toContain(`| \`${name}\` |`);
});

test('the page has no rule that is not there', () => {
  const told = [...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
  expect(told).toEqual(rules.map(({ alert }) => alert));
});

test('the reference has every number', async () => {
  for (const name of await shown()) expect(reference).toMatch(new RegExp(`^\\| \`${name}[\`{]`, 'm'));
});

test('numbers of one name stand together, with what they mean once', async () => {
  const text = prometheusText(await gauges());
  expect(text).toContain(
    '# HELP rollout_database_waiting Statements that wait for a connection, by purpose.\n# TYPE rollout_database_waiting gauge\n' +
      'rollout_database_waiting{purpose="urgent"} 2\nrollout_database_waiting{purpose="background"} 2\n' +
      'rollout_database_waiting{purpose="requests"} 2\nrollout_database_waiting{purpose="upkeep"} 2\n',
  );
  expect(text).toContain('\nrollout_clock_correction_seconds 1.5\n');
});

test('with the database away it is said so, and the rest is left out', async () => {
  const away = createGauges({
    workload: () => Promise.reject(new Error('away')),
    pools: () => ({ urgent: use, background: use, requests: use, upkeep: use }),
    correctionMs: () => null,
  });
  const names = (await away()).filter(({ value }) => value !== null).map(({ name }) => name);
  expect(new Set(names)).toEqual(
    new Set(['rollout_database_up', 'rollout_database_connections', 'rollout_database_waiting']),
  );
});
