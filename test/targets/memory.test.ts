import { beforeEach, describe, expect, test } from 'vitest';
import { createMemoryTarget, memoryStore } from '../../src/targets/memory.js';
import { TargetError } from '../../src/targets/target.js';
import { raise, rehearsed, testTarget } from '../contracts/target-contract.js';

const patient = new AbortController().signal;

testTarget('memory', async () => {
  const store = memoryStore('contract');
  store.reset();
  return {
    target: createMemoryTarget('flag', 'contract'),
    secret: 'there is no secret',
    exposed: async () => store.exposure,
    async drift(exposure) {
      store.exposure = exposure;
    },
    async disagree() {
      store.exposure = 60;
      store.partial = true;
      return 60;
    },
    hangNext: () => store.hangNext(),
    breakNext: () => store.failNext(new TargetError('unreachable', 'nobody is there', { retryable: true })),
    async denyNextWrite() {
      const denied = new TargetError('denied', 'not allowed', { retryable: false });
      store.failNext(denied, 'set');
      store.failNext(denied, 'rehearse');
    },
    close: async () => {},
  };
});

describe('the memory target', () => {
  const store = memoryStore('shop');
  const target = createMemoryTarget('flag', 'shop');
  beforeEach(() => store.reset());

  test('is one place for everyone who names it', async () => {
    await raise(target, 30, patient);
    expect(await createMemoryTarget('another', 'shop').read(patient)).toMatchObject({ exposure: 30 });
    expect(memoryStore('shop').exposure).toBe(30);
    expect(memoryStore('elsewhere').exposure).toBe(0);
    expect(target.keys).toEqual(['memory:shop']);
  });

  test('remembers every call in order, also one that failed', async () => {
    store.failNext(new TargetError('unreachable', 'nobody is there', { retryable: true }));
    await raise(target, 10, patient).catch(() => {});
    await raise(target, 20, patient);
    await target.read(patient);
    await rehearsed(target);
    expect(store.calls).toEqual([
      { operation: 'set', exposure: 10 },
      { operation: 'set', exposure: 20 },
      { operation: 'read' },
      { operation: 'rehearse' },
    ]);
  });

  test('faults meant for one operation wait for it', async () => {
    store.failNext(new TargetError('denied', 'not allowed', { retryable: false }), 'set');
    expect(await target.read(patient)).toMatchObject({ exposure: 0 });
    await expect(raise(target, 10, patient)).rejects.toMatchObject({ code: 'denied' });
    await raise(target, 10, patient);
    expect(store.exposure).toBe(10);
  });

  test('a raise that hangs can land after the rollback', async () => {
    store.hangNext('set');
    const giveUp = new AbortController();
    const late = raise(target, 100, giveUp.signal);
    giveUp.abort();
    await expect(late).rejects.toMatchObject({ code: 'timeout' });
    await target.lower(0, patient);
    expect(store.exposure).toBe(0);
    store.applyLate();
    expect(store.exposure).toBe(100);
    store.exposure = 0;
    store.applyLate();
    expect(store.exposure).toBe(0);
  });

  test('a write can be answered now and applied when its schedule says so', async () => {
    let apply: () => void = () => {};
    store.delayNext((write) => {
      apply = write;
    });
    await raise(target, 40, patient);
    expect(await target.read(patient)).toMatchObject({ exposure: 0 });
    apply();
    expect(await target.read(patient)).toMatchObject({ exposure: 40 });
  });

  test('reset forgets faults, calls and held writes', async () => {
    store.hangNext('set');
    const giveUp = new AbortController();
    const hung = raise(target, 100, giveUp.signal);
    store.failNext(new TargetError('denied', 'not allowed', { retryable: false }), 'read');
    store.reset();
    store.applyLate();
    expect(store.calls).toEqual([]);
    expect(await target.read(patient)).toMatchObject({ exposure: 0 });
    giveUp.abort();
    await expect(hung).rejects.toBeInstanceOf(TargetError);
  });
});
