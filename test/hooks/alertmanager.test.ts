import { describe, expect, test } from 'vitest';
import { readAlertmanager } from '../../src/hooks/alertmanager.js';
import { eachOnce } from '../../src/hooks/told.js';
import { growth, LINEAR } from '../support/growth.js';

const ZERO = '0001-01-01T00:00:00Z';

function alert(changes: object = {}) {
  return {
    status: 'firing',
    labels: { alertname: 'HighErrors', service: 'checkout', severity: 'critical' },
    annotations: { summary: 'Errors are high', description: 'much longer' },
    startsAt: '2026-03-01T10:00:00.123456789Z',
    endsAt: ZERO,
    generatorURL: 'http://prometheus:9090/graph?g0.expr=up',
    fingerprint: '1a30ba71cca2921f',
    ...changes,
  };
}

function group(alerts: unknown, changes: object = {}) {
  return {
    version: '4',
    status: 'firing',
    receiver: 'bot',
    groupKey: '{}/{severity="critical"}:{service="checkout"}',
    groupLabels: { service: 'checkout' },
    externalURL: 'http://am:9093',
    truncatedAlerts: 0,
    alerts,
    ...changes,
  };
}

const read = (alerts: unknown, changes: object = {}) => {
  const told = readAlertmanager(JSON.parse(JSON.stringify(group(alerts, changes))));
  if (!told) throw new Error('not understood');
  return told;
};
const one = (changes: object = {}) => read([alert(changes)]).alerts[0];

describe('a group of alerts', () => {
  test('that fire', () => {
    expect(read([alert()])).toEqual({
      alerts: [
        {
          fingerprint: '1a30ba71cca2921f',
          firing: true,
          labels: { alertname: 'HighErrors', service: 'checkout', severity: 'critical' },
          title: 'Errors are high',
          url: 'http://prometheus:9090/graph?g0.expr=up',
          startsAt: new Date('2026-03-01T10:00:00.123Z'),
          endsAt: null,
        },
      ],
      refused: [],
      leftOut: 0,
      group: { name: expect.stringMatching(/^[0-9a-f]{64}$/), labels: { service: 'checkout' } },
    });
  });

  test('are one group by their key and their receiver', () => {
    const name = (changes: object = {}) => read([alert()], changes).group?.name;
    expect(name({ alerts: [], truncatedAlerts: 9, status: 'resolved' })).toBe(name());
    expect(name({ groupKey: '{}/{severity="critical"}:{service="search"}' })).not.toBe(name());
    expect(name({ receiver: 'another' })).not.toBe(name());
    const none = { groupKey: undefined };
    expect(name({ ...none, groupLabels: { service: 'search' } })).not.toBe(name(none));
  });

  test('that are over have an end', () => {
    const over = one({ status: 'resolved', endsAt: '2026-03-01T12:05:00+02:00' });
    expect(over).toMatchObject({ firing: false, endsAt: new Date('2026-03-01T10:05:00Z') });
  });

  test('of both kinds, each by its own status and not by the group’s', () => {
    const { alerts } = read([alert({ fingerprint: 'a' }), alert({ fingerprint: 'b', status: 'resolved' })], {
      status: 'firing',
    });
    expect(alerts.map(({ firing }) => firing)).toEqual([true, false]);
  });

  test('one that is there twice is one, as its later episode says', () => {
    const { alerts } = read([
      alert({ status: 'firing', startsAt: '2026-03-01T11:00:00Z' }),
      alert({ status: 'resolved', startsAt: '2026-03-01T10:00:00Z' }),
    ]);
    expect(alerts).toMatchObject([{ firing: true }]);
  });

  test('some of which were left out', () => {
    expect(read([alert()], { truncatedAlerts: 7 }).leftOut).toBe(7);
    for (const truncatedAlerts of [-1, 'many', null, 1.5]) expect(read([alert()], { truncatedAlerts }).leftOut).toBe(0);
  });

  test('without fingerprints are told apart by their labels, in any order', () => {
    const none = { fingerprint: undefined };
    const labels = { a: '1', b: '2' };
    const first = one({ ...none, labels })?.fingerprint;
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(one({ ...none, labels: { b: '2', a: '1' } })?.fingerprint).toBe(first);
    expect(one({ ...none, labels: { a: '12', b: '' } })?.fingerprint).not.toBe(first);
  });
});

describe('titles and links', () => {
  test.each([
    [{ annotations: { title: 'As Grafana says it' } }, 'As Grafana says it'],
    [{ annotations: {} }, 'HighErrors'],
    [{ annotations: 'none', labels: {} }, ''],
    [{ annotations: { summary: ' two\n lines ' } }, 'two lines'],
    [{ annotations: { summary: { of: 'another type' } } }, 'HighErrors'],
  ])('%j', (changes, title) => {
    expect(one(changes)?.title).toBe(title);
  });

  test.each([
    ['javascript:alert(1)', 'http://am:9093/'],
    ['no address', 'http://am:9093/'],
    [undefined, 'http://am:9093/'],
    [`http://a/${'x'.repeat(2_000)}`, 'http://am:9093/'],
    ['http://a/\u0000<b>', 'http://a/%00%3Cb%3E'],
  ])('an address %j', (generatorURL, url) => {
    expect(one({ generatorURL })?.url).toBe(url);
  });
});

describe('what others might send', () => {
  test.each([null, 5, 'alerts', [], {}, { alerts: {} }, { alerts: null }])('%j is no such body', (body) => {
    expect(readAlertmanager(body)).toBeNull();
  });

  test('what cannot be read is named by its place and does not stand in the way of the rest', () => {
    const { alerts, refused } = read([null, 5, alert({ status: 'suppressed' }), alert({ labels: ['a'] }), alert(), []]);
    expect(alerts).toHaveLength(1);
    expect(refused).toEqual([
      'alerts[0]: expected an object',
      'alerts[1]: expected an object',
      'alerts[2]: expected the status firing or resolved',
      'alerts[3]: expected labels',
      'alerts[5]: expected an object',
    ]);
  });

  test.each(['yesterday', '', 5, null, {}, '9999-99-99', '+275760-09-13T00:00:00Z', ZERO])(
    'the date %j is none',
    (date) => {
      expect(one({ startsAt: date, endsAt: date })).toMatchObject({ firing: true, startsAt: null, endsAt: null });
    },
  );

  test('labels of other types: numbers and yes or no as they are written, the rest is left out', () => {
    expect(one({ labels: { a: 1, b: true, c: null, d: {}, e: ['x'], f: 'text' } })?.labels).toEqual({
      a: '1',
      b: 'true',
      f: 'text',
    });
  });

  test('enormous labels are cut; no plan can ask for more of them', () => {
    const labels = one({ labels: { alertname: 'x'.repeat(100_000), ['n'.repeat(5_000)]: 'v' } })?.labels ?? {};
    expect(Object.values(labels).map((value) => value.length)).toEqual([1_000, 1]);
    expect(Object.keys(labels).map((name) => name.length)).toEqual([9, 1_000]);
  });

  test('keys of a prototype are labels like any others', () => {
    const body = JSON.parse(
      JSON.stringify(group([alert({ labels: 0 })])).replace(
        '"labels":0',
        '"labels":{"__proto__":"a","constructor":"b"}',
      ),
    );
    const labels = readAlertmanager(body)?.alerts[0]?.labels ?? {};
    expect(Object.entries(labels)).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ]);
    expect(Object.getPrototypeOf(labels)).toBe(Object.prototype);
    expect(Reflect.get({}, 'a')).toBeUndefined();
  });

  test('characters a database cannot hold are replaced', () => {
    expect(one({ labels: { a: 'x\u0000y', b: '\ud800' } })?.labels).toEqual({ a: 'x\ufffdy', b: '\ufffd' });
    expect(one({ annotations: { summary: 'a\u0000' } })?.title).toBe('a\ufffd');
  });

  test.each(['', ' ', 'ü', 'x'.repeat(201), {}, null])('the fingerprint %j is not taken as it is', (fingerprint) => {
    expect(one({ fingerprint })?.fingerprint).toMatch(/^[0-9a-f]{64}$/);
  });

  test('10,000 alerts at once', () => {
    const readMany = (count: number) => {
      const many = Array.from({ length: count }, (_, i) => alert({ fingerprint: `f${i % (count / 2)}` }));
      expect(read(many).alerts).toHaveLength(count / 2);
    };
    expect(growth(10_000, readMany)).toBeLessThan(LINEAR);
    // Among all that is done for each alert, looking for the same one would not be seen.
    const told = read([alert()]).alerts[0];
    if (!told) throw new Error('not understood');
    const once = (count: number) =>
      eachOnce(Array.from({ length: count }, (_, i) => ({ ...told, fingerprint: `f${i}` })));
    expect(growth(20_000, once)).toBeLessThan(LINEAR);
  });
});
