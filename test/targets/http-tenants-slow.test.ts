import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Target } from '../../src/targets/target.js';
import { raise } from '../contracts/target-contract.js';
import { type FlagService, perTenant, startFlagService, status, targetAt } from './flag-service.js';

const patient = new AbortController().signal;

const oneAfter = (list: readonly string[], concurrency: number) => ({ list, exposures: [], concurrency });

describe('the http target with tenants, when the service is slow or some of them hang', () => {
  const names = Array.from({ length: 24 }, (_, index) => `t${index}`);
  const told = () => service.seen().flatMap((request) => /^PUT \/tenants\/(\S+)/.exec(request)?.[1] ?? []);
  /** Answers so many writes more; with the next one the time is up. */
  const answers = { left: Number.POSITIVE_INFINITY, over: new AbortController() };
  const hangs = new Set<string>();
  let service: FlagService;
  beforeEach(async () => {
    service = await startFlagService();
    answers.left = Number.POSITIVE_INFINITY;
    hangs.clear();
    for (const name of names) service.flags.set(`/tenants/${name}`, { rollout: 0, enabled: true });
    service.hangWhen((method, path) => {
      if (hangs.has(path.replace('/tenants/', ''))) return true;
      if (method === 'PUT') answers.left -= 1;
      if (answers.left < 0) answers.over.abort();
      return answers.left < 0;
    });
  });
  afterEach(() => service.close());
  const on = () =>
    [...service.flags].flatMap(([path, { enabled }]) => (enabled ? path.replace('/tenants/', '') : [])).sort();
  const lower = async (target: Target, count: number): Promise<unknown> => {
    answers.left = count;
    answers.over = new AbortController();
    return await target.lower(0, answers.over.signal).catch((error: unknown) => error);
  };

  test('the next try begins where the last one ended, until everybody was told', async () => {
    const target = targetAt(service, perTenant({ per: oneAfter(names, 1) }), { leastMs: 4_000 });
    expect(await lower(target, 9)).toMatchObject({ code: 'timeout', message: /15 of 24 tenants could not be told/ });
    expect(await lower(target, 9)).toMatchObject({ message: /6 of 24 tenants could not be told/ });
    expect(await lower(target, 8)).toEqual({ note: null });
    expect(on()).toEqual([]);
    // t9 and t19 were begun in vain; with time left those told longest ago are told again.
    expect(told().slice(20)).toEqual(['t20', 't21', 't22', 't23', 't9', 't19', 't0', 't1', 't2']);
  });

  test('once everybody was told, or something else is wanted, all are told again', async () => {
    const target = targetAt(service, perTenant({ per: oneAfter(['a', 'b', 'c'], 1) }), { leastMs: 4_000 });
    await lower(target, 2);
    await lower(target, 3);
    await lower(target, 3);
    expect(told()).toEqual(['a', 'b', 'c', 'c', 'a', 'b', 'a', 'b', 'c']);
    await lower(target, 1);
    answers.left = 3;
    await raise(target, 100, patient);
    await lower(target, 3);
    expect(told().slice(9)).toEqual(['a', 'b', 'a', 'b', 'c', 'a', 'b', 'c']);
  });

  test('who hangs holds nobody up, not even the first time', async () => {
    for (const name of names.slice(0, 8)) hangs.add(name);
    const target = targetAt(service, perTenant({ per: oneAfter(names, 4) }), { callMs: 1_800, leastMs: 50 });
    expect(await lower(target, 99)).toMatchObject({
      code: 'timeout',
      message: /8 of 24 tenants could not be told: t0 /,
    });
    expect(on()).toEqual(names.slice(0, 8).sort());
  });

  test('who failed is told before those who hang', async () => {
    hangs.add('a');
    service.answerNext(status(500), (method, path) => method === 'PUT' && path.endsWith('b'));
    const target = targetAt(service, perTenant({ per: oneAfter(['a', 'b', 'c'], 1) }), {
      callMs: 1_500,
      leastMs: 50,
      requestMs: 200,
    });
    await lower(target, 99);
    await lower(target, 99);
    expect(told()).toEqual(['a', 'b', 'c', 'b', 'a', 'c']);
  });

  test('who does not answer in its share of the time has another turn after all others', async () => {
    const slow = names.slice(0, 8);
    const once = new Set(slow);
    service.hangWhen((_method, path) => once.delete(path.replace('/tenants/', '')));
    const target = targetAt(service, perTenant({ per: oneAfter(names, 4) }), { callMs: 3_000, leastMs: 50 });
    await target.lower(0, patient);
    expect(on()).toEqual([]);
    expect(told().slice(-8).sort()).toEqual(slow);
    expect(told()).toHaveLength(32);
  });

  test('what can be read is told, and who hung last time is asked last', async () => {
    for (const name of ['t0', 't1', 't5']) hangs.add(name);
    for (const name of names.slice(12)) service.flags.delete(`/tenants/${name}`);
    const target = targetAt(service, perTenant({ per: { list: names, exposures: [], concurrency: 1 } }), {
      callMs: 2_400,
      leastMs: 150,
    });
    await expect(target.read(patient)).rejects.toMatchObject({
      code: 'timeout',
      message: expect.stringMatching(
        /3 of 24 tenants could not be asked: t0 .*; of the others 9 on: t2, t3, t4 and 6 more$/,
      ),
      atLeast: 37.5,
    });
    const before = service.seen().length;
    hangs.clear();
    expect(await target.read(patient)).toMatchObject({ exposure: 50, partial: false });
    expect(service.seen().slice(-3).sort()).toEqual(['GET /tenants/t0', 'GET /tenants/t1', 'GET /tenants/t5']);
    expect(service.seen()).toHaveLength(before + 24);
  });
});
