import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createPrometheusProbe, type PrometheusProbeOptions } from '../../src/probes/prometheus/index.js';
import { testProbe } from '../contracts/probe-contract.js';
import type { Answer } from '../web/json-server.js';
import { apiError, FAULTY, type QueryServer, scalar, startQueryServer, success, vector } from './query-server.js';

const patient = new AbortController().signal;
const SECRET = 'canary-7f3a';

testProbe('prometheus', async (timeoutMs) => {
  const server = await startQueryServer();
  const url = server.url.replace('http://', `http://reader:${SECRET}@`);
  const headers = { 'x-scope': SECRET };
  return {
    probe: createPrometheusProbe({ url, query: 'up', headers, timeoutMs }, {}),
    secret: SECRET,
    answer: (next) => server.answerWith('number' in next ? scalar(String(next.number)) : FAULTY[next.fault]),
    hangNext: () => server.hangNext(),
    close: () => server.web.close(),
  };
});

describe('the prometheus probe', () => {
  let server: QueryServer;
  beforeEach(async () => {
    server = await startQueryServer();
  });
  afterEach(() => server.web.close());

  function measure(answer: Answer, options: Partial<PrometheusProbeOptions> = {}) {
    server.answerWith(answer);
    const usual = { url: server.url, query: 'sum(rate(errors[5m]))', headers: {}, timeoutMs: 2_000 };
    return createPrometheusProbe({ ...usual, ...options }, {}).measure(patient);
  }
  const parts = (...values: string[]) => vector(values.map((value, no) => ({ labels: { no: String(no) }, value })));

  test('asks behind the path the server is under, and sends query and time limit as a form', async () => {
    expect(await measure(parts('4.5'), { url: `${server.url}/prom/`, query: 'a{b="&+é"}' })).toMatchObject({
      value: 4.5,
    });
    expect(server.web.requests).toMatchObject([
      {
        method: 'POST',
        url: '/prom/api/v1/query',
        headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      },
    ]);
    expect(server.asked).toEqual([{ query: 'a{b="&+é"}', timeout: '2000ms' }]);
  });

  test.each([
    ['no series', parts(), 'no_value', 'the query has no result'],
    [
      'nothing divided by nothing',
      parts('NaN'),
      'not_a_number',
      'the result is NaN, as when nothing is divided by nothing',
    ],
    ['something divided by nothing', parts('+Inf'), 'not_a_number', 'the result is +Inf'],
    ['less than all bounds', scalar('-Inf'), 'not_a_number', 'the result is -Inf'],
    ['hexadecimal', parts('0x10'), 'not_a_number', 'the result is not a number'],
    ['empty', parts(''), 'not_a_number', 'the result is not a number'],
    ['a range', success({ resultType: 'matrix', result: [] }), 'not_a_number', /gives a range of samples/],
    ['text', success({ resultType: 'string', result: [1, '5'] }), 'not_a_number', /gives text/],
    [
      'a histogram',
      success({ resultType: 'vector', result: [{ metric: {}, histogram: [1, {}] }] }),
      'not_a_number',
      /a histogram/,
    ],
    ['two series', parts('1', '2'), 'not_a_number', /^the query gives 2 series, one is needed/],
    ['no samples at all', success({ resultType: 'vector', result: [{ value: 5 }] }), 'not_json', /query API/],
    ['another API', success([]), 'not_json', /query API/],
    [
      'a part of the stores',
      vector([{ value: '1' }], { warnings: ['store-2 is away'] }),
      'incomplete',
      'the answer has a warning: store-2 is away',
    ],
    [
      'an odd query',
      vector([{ value: '1' }], { warnings: ['PromQL warning: quantile'] }),
      'incomplete',
      /PromQL warning/,
    ],
  ])('%s is unknown', async (_, answer, unknown, detail) => {
    const said = typeof detail === 'string' ? detail : expect.stringMatching(detail);
    expect(await measure(answer)).toMatchObject({ unknown, detail: said });
  });

  test.each([
    ['VictoriaMetrics', { isPartial: true }],
    ['a proxy that spells it otherwise', { is_partial: true }],
    ['Thanos and its forks', { partial: true }],
    ['Mimir and Cortex', { partial_response: true }],
    ['a gateway in front of them', { partialResponse: 'true' }],
    ['an answer that says it with its data', { data: { resultType: 'vector', result: [], isPartial: true } }],
  ])('an answer that is partial by the word of %s is incomplete', async (_, more) => {
    expect(await measure(vector([{ value: '1' }], more))).toMatchObject({
      unknown: 'incomplete',
      detail: 'the server says that its answer is partial: some of its storage did not answer',
    });
  });

  test('an answer that says it is whole is believed', async () => {
    expect(await measure(vector([{ value: '1' }], { isPartial: false, warnings: [] }))).toMatchObject({ value: 1 });
  });

  test('a hint about the style of a query is no warning', async () => {
    const hint = 'PromQL info: metric might not be a counter, name does not end in _total: "errors" (1:10)';
    expect(await measure(vector([{ value: '1' }], { warnings: [hint] }))).toMatchObject({ value: 1 });
    expect(await measure(vector([{ value: '1' }], { infos: ['anything'] }))).toMatchObject({ value: 1 });
  });

  test.each([
    ['highest', 7],
    ['lowest', -2],
  ] as const)('of several series the %s counts', async (group, value) => {
    expect(await measure(parts('3', '-2', '7'), { group })).toMatchObject({ value });
    expect(await measure(parts('3'), { group })).toMatchObject({ value: 3 });
    expect(await measure(parts(), { group })).toMatchObject({ unknown: 'no_value' });
  });

  test('one series without a number makes a group unknown', async () => {
    expect(await measure(parts('3', 'NaN', 'NaN'), { group: 'highest' })).toMatchObject({
      unknown: 'not_a_number',
      detail: '2 of 3 series are NaN, as when nothing is divided by nothing',
    });
  });

  test.each([400, 422, 503])('an error of the server (%d) is told in its own words', async (status) => {
    const reading = await measure(
      apiError(status, 'invalid parameter "query": 1:5: parse error:\n unclosed left parenthesis'),
    );
    expect(reading).toMatchObject({
      unknown: 'bad_status',
      detail: `${new URL(server.url).host} answered ${status}: invalid parameter "query": 1:5: parse error: unclosed left parenthesis`,
    });
  });

  test('an error under a good status is one, and its words are cut short', async () => {
    const reading = await measure(apiError(200, 'long '.repeat(1_000)));
    expect(reading).toMatchObject({ unknown: 'bad_status', detail: expect.stringMatching(/^(long )+.{0,5}…$/) });
    expect(JSON.stringify(reading).length).toBeLessThan(300);
  });

  test('what the server says back of a header or an address is not repeated', async () => {
    const told = await measure(apiError(401, `no such token ${SECRET} in ?key=${SECRET}-2`), {
      url: `${server.url}?key=${SECRET}-2`,
      headers: { Authorization: `Bearer ${SECRET}` },
    });
    expect(told).toMatchObject({ detail: expect.stringContaining('no such token *** in ?key=***') });
  });

  test('more than 64 KB is read, more than 1 MB is not', async () => {
    const many = (count: number) => parts(...Array.from({ length: count }, () => '1'));
    expect(await measure(many(5_000), { group: 'highest' })).toMatchObject({ value: 1 });
    expect(await measure(many(25_000), { group: 'highest' })).toMatchObject({ unknown: 'too_large' });
  });

  test('cannot be built for an address that is none', () => {
    expect(() => createPrometheusProbe({ url: 'up', query: 'up', headers: {}, timeoutMs: 1 }, {})).toThrow(
      /^prometheus probe: url is not an http or https address$/,
    );
  });

  describe('with fresh', () => {
    const answeredLater =
      (seconds: number): Answer =>
      (request, response, body) => {
        response.setHeader('date', new Date(Date.now() + seconds * 1000).toUTCString());
        parts('4')(request, response, body);
      };

    test('says how far back samples may be looked for', async () => {
      expect(await measure(parts('4'), { freshMs: 90_000 })).toMatchObject({ value: 4 });
      expect(server.asked).toEqual([{ query: 'sum(rate(errors[5m]))', timeout: '2000ms', lookback_delta: '90000ms' }]);
    });

    test('refuses an answer that was worked out long before it was sent', async () => {
      expect(await measure(answeredLater(50), { freshMs: 60_000 })).toMatchObject({ value: 4 });
      expect(await measure(answeredLater(90), { freshMs: 60_000 })).toMatchObject({
        unknown: 'no_value',
        detail: expect.stringMatching(/^the answer was worked out (89|90) s before it was sent$/),
      });
    });

    test('believes no server that takes no notice of it', async () => {
      const other = await startQueryServer({ knowsLookback: false });
      other.answerWith(parts('4'));
      const reading = await measure(parts('4'), { url: other.url, freshMs: 60_000 });
      await other.web.close();
      expect(reading).toMatchObject({ unknown: 'incomplete', detail: expect.stringContaining('last_over_time') });
    });
  });
});
