import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { raise, rehearsed } from '../contracts/target-contract.js';
import { type FlagService, neverAnswer, perTenant, startFlagService, status, targetAt } from './flag-service.js';

const patient = new AbortController().signal;

const oneAfter = (list: readonly string[], concurrency: number) => ({ list, exposures: [], concurrency });

describe('the http target with tenants', () => {
  let service: FlagService;
  beforeEach(async () => {
    service = await startFlagService();
  });
  afterEach(() => service.close());
  const on = () =>
    [...service.flags].flatMap(([path, { enabled }]) => (enabled ? path.replace('/tenants/', '') : [])).sort();
  const switchOn = (...tenants: string[]) => {
    for (const tenant of tenants) service.flags.set(`/tenants/${tenant}`, { rollout: 0, enabled: true });
  };

  test('the first listed are on first, and stay on', async () => {
    const target = targetAt(service, perTenant());
    const seen: string[][] = [];
    for (const exposure of [25, 50, 75, 100, 25]) {
      await raise(target, exposure, patient);
      seen.push(on());
      expect(await target.read(patient)).toMatchObject({ exposure, partial: false });
    }
    const [a, b, c, d] = ['acme', 'globex', 'initech', 'umbrella'];
    expect(seen).toEqual([[a], [a, b], [a, b, c], [a, b, c, d], [a]]);
  });

  test('at a stage its share at the least, and then it reads as that stage', async () => {
    const target = targetAt(
      service,
      perTenant({ per: { list: ['a', 'b', 'c'], exposures: [10, 50, 100], concurrency: 3 } }),
    );
    const seen: unknown[] = [];
    for (const exposure of [10, 50, 100, 10, 0]) {
      await raise(target, exposure, patient);
      seen.push([on().length, (await target.read(patient)).exposure]);
    }
    expect(seen).toEqual([
      [1, 10],
      [2, 50],
      [3, 100],
      [1, 10],
      [0, 0],
    ]);
  });

  test('at what is no stage never more than it was told', async () => {
    await raise(targetAt(service, perTenant()), 74, patient);
    expect(on()).toEqual(['acme', 'globex']);
  });

  test('off reaches every tenant that is listed, also those somebody switched on by hand', async () => {
    switchOn('acme', 'umbrella', 'stranger');
    await targetAt(service, perTenant()).lower(0, patient);
    expect(on()).toEqual(['stranger']);
    expect(service.seen().filter((request) => request.startsWith('PUT'))).toHaveLength(4);
  });

  test.each([
    ['refuses for good', 'answers', true],
    ['refuses for good', 'hangs', false],
  ])('a lowering that one tenant %s is final where the other %s: %s', async (_, other, final) => {
    switchOn('acme', 'globex', 'initech', 'umbrella');
    service.answerNext(status(400), (method, path) => method === 'PUT' && path === '/tenants/globex');
    if (other === 'hangs') service.hangWhen((method, path) => method === 'PUT' && path === '/tenants/umbrella');
    const target = targetAt(service, perTenant(), { callMs: 4_000, requestMs: 400, leastMs: 200 });
    await expect(target.lower(25, patient)).rejects.toMatchObject({ name: 'TargetError', final });
  });

  test('those who lose it are told first', async () => {
    await raise(targetAt(service, perTenant({ per: oneAfter(['a', 'b', 'c'], 1) })), 34, patient);
    expect(service.seen()).toEqual([
      'PUT /tenants/b {"enabled":false}',
      'PUT /tenants/c {"enabled":false}',
      'PUT /tenants/a {"enabled":true}',
    ]);
  });

  test('reads who is on', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `t${index}`);
    const target = targetAt(service, perTenant({}, names));
    expect(await target.read(patient)).toMatchObject({ exposure: 0, partial: false, detail: '0 of 40 tenants on' });
    switchOn('t0', 't1', 't2');
    expect((await target.read(patient)).detail).toBe('3 of 40 tenants on: t0, t1, t2');
    switchOn('t3', 't4');
    expect(await target.read(patient)).toMatchObject({
      exposure: 12.5,
      partial: false,
      detail: '5 of 40 tenants on: t0, t1, t2 and 2 more',
    });
  });

  test('others than the first of the list are partial', async () => {
    switchOn('globex');
    expect(await targetAt(service, perTenant()).read(patient)).toMatchObject({
      exposure: 25,
      partial: true,
      detail: '1 of 4 tenants on: globex; not the first 1 of the list',
    });
  });

  test('a tenant that has it in part is partial, and counts', async () => {
    const { set, read } = perTenant();
    const config = perTenant({
      set: { ...set, body: { rollout: '{{exposure}}' } },
      read: { url: read.url, headers: read.headers, value: 'rollout', absent: 'off' },
    });
    service.flags.set('/tenants/acme', { rollout: 40, enabled: false });
    const target = targetAt(service, config);
    expect(await target.read(patient)).toMatchObject({ exposure: 25, partial: true, detail: /in part$/ });
    await rehearsed(target);
    expect(service.flags.get('/tenants/acme')?.rollout).toBe(40);
    await raise(target, 25, patient);
    expect(await target.read(patient)).toMatchObject({ exposure: 25, partial: false });
  });

  test('a rehearsal leaves everybody where they are, in whatever order', async () => {
    switchOn('globex', 'umbrella');
    service.flags.set('/tenants/acme', { rollout: 0, enabled: false });
    const { reading, notes } = await targetAt(service, perTenant()).rehearse([0, 25], patient);
    expect(reading).toMatchObject({ exposure: 50, partial: true });
    // What is not there is not made by trying.
    expect(notes).toEqual([expect.stringMatching(/^1 of 4 tenants: the flag is not there: nothing was written/)]);
    expect(on()).toEqual(['globex', 'umbrella']);
    expect(service.seen().filter((request) => request.startsWith('PUT'))).toHaveLength(3);
  });

  describe('when some fail', () => {
    const of =
      (...tenants: string[]) =>
      (method: string, path: string) =>
        method === 'PUT' && tenants.some((tenant) => path.endsWith(tenant));

    test('all others are tried, and who failed is named', async () => {
      switchOn('acme', 'globex', 'initech', 'umbrella');
      service.answerNext(status(500), of('acme'));
      service.answerNext(status(503), of('globex'));
      const host = `127.0.0.1:${service.web.port}`;
      await expect(targetAt(service, perTenant()).lower(0, patient)).rejects.toMatchObject({
        code: 'rejected',
        retryable: true,
        message: `target flag: 2 of 4 tenants could not be told: acme (PUT ${host} answered 500), globex (PUT ${host} answered 503)`,
      });
      expect(on()).toEqual(['acme', 'globex']);
    });

    test('one refusal for good makes the whole one', async () => {
      service.answerNext(status(500), of('acme'));
      service.answerNext(status(403), of('globex'));
      await expect(targetAt(service, perTenant()).lower(0, patient)).rejects.toMatchObject({
        code: 'denied',
        retryable: false,
      });
    });

    test('the first three are named', async () => {
      const names = Array.from({ length: 6 }, (_, index) => `t${index}`);
      for (const name of names.slice(1)) service.answerNext(status(500), of(name));
      const failure = targetAt(service, perTenant({}, names)).lower(0, patient);
      await expect(failure).rejects.toThrow(/5 of 6 tenants could not be told: t1 .*, t2 .*, t3 .* and 2 more$/);
    });

    test('a reading that lacks one is none', async () => {
      switchOn('acme');
      service.answerNext(status(500), (method, path) => method === 'GET' && path.endsWith('globex'));
      await expect(targetAt(service, perTenant()).read(patient)).rejects.toMatchObject({
        message: expect.stringMatching(
          /^target flag: 1 of 4 tenants could not be asked: globex \(.*\); of the others 1 on: acme$/,
        ),
        atLeast: 25,
      });
    });
  });

  test('so many calls at a time, and no more', async () => {
    const waiting: (() => void)[] = [];
    service.web.answerWith((_request, response) => void waiting.push(() => response.writeHead(204).end()));
    const names = Array.from({ length: 7 }, (_, index) => `t${index}`);
    const set = targetAt(service, perTenant({ per: oneAfter(names, 3) })).lower(0, patient);
    for (const most of [3, 6, 7]) {
      await expect.poll(() => service.web.requests).toHaveLength(most);
      for (const answer of waiting.splice(0)) answer();
    }
    await set;
  });

  test('when the time is up nobody else is told, and that is said', async () => {
    service.answerNext(neverAnswer);
    const target = targetAt(service, perTenant({ per: oneAfter(['a', 'b', 'c'], 1) }), { callMs: 100 });
    await expect(target.lower(0, patient)).rejects.toMatchObject({
      code: 'timeout',
      retryable: true,
      message: expect.stringMatching(
        /^target flag: 3 of 3 tenants could not be told: a \([^)]*: given up\); the time was up$/,
      ),
    });
    expect(service.seen()).toHaveLength(1);
  });

  test('a raise that is given up tells nobody else', async () => {
    service.answerNext(neverAnswer, (_method, path) => path.endsWith('globex'));
    const giveUp = new AbortController();
    const late = raise(
      targetAt(service, perTenant({ per: oneAfter(['acme', 'globex', 'initech'], 1) })),
      100,
      giveUp.signal,
    );
    const over = expect(late).rejects.toMatchObject({ code: 'timeout' });
    await expect.poll(() => service.seen()).toHaveLength(2);
    giveUp.abort();
    await over;
    expect(on()).toEqual(['acme']);
  });
});
