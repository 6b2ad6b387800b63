/** The prometheus probe against a real Prometheus, and a whole bot that rolls back by what it says. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createPrometheusProbe, type PrometheusProbeOptions } from '../../src/probes/prometheus/index.js';
import { readSlot, SECOND, stage } from '../scenarios/on-stage.js';
import { PATIENCE } from '../support/patience.js';
import { WHO } from '../support/scene.js';
import {
  type MetricsServer,
  type Prometheus,
  prometheusVersion,
  startMetrics,
  startPrometheus,
} from './prometheus/server.js';

const ERROR_RATE = '100 * sum(rate(shop_errors_total[3s])) / sum(rate(shop_requests_total[3s]))';

const PLAN = `plan: new-checkout
title: New checkout
channel: "#shop"
people: { operators: ["@release-team"] }
targets: { flag: { kind: memory, name: $TARGET } }
checks:
  error-rate:
    title: Error rate
    unit: "%"
    probe: { kind: prometheus, url: "\${PROMETHEUS_URL}", query: "round(${ERROR_RATE})" }
    critical: { above: 5 }
stages:
  - { stage: half, title: Half, exposure: 50, bake: 30s, check_every: 10s }
rollback: { to: off }
`;

const version = prometheusVersion();
const patient = new AbortController().signal;

describe.skipIf(version === undefined)('with a real Prometheus', () => {
  let metrics: MetricsServer;
  let prometheus: Prometheus;
  beforeAll(async () => {
    metrics = await startMetrics();
    prometheus = await startPrometheus(metrics.port);
    await shows('shop_idle', 0);
    await vi.waitFor(async () => expect(await measure(ERROR_RATE)).toMatchObject({ value: 0 }), PATIENCE);
  });
  afterAll(async () => {
    await prometheus?.close();
    await metrics?.close();
  });

  const measure = (query: string, options: Partial<PrometheusProbeOptions> = {}) =>
    createPrometheusProbe({ url: prometheus.url, query, headers: {}, timeoutMs: 3_000, ...options }, {}).measure(
      patient,
    );
  const shows = (query: string, value: number) =>
    vi.waitFor(async () => expect(await measure(query)).toMatchObject({ value }), PATIENCE);

  test('a gauge, a sum and a scalar are read', async () => {
    expect(await measure('shop_queue{queue="mail"}')).toMatchObject({ value: 3 });
    expect(await measure('sum(shop_queue)')).toMatchObject({ value: 11 });
    expect(await measure('scalar(sum(shop_queue)) * 0.5')).toMatchObject({ value: 5.5 });
  });

  test('the rate of a counter is read', async () => {
    const rate = async () => {
      const reading = await measure('rate(shop_requests_total[3s])');
      return 'value' in reading ? reading.value : Number.NaN;
    };
    // Until it has been scraped for three seconds, Prometheus takes what it has for all of them.
    await vi.waitFor(async () => expect(await rate()).toBeGreaterThan(80), PATIENCE);
    expect(await rate()).toBeLessThan(120);
  });

  test('a series that is not there is unknown', async () => {
    expect(await measure('no_such_series')).toMatchObject({ unknown: 'no_value', detail: 'the query has no result' });
  });

  test('nothing divided by nothing is unknown', async () => {
    expect(await measure('shop_idle / shop_idle')).toMatchObject({
      unknown: 'not_a_number',
      detail: expect.stringMatching(/NaN/),
    });
    expect(await measure('1 / 0')).toMatchObject({ unknown: 'not_a_number', detail: 'the result is +Inf' });
  });

  test('several series are unknown, or the one that is asked for', async () => {
    expect(await measure('shop_queue')).toMatchObject({
      unknown: 'not_a_number',
      detail: expect.stringMatching(/2 series/),
    });
    expect(await measure('shop_queue', { group: 'highest' })).toMatchObject({ value: 8 });
    expect(await measure('shop_queue', { group: 'lowest' })).toMatchObject({ value: 3 });
  });

  test('a range and a text are unknown', async () => {
    expect(await measure('shop_idle[5s]')).toMatchObject({
      unknown: 'not_a_number',
      detail: expect.stringMatching(/a range of samples/),
    });
    expect(await measure('"5"')).toMatchObject({ unknown: 'not_a_number', detail: expect.stringMatching(/text/) });
  });

  test('a mistake in the query is told in its own words', async () => {
    expect(await measure('sum(')).toMatchObject({
      unknown: 'bad_status',
      detail: expect.stringMatching(/answered 400: .*parse error/),
    });
    expect(await measure('shop_queue / on() shop_queue')).toMatchObject({
      unknown: 'bad_status',
      detail: expect.stringMatching(/answered 422: /),
    });
  });

  test('a breach rolls back', async () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the plan's own spelling
    const fill = (value: string) => value.replace('${PROMETHEUS_URL}', prometheus.url);
    const scene = await stage({ plan: PLAN, fill });
    await scene.command(WHO.opal, 'start new-checkout');
    expect(await scene.phase()).toBe('baking');
    metrics.errors = 12;
    await shows(`round(${ERROR_RATE})`, 12);
    await scene.passUntil('rolled back', async () => (await scene.phase()) === 'rolled_back', { stepMs: 10 * SECOND });
    expect(scene.target.exposure).toBe(0);
    expect(readSlot(scene, 'incident:')).toContain('Error rate 12 % is over its limit 5 %');
  });

  test('fresh looks no further back than it says, or says that this server cannot', async () => {
    // Before 2.44 the server takes no notice of it, and would answer what is 5 minutes old.
    const reading = await measure('shop_queue{queue="mail"}', { freshMs: 2_000 });
    if (Number(version?.split('.')[1]) >= 44 || Number(version?.split('.')[0]) > 2)
      expect(reading).toMatchObject({ value: 3 });
    else expect(reading).toMatchObject({ unknown: 'incomplete', detail: expect.stringMatching(/last_over_time/) });
  });

  test('when what is scraped goes away, its numbers become unknown', async () => {
    await metrics.close();
    const gone = { unknown: 'no_value', detail: 'the query has no result' };
    await vi.waitFor(async () => expect(await measure('shop_queue{queue="mail"}')).toMatchObject(gone), PATIENCE);
    await vi.waitFor(async () => expect(await measure(ERROR_RATE)).toMatchObject(gone), PATIENCE);
    // A series with times of its own is shown for 5 minutes more, unless a range or `fresh` says otherwise.
    await vi.waitFor(
      async () => expect(await measure('last_over_time(shop_stamped[2s])')).toMatchObject(gone),
      PATIENCE,
    );
    expect(await measure('shop_stamped')).toMatchObject({ value: 7 });
    expect(await measure('shop_stamped', { freshMs: 1_000 })).toHaveProperty('unknown');
  });

  test('when Prometheus itself goes away, everything is unknown', async () => {
    await prometheus.close();
    expect(await measure('shop_stamped')).toMatchObject({ unknown: 'unreachable' });
  });
});
