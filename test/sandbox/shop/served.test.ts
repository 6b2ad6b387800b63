import { expect, test } from 'vitest';
import { type ServedRequest, servedLog } from '../../../sandbox/shop/served.js';

const start = Date.UTC(2026, 10, 20, 12);

function shopLog() {
  const clock = { ms: start };
  const log = servedLog(() => clock.ms);
  const serve = (request: Partial<ServedRequest>) =>
    log.record({ path: 'checkout', user: 'u1', variant: 'old', code: 200, tookMs: 20, ...request });
  return { clock, log, serve };
}

test('without requests there are no numbers', () => {
  expect(shopLog().log.metrics()).toEqual({
    window_seconds: 10,
    requests: 0,
    exposed_requests: 0,
    users: 0,
    exposed_users: 0,
    error_rate: null,
    p95_ms: null,
    p99_ms: null,
    login_success: null,
    exposed: { requests: 0, error_rate: null, p95_ms: null },
  });
});

test('everybody and the exposed are counted apart', () => {
  const { log, serve } = shopLog();
  for (const user of ['u1', 'u2', 'u2']) serve({ user });
  serve({ user: 'u3', variant: 'new', code: 500, tookMs: 90 });
  expect(log.metrics()).toMatchObject({
    requests: 4,
    exposed_requests: 1,
    users: 3,
    exposed_users: 1,
    error_rate: 25,
    exposed: { requests: 1, error_rate: 100, p95_ms: 90 },
  });
});

test('logins are counted apart from checkouts', () => {
  const { log, serve } = shopLog();
  for (const code of [200, 200, 200, 500]) serve({ path: 'login', code });
  expect(log.metrics()).toMatchObject({ requests: 0, error_rate: null, login_success: 75 });
});

test('percentiles are times that requests really took', () => {
  const { log, serve } = shopLog();
  for (let ms = 200; ms >= 1; ms--) serve({ tookMs: ms });
  expect(log.metrics()).toMatchObject({ p95_ms: 190, p99_ms: 198 });
});

test('what is ten seconds old no longer counts', () => {
  const { clock, log, serve } = shopLog();
  serve({ code: 500 });
  clock.ms += 5_000;
  serve({});
  expect(log.metrics()).toMatchObject({ requests: 2, error_rate: 50 });
  clock.ms += 5_000;
  expect(log.metrics()).toMatchObject({ requests: 1, error_rate: 0 });
  clock.ms += 5_000;
  expect(log.metrics()).toMatchObject({ requests: 0, error_rate: null, p95_ms: null });
});

test('a long run keeps only the window', () => {
  const { clock, log, serve } = shopLog();
  for (let second = 0; second < 100; second++) {
    for (let request = 0; request < 100; request++) serve({});
    clock.ms += 1_000;
  }
  expect(log.metrics().requests).toBe(900);
});

test('Prometheus gets totals that never shrink and cumulative buckets', () => {
  const { clock, log, serve } = shopLog();
  serve({ tookMs: 20 });
  serve({ tookMs: 300 });
  serve({ variant: 'new', code: 500, tookMs: 20_000 });
  clock.ms += 60_000;
  const lines = log.prometheus().split('\n');
  expect(lines).toContain('requests_total{path="checkout",variant="old",code="200"} 2');
  expect(lines).toContain('requests_total{path="checkout",variant="new",code="500"} 1');
  expect(lines).toContain('request_duration_seconds_bucket{path="checkout",variant="old",le="0.01"} 0');
  expect(lines).toContain('request_duration_seconds_bucket{path="checkout",variant="old",le="0.025"} 1');
  expect(lines).toContain('request_duration_seconds_bucket{path="checkout",variant="old",le="0.5"} 2');
  expect(lines).toContain('request_duration_seconds_bucket{path="checkout",variant="new",le="10"} 0');
  expect(lines).toContain('request_duration_seconds_bucket{path="checkout",variant="new",le="+Inf"} 1');
  expect(lines).toContain('request_duration_seconds_sum{path="checkout",variant="old"} 0.32');
  expect(lines).toContain('request_duration_seconds_count{path="checkout",variant="old"} 2');
});
