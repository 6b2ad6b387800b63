import { expect, test } from 'vitest';
import type { FiringAlert } from '../../src/rollout/plan/firing-alert.js';
import { PUSHED_ALERT_SOURCES } from '../../src/rollout/plan/plan.js';
import { renderAlerts } from '../../src/slack/words/messages/index.js';
import { NOW, PLAN } from '../support/rollouts.js';
import { readable, told } from './readable.js';

const since = new Date(NOW.getTime() - 600_000);
const time = (at: Date) => `${at.toISOString().slice(11, 16)} UTC`;

const ERRORS: FiringAlert = {
  source: 'alertmanager',
  title: 'Checkout is on fire',
  url: 'https://prometheus.example.com/g',
  leftOut: 0,
  labels: { severity: 'critical', service: 'checkout' },
  since,
  lastSeenAt: NOW,
  readBy: [{ plan: 'new-checkout', run: 3, check: 'Critical alerts', heartbeat: false }],
};

function said(firing: readonly FiringAlert[], more: Partial<Parameters<typeof renderAlerts>[0]> = {}): string {
  return readable(
    renderAlerts({ firing, total: firing.length, hooks: PUSHED_ALERT_SOURCES, plans: [], now: NOW, ...more }),
  );
}

const PUSHED = 'Pushed to me by Alertmanager, Sentry, other senders; what they do not push I do not know';

test('an alert that is read, and one that nothing reads', () => {
  const other = { ...ERRORS, source: 'alert', title: '', url: null, labels: {}, readBy: [], leftOut: 2 } as const;
  expect(said([ERRORS, other])).toBe(
    told(
      '*2 alerts firing*',
      `● *<https://prometheus.example.com/g|Checkout is on fire>* · alertmanager · since ${time(since)}, last told ${time(NOW)}`,
      '`service=checkout, severity=critical`',
      'Read by `new-checkout#3` Critical alerts',
      `● *an alert without a title* · alert · since ${time(since)}, last told ${time(NOW)} · 2 more of its group were not sent`,
      'Matches no check of any rollout or plan',
      PUSHED,
    ),
  );
});

test('while no rollout runs, it says which plans have a check that matches', () => {
  const probe = (more: object) =>
    ({ kind: 'alert', source: 'alertmanager', match: { service: 'checkout' }, ...more }) as const;
  const check = (title: string, more: object = {}) => ({ name: 'c', title, unit: '', probe: probe(more) }) as const;
  const beat = { match: { service: 'none' }, heartbeat: { match: { severity: 'critical' }, withinMs: 60_000 } };
  const plans = [
    {
      ...PLAN,
      checks: [
        check('Pages'),
        check('Other', { match: { service: 'cart' } }),
        check('Sentry', { source: 'sentry' }),
        check('Alive', beat),
      ],
    },
  ];
  expect(said([{ ...ERRORS, readBy: [] }], { plans })).toContain(
    'Read by no rollout now; it matches Pages of plan `new-checkout`, Alive of plan `new-checkout` (heartbeat)',
  );
  expect(said([{ ...ERRORS, labels: { constructor: 'x' }, readBy: [] }], { plans })).toContain(
    'Matches no check of any',
  );
});

test('a heartbeat is told from an alert', () => {
  const beat = { plan: 'new-checkout', run: 3, check: 'Critical alerts', heartbeat: true };
  expect(said([{ ...ERRORS, readBy: [beat] }])).toContain('Read by `new-checkout#3` Critical alerts (heartbeat)');
});

test('none', () => {
  expect(said([])).toBe(told('*No alert is firing*', PUSHED));
});

test('hooks that are off: how they are turned on', () => {
  expect(said([], { hooks: [] })).toBe(
    told(
      '*No alert is firing*',
      'Hooks are off: nobody can push alerts to me. Who runs me turns them on with `HOOKS_TOKEN` or, for Sentry, `SENTRY_CLIENT_SECRET`',
    ),
  );
});

test('more than there is room for are counted', () => {
  const shown = said(
    Array.from({ length: 50 }, () => ERRORS),
    { total: 10_000 },
  );
  expect(shown).toMatch(/^\*10000 alerts firing\*/);
  expect(shown).toMatch(/\nand 9,?9\d\d more\n/);
});
