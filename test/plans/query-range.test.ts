import { describe, expect, test } from 'vitest';
import { promRange, sqlRange } from '../../src/plans/values/query-range.js';
import { growth, LINEAR } from '../support/growth.js';
import { parseChanged } from './build-plan.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

describe('how far back PromQL looks', () => {
  test.each<[string, number | undefined]>([
    ['100 * sum(rate(errors_total[5m])) / sum(rate(requests_total[5m]))', 5 * MINUTE],
    ['sum(rate(errors_total[1m])) / sum(rate(requests_total[5m]))', 5 * MINUTE],
    ['increase(errors_total[1h30m])', 90 * MINUTE],
    ['increase(errors_total[ 2m ])', 2 * MINUTE],
    ['rate(errors_total[90s])', 90 * SECOND],
    ['rate(errors_total[1500ms])', 1.5 * SECOND],
    ['rate(errors_total[300])', 5 * MINUTE],
    ['increase(errors_total[1d])', 24 * HOUR],
    ['increase(errors_total[1w])', 7 * 24 * HOUR],
    ['max_over_time(rate(errors_total[1m])[30m:1m])', 30 * MINUTE],
    ['max_over_time(up[1h:])', HOUR],
    ['rate(errors_total[5m] offset 1d)', 5 * MINUTE],
    ['rate(errors_total{path="[9h]"}[1m])', MINUTE],
    ["rate(errors_total{path=~'[0-9]'}[1m])", MINUTE],
    ['rate(errors_total{path=~`[7d]`}[1m]) # not [2h]', MINUTE],
    ['rate(errors_total{path="a\\"[9h]"}[1m])', MINUTE],
    ['sum(process_resident_memory_bytes)', undefined],
    ['job:errors:rate5m', undefined],
    ['rate(errors_total[$__rate_interval])', undefined],
    ['errors{path="[5m]"}', undefined],
    ['rate(errors_total[0s])', undefined],
    ['rate(errors_total[', undefined],
  ])('%s', (query, range) => {
    expect(promRange(query)).toBe(range);
  });
});

describe('how far back SQL looks', () => {
  test.each<[string, number | undefined]>([
    ["select count(*) from orders where at > now() - interval '5 minutes'", 5 * MINUTE],
    ["select count(*) from orders where at > now() - '1 hour'::interval", HOUR],
    ["select count(*) from orders where at > now() - INTERVAL '90' SECOND", 90 * SECOND],
    ["select count(*) from orders where at > now() - interval '1 day 12 hours'", 36 * HOUR],
    ["select count(*) from orders where at > now() - interval '01:30'", 90 * MINUTE],
    ["select count(*) from orders where at > now() - interval '1h' -- interval '2 days'", HOUR],
    ['select depth from queue', undefined],
    ["select count(*) from t where note = '5 minutes'", undefined],
  ])('%s', (query, range) => {
    expect(sqlRange(query)).toBe(range);
  });

  test('and any query of the greatest length is read at once', () => {
    for (const text of ['[', "interval '", '1h', '"', "'", '/*', '[1m:', '1 ', '\\"'])
      for (const read of [promRange, sqlRange])
        expect(
          growth(10_000, (length) => read(text.repeat(length / text.length))),
          text,
        ).toBeLessThan(LINEAR);
  });
});

describe('the window of a check', () => {
  const windowOf = (check: Record<string, unknown>) => {
    const result = parseChanged({
      checks: { errors: { probe: { kind: 'memory', name: 'errors' }, critical: { above: 5 }, ...check } },
    });
    return result.ok ? result.plan.checks[0]?.windowMs : result.problems;
  };
  const probe = { kind: 'prometheus', url: 'https://prometheus.example.com', query: 'sum(rate(errors_total[5m]))' };

  test('is what the plan says, else the longest range in the query, else not known', () => {
    expect(windowOf({ probe, window: '30s' })).toBe(30 * SECOND);
    expect(windowOf({ probe })).toBe(5 * MINUTE);
    expect(windowOf({ probe: { ...probe, query: 'errors' } })).toBeUndefined();
    expect(windowOf({})).toBeUndefined();
  });
});
