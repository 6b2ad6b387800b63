/** Flag services as people have them, driven by the very plans the reference page shows. */
import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { parsePlan } from '../../src/plans/read/parse.js';
import type { HttpTargetConfig } from '../../src/rollout/plan/http-requests.js';
import { createHttpTarget } from '../../src/targets/http/index.js';
import type { TargetError } from '../../src/targets/target.js';
import { moveTo } from '../contracts/target-contract.js';
import { SMALLEST } from '../plans/build-plan.js';
import { type JsonServer, json, startJsonServer } from '../web/json-server.js';

const patient = new AbortController().signal;
const page = readFileSync(new URL('../../docs/reference/targets/http.md', import.meta.url), 'utf8');

/** The target of the example that stands under these words. */
function targetOf(words: string): HttpTargetConfig {
  const [, piece = ''] = /```yaml\n([\s\S]*?)```/.exec(page.slice(page.indexOf(words))) ?? [];
  const rest = SMALLEST.split('\n').filter((row) => !row.startsWith('targets:'));
  const parsed = parsePlan(`${rest.join('\n')}\n${piece}`);
  const config = parsed.ok ? parsed.plan.targets[0]?.config : undefined;
  if (config?.kind !== 'http') throw new Error(`no http target: ${JSON.stringify(parsed)}`);
  return config;
}

/** Every address of the plan leads to this server. */
function built(web: JsonServer, config: HttpTargetConfig) {
  const here = `http://127.0.0.1:${web.port}`;
  const text = JSON.stringify(config)
    .replaceAll(/https:\/\/(?:app\.launchdarkly|api\.vercel)\.com/g, here)
    .replaceAll(/\$\{(?:UNLEASH|FLAGS)_URL\}/g, here)
    .replaceAll(/\$\{[A-Z_]+\}/g, 'filled');
  return createHttpTarget('flag', JSON.parse(text), { fill: (value) => value, network: {} });
}

const failing = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: TargetError) => error,
  );

describe('flag services', () => {
  let web: JsonServer;
  beforeEach(async () => {
    web = await startJsonServer();
    onTestFinished(() => web.close());
  });

  test('Unleash: its strategy first, then its switch; a number in quotes both ways', async () => {
    const flag = { enabled: false, rollout: '100' };
    web.answerWith((request, response, body) => {
      const path = request.url ?? '';
      if (request.method === 'PUT') {
        const { parameters } = JSON.parse(body);
        if (typeof parameters.rollout !== 'string') return void response.writeHead(400).end('{}');
        flag.rollout = parameters.rollout;
      }
      if (path.endsWith('/on')) flag.enabled = true;
      if (path.endsWith('/off')) flag.enabled = false;
      json(JSON.stringify({ enabled: flag.enabled, strategies: [{ parameters: { rollout: flag.rollout } }] }))(
        request,
        response,
        body,
      );
    });
    const target = built(web, targetOf('**Unleash**'));
    expect(await target.read(patient)).toMatchObject({ exposure: 0, detail: '100 % off' });
    await target.rehearse([10, 100], patient);
    await moveTo(target, 25, patient);
    expect(flag).toEqual({ enabled: true, rollout: '25' });
    expect(await target.read(patient)).toMatchObject({ exposure: 25, detail: '25 % on' });
    await target.lower(0, patient);
    expect(await target.read(patient)).toMatchObject({ exposure: 0 });
    const told = web.requests
      .filter(({ method }) => method !== 'GET')
      .map(({ method, url }) => `${method} ${url.split('/').at(-1)}`);
    expect(told).toEqual(['POST off', 'PUT filled', 'POST on', 'POST off']);
  });

  test('LaunchDarkly: weights that add up to 100000', async () => {
    const flag = { on: false, weights: [0, 100_000] };
    web.answerWith((request, response, body) => {
      if (request.method === 'PATCH') {
        if (request.headers['content-type'] !== 'application/json; domain-model=launchdarkly.semanticpatch')
          return void response.writeHead(400).end('{}');
        for (const { kind, rolloutWeights } of JSON.parse(body).instructions) {
          if (kind === 'turnFlagOn') flag.on = true;
          if (kind === 'turnFlagOff') flag.on = false;
          if (rolloutWeights) flag.weights = Object.values(rolloutWeights);
        }
        if (flag.weights.reduce((sum, each) => sum + each, 0) !== 100_000)
          return void response.writeHead(400).end('{}');
      }
      const variations = flag.weights.map((weight, variation) => ({ variation, weight }));
      const production = { on: flag.on, fallthrough: { rollout: { variations } } };
      json(JSON.stringify({ environments: { production } }))(request, response, body);
    });
    const target = built(web, targetOf('**LaunchDarkly**'));
    await moveTo(target, 12.5, patient);
    expect(flag).toEqual({ on: true, weights: [12_500, 87_500] });
    expect(await target.read(patient)).toMatchObject({ exposure: 12.5, detail: '12.5 % on' });
    await target.lower(5, patient);
    expect(await target.read(patient)).toMatchObject({ exposure: 5 });
    await target.lower(0, patient);
    expect(await target.read(patient)).toMatchObject({ exposure: 0, detail: '5 % off' });
  });

  test('Vercel Edge Config: one value', async () => {
    const item = { key: 'checkout_percent', value: 0 };
    web.answerWith((request, response, body) => {
      if (request.method === 'PATCH') item.value = JSON.parse(body).items[0].value;
      json(JSON.stringify(item))(request, response, body);
    });
    const target = built(web, targetOf('**Vercel Edge Config**'));
    await moveTo(target, 50, patient);
    expect(await target.read(patient)).toMatchObject({ exposure: 50 });
    await target.lower(0, patient);
    expect(item.value).toBe(0);
  });

  describe('one that counts from 0 to 1', () => {
    const flag = { coverage: 0.25 as unknown, enabled: true };
    beforeEach(() => {
      Object.assign(flag, { coverage: 0.25, enabled: true });
      web.answerWith((request, response, body) => {
        // As such services do: what is more than everybody is everybody, and is told back as it was written.
        if (request.method === 'PUT') Object.assign(flag, JSON.parse(body));
        json(JSON.stringify(flag))(request, response, body);
      });
    });
    const config = targetOf('**A service that counts from 0 to 1**');

    test('gets shares, and is read in percent', async () => {
      const target = built(web, config);
      expect(await target.read(patient)).toMatchObject({ exposure: 25, detail: '25 % on' });
      await moveTo(target, 30, patient);
      expect(flag.coverage).toBe(0.3);
      await target.lower(10, patient);
      expect(flag.coverage).toBe(0.1);
      expect(await target.read(patient)).toMatchObject({ exposure: 10 });
    });

    test('is refused at the start where the plan takes it for percent, and where it holds more than everybody', async () => {
      const wrong = built(web, { ...config, scale: 100 });
      await expect(wrong.rehearse([10, 100], patient)).rejects.toMatchObject({
        code: 'rejected',
        retryable: false,
        message:
          'target flag: reads 0.25, which is 0.25 % where 100 means everybody: write scale: 1 if 1 does, or take it to 0 first',
      });
      expect(web.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
      flag.coverage = 25;
      await expect(built(web, config).rehearse([10, 100], patient)).rejects.toMatchObject({
        message: 'target flag: coverage is not from 0 to 1',
      });
    });
  });

  describe('several requests for one change', () => {
    const state = { percent: 10, on: true };
    const broken = new Set<string>();
    const config: HttpTargetConfig = {
      kind: 'http',
      set: [
        { method: 'PUT', url: 'http://service/percent', headers: {}, body: { percent: '{{exposure}}' } },
        { method: 'PUT', url: 'http://service/switch', headers: {}, body: { on: '{{enabled}}' } },
      ],
      read: { url: 'http://service/', headers: {}, value: 'percent', enabled: 'on' },
      scale: 100,
    };
    const told = () => web.requests.filter(({ method }) => method === 'PUT').map(({ url, body }) => `${url} ${body}`);
    const target = () =>
      built(web, JSON.parse(JSON.stringify(config).replaceAll('http://service', `http://127.0.0.1:${web.port}`)));
    beforeEach(() => {
      Object.assign(state, { percent: 10, on: true });
      broken.clear();
      web.answerWith((request, response, body) => {
        const path = request.url ?? '';
        if (broken.has(path)) return void response.writeHead(500).end('{}');
        if (request.method === 'PUT') Object.assign(state, JSON.parse(body));
        json(JSON.stringify(state))(request, response, body);
      });
    });

    test('a raise ends at the first that fails, and says which', async () => {
      broken.add('/percent');
      expect(await failing(moveTo(target(), 50, patient))).toMatchObject({ retryable: true });
      expect(told()).toEqual(['/percent {"percent":50}']);
      broken.clear();
      broken.add('/switch');
      expect(await failing(moveTo(target(), 50, patient))).toMatchObject({
        message: expect.stringMatching(/^target flag: request 2 of 2 failed \(PUT \S+ answered 500\)$/),
      });
      // What the first did is found by reading.
      expect(await target().read(patient)).toMatchObject({ exposure: 50 });
    });

    test('a lowering sends all of them, whatever became of those before, and fails', async () => {
      broken.add('/percent');
      const failure = await failing(target().lower(0, patient));
      expect(failure).toMatchObject({ retryable: true, message: expect.stringContaining('request 1 of 2 failed') });
      expect(told()).toEqual(['/percent {"percent":0}', '/switch {"on":false}']);
      expect(await target().read(patient)).toMatchObject({ exposure: 0 });
      broken.clear();
      await target().lower(0, patient);
      expect(state).toEqual({ percent: 0, on: false });
    });

    test('a raise that is over between two of them was written, and is no raise that wrote nothing', async () => {
      const answers = [true, false];
      const one = target();
      const seen = await one.read(patient);
      const failure = await failing(one.raise(50, { signal: patient, seen, mayWrite: () => answers.shift() ?? false }));
      expect(failure).toMatchObject({
        name: 'TargetError',
        message: expect.stringContaining('request 2 of 2 was not sent'),
      });
      expect(state).toEqual({ percent: 50, on: true });
    });

    test('by hand they are lines one after the other', () => {
      expect(target().byHand(0)).toMatch(/^curl .*\/percent' .*; curl .*\/switch' /);
    });

    test('the address of the one that says how many is the key', () => {
      expect(target().keys).toEqual([`http://127.0.0.1:${web.port}/percent`]);
    });
  });
});
