import { expect, test } from 'vitest';
import type { Target, TargetReading } from '../../src/targets/target.js';
import type { TargetWorld } from './target-contract.js';

/** What keeps a raise from being late. */
export function testRaising(world: () => TargetWorld, patient: AbortSignal): void {
  test('a raise whose order does not stand any more when it would go out writes nothing', async () => {
    const { target } = world();
    const seen = await target.read(patient);
    const over = target.raise(50, { signal: patient, seen, mayWrite: () => false });
    await expect(over).rejects.toMatchObject({
      name: 'NotRaisedError',
      why: 'over',
      code: 'rejected',
      retryable: true,
    });
    expect(await world().exposed()).toBe(0);
    expect(await target.read(patient)).toEqual(seen);
  });

  test('a raise asks whether it may, and is written then', async () => {
    const { target } = world();
    const seen = await target.read(patient);
    let asked = 0;
    const mayWrite = () => {
      asked += 1;
      return true;
    };
    await target.raise(50, { signal: patient, seen, mayWrite });
    expect(asked).toBeGreaterThan(0);
    expect(await world().exposed()).toBe(50);
  });

  test('a raise writes nothing where the target is not as it was seen, and goes on from a fresh look', async () => {
    const { target } = world();
    await raise(target, 25, await target.read(patient));
    const seen = await target.read(patient);
    await world().drift(75);
    const late = raise(target, 100, seen);
    await expect(late).rejects.toMatchObject({ name: 'NotRaisedError', why: 'moved', retryable: true });
    expect(await world().exposed()).toBe(75);
    await raise(target, 100, await target.read(patient));
    expect(await world().exposed()).toBe(100);
  });

  test('a version stays while nobody writes, and changes with a write of what is there already', async () => {
    const { target } = world();
    const first = await target.read(patient);
    expect(await target.read(patient)).toEqual(first);
    await target.lower(0, patient);
    const after = await target.read(patient);
    expect(after).toMatchObject({ exposure: 0, partial: false });
    if (first.version === null) expect(after.version).toBeNull();
    else expect(after.version).not.toBe(first.version);
  });

  test('a raise that comes after a lowering to where it was seen writes nothing, if there is a version', async () => {
    const { target } = world();
    const seen = await target.read(patient);
    if (seen.version === null) return;
    await target.lower(0, patient);
    await expect(raise(target, 50, seen)).rejects.toMatchObject({ name: 'NotRaisedError', why: 'moved' });
    expect(await world().exposed()).toBe(0);
  });
}

function raise(target: Target, exposure: number, seen: TargetReading): Promise<void> {
  return target.raise(exposure, { signal: new AbortController().signal, seen, mayWrite: () => true });
}
