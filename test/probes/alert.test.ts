import { describe, expect, test } from 'vitest';
import { createProbe } from '../../src/adapters/probes.js';
import { createAlertProbe, type PushedAlertsHeard, type ReadAlerts } from '../../src/probes/alert.js';
import type { PushedAlertMatch } from '../../src/rollout/plan/plan.js';
import { FAULTS, type Fault, testProbe } from '../contracts/probe-contract.js';

const patient = new AbortController().signal;
const MATCH = { service: 'checkout' };
const HEARTBEAT = { match: { alertname: 'Watchdog' }, withinMs: 600_000 };
const SECRET = 'postgres://bot:secret@db/rollout';

const OWN = ['gone', 'without the value', 'a number beyond all bounds'];
const FOREIGN = (Object.keys(FAULTS) as Fault[]).filter((fault) => !OWN.includes(fault));

// What is kept has no JSON and no status: it counts, or it does not answer.
testProbe(
  'alert',
  async (timeoutMs) => {
    /** What fires, and whether the heartbeat comes. */
    let said: () => Promise<number> = async () => 0;
    let beats = false;
    let hangs = false;
    const read: ReadAlerts = async (_source, match) => {
      if (match === HEARTBEAT.match) return { firing: beats ? 1 : 0, lastMs: beats ? 0 : null, leftOut: 0 };
      if (!hangs) return { firing: await said(), lastMs: 0, leftOut: 0 };
      hangs = false;
      return new Promise<never>(() => {});
    };
    return {
      probe: createAlertProbe({ source: 'alertmanager', match: MATCH, heartbeat: HEARTBEAT, timeoutMs }, read),
      secret: SECRET,
      answer(next) {
        beats = 'number' in next;
        if ('number' in next) said = async () => next.number;
        else if (next.fault === 'gone') said = () => Promise.reject(new Error(`connect ${SECRET}`));
        else said = async () => (next.fault === 'without the value' ? 0 : Number.POSITIVE_INFINITY);
      },
      hangNext() {
        hangs = true;
      },
      close: async () => {},
    };
  },
  FOREIGN,
);

/** Alerts by their one label: how many fire, how long ago they were told. */
function kept(alerts: Readonly<Record<string, PushedAlertsHeard>>): ReadAlerts {
  return async (_source, match: PushedAlertMatch) =>
    alerts[Object.values(match)[0] ?? ''] ?? { firing: 0, lastMs: null, leftOut: 0 };
}

const quiet = (read: ReadAlerts | undefined) => createAlertProbe({ source: 'alertmanager', match: MATCH }, read);
const beaten = (read: ReadAlerts) =>
  createAlertProbe({ source: 'alertmanager', match: MATCH, heartbeat: HEARTBEAT }, read);

describe('quiet: pass', () => {
  test('counts what fires, and nothing is 0', async () => {
    expect(await quiet(kept({ checkout: { firing: 2, lastMs: 9e9, leftOut: 0 } })).measure(patient)).toMatchObject({
      value: 2,
    });
    expect(await quiet(kept({})).measure(patient)).toMatchObject({ value: 0 });
  });

  test('asks for its own source and labels', async () => {
    const asked: unknown[] = [];
    const read: ReadAlerts = async (...question) => {
      asked.push(question);
      return { firing: 0, lastMs: null, leftOut: 0 };
    };
    await createProbe(
      { kind: 'alert', source: 'sentry', match: MATCH },
      { fill: (value) => value, network: {}, alerts: read },
    ).measure(patient);
    expect(asked).toEqual([['sentry', MATCH]]);
  });
});

describe('alerts that were left out', () => {
  const cut = (firing: number) => kept({ checkout: { firing, lastMs: 0, leftOut: 7 } });

  test('may match: that none fires is not known', async () => {
    const reading = { unknown: 'no_value', detail: 'alertmanager left out 7 alerts (max_alerts)' };
    expect(await quiet(cut(0)).measure(patient)).toMatchObject(reading);
    const Watchdog = { firing: 1, lastMs: 0, leftOut: 0 };
    const both = kept({ checkout: { firing: 0, lastMs: null, leftOut: 7 }, Watchdog });
    expect(await beaten(both).measure(patient)).toMatchObject(reading);
  });

  test('hide none of those that are known', async () => {
    expect(await quiet(cut(1)).measure(patient)).toMatchObject({ value: 1 });
  });

  test('of the heartbeat’s group do not matter', async () => {
    const read = kept({ Watchdog: { firing: 1, lastMs: 0, leftOut: 7 } });
    expect(await beaten(read).measure(patient)).toMatchObject({ value: 0 });
  });
});

describe('heartbeat', () => {
  test.each([
    ['came in time', { firing: 1, lastMs: 600_000, leftOut: 0 }, { value: 0 }],
    [
      'came too long ago',
      { firing: 1, lastMs: 600_001, leftOut: 0 },
      { unknown: 'no_value', detail: 'no heartbeat from alertmanager' },
    ],
    ['never came, or is over', { firing: 0, lastMs: null, leftOut: 0 }, { unknown: 'no_value' }],
  ])('nothing fires and the heartbeat %s', async (_name, Watchdog, reading) => {
    expect(await beaten(kept({ Watchdog })).measure(patient)).toMatchObject(reading);
  });

  test('what is known to fire counts, however silent its source is now', async () => {
    expect(await beaten(kept({ checkout: { firing: 1, lastMs: 9e9, leftOut: 0 } })).measure(patient)).toMatchObject({
      value: 1,
    });
  });
});

test('where no alerts are kept nothing is known', async () => {
  expect(await quiet(undefined).measure(patient)).toMatchObject({ unknown: 'internal' });
});

test('where the hook is off nobody could tell of an alert: quiet is unknown, one that is known still counts', async () => {
  const heard =
    (firing: number): ReadAlerts =>
    async () => ({ firing, lastMs: 0, leftOut: 0, off: 'HOOKS_TOKEN' });
  const options = { source: 'alertmanager', match: MATCH, quiet: 'pass' } as const;
  expect(await createAlertProbe(options, heard(0)).measure(patient)).toMatchObject({
    unknown: 'no_value',
    detail: 'nobody can push alerts of alertmanager: HOOKS_TOKEN is not set',
  });
  expect(await createAlertProbe(options, heard(2)).measure(patient)).toMatchObject({ value: 2 });
});
