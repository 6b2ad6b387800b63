/** Reading a plan is quick enough to be done at every start and every keystroke, also the largest one a team could write. */
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { parsePlan } from '../../src/plans/read/parse.js';

const MOST_MS = 200;
const TIMES = 11;
const numbered = <T>(count: number, make: (no: number) => T) =>
  Array.from({ length: count }, (_, index) => make(index + 1));

function largestPlan(): string {
  return stringify({
    plan: 'largest',
    title: 'The largest plan',
    channel: '#shop',
    timezone: 'Europe/Berlin',
    contact: ['role-1'],
    people: Object.fromEntries([
      ['operators', ['@release-team']],
      ...numbered(20, (no) => [`role-${no}`, [`@group-${no}`, `person-${no}@example.com`, `U0000${no}`]] as const),
    ]),
    targets: Object.fromEntries(
      numbered(12, (no) => [
        `target-${no}`,
        {
          kind: 'postgres',
          url: `\${FLAGS_${no}}`,
          table: 'feature_flags',
          rows: { name: [`FLAG_A_${no}`, `FLAG_B_${no}`] },
          columns: { exposure: 'rollout_percentage', enabled: 'enabled' },
        },
      ]),
    ),
    checks: Object.fromEntries(
      numbered(100, (no) => [
        `check-${no}`,
        {
          title: `Check ${no}`,
          unit: '%',
          warning: { above: no },
          critical: { above: no * 2 },
          probe: {
            kind: 'http',
            url: `\${METRICS}/x/${no}`,
            value: `data[${no}].value`,
            headers: { Authorization: `Bearer \${TOKEN}` },
          },
        },
      ]),
    ),
    stages: numbered(50, (no) => ({
      stage: `step-${no}`,
      title: `Step ${no}`,
      exposure: no * 2,
      bake: '24h',
      check_every: '1m',
      approve: no % 2 === 0 ? [`role-${(no % 20) + 1}`] : { any: 2, of: [`role-${(no % 20) + 1}`, 'operators'] },
    })),
    rollback: { to: 'off', within: '1m' },
  });
}

/** As many items as a plan may have, each of them needing the one before it. */
function longestLists(): string {
  const item = (no: number) => ({
    test: `GF-${no} A flow of the product that somebody tries`,
    ...(no % 3 === 0 && { as: 'a clerk', how: 'First this.\nThen that.', expect: 'It is shown.' }),
    by: no % 2 === 0 ? 'leads' : ['leads', 'operators'],
    ...(no > 1 && { needs: [`gf-${no - 1}-a-flow-of-the-product-that-somebody-tries`] }),
  });
  const flows = numbered(140, item);
  return stringify({
    plan: 'longest',
    title: 'The longest lists',
    channel: '#shop',
    people: { operators: ['@release-team'], leads: numbered(50, (no) => `person-${no}@example.com`) },
    targets: { flag: { kind: 'memory', name: 'flag' } },
    checks: { errors: { probe: { kind: 'memory', name: 'errors' }, critical: { above: 5 } } },
    every_stage: { exit: numbered(5, (no) => `Look at dashboard ${no}`) },
    stages: numbered(4, (no) => ({
      stage: `step-${no}`,
      exposure: no * 25,
      bake: '24h',
      ...(no === 4 && {
        exit: [
          { group: 'Golden flows', items: flows },
          { do: 'Go', needs: ['golden-flows'] },
        ],
      }),
    })),
    after: numbered(139, item),
    rollback: { to: 'off' },
  });
}

test.each([
  ['50 stages, 100 checks and 12 targets', 'largest', largestPlan()],
  ['300 items', 'longest', longestLists()],
])('%s are read and judged in less than 200 ms', (_, name, text) => {
  const took = numbered(TIMES, () => {
    // Of the processor, not by the clock: on a busy machine the rest is others' work.
    const before = process.cpuUsage();
    const result = parsePlan(text, { file: `plans/${name}.yml` });
    const { user, system } = process.cpuUsage(before);
    expect(result).toMatchObject({ ok: true });
    return (user + system) / 1_000;
  }).sort((a, b) => a - b);
  const median = took[Math.floor(TIMES / 2)] ?? Number.POSITIVE_INFINITY;
  const words = took.map((ms) => ms.toFixed(0)).join(', ');
  console.info(
    `A plan of ${Math.round(text.length / 1024)} KB: ${median.toFixed(1)} ms of processor (median of ${words})`,
  );
  expect(median).toBeLessThan(MOST_MS);
});
