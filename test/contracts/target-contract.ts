import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Target } from '../../src/targets/target.js';

/** A target together with the place it moves, and the faults that place can be given. */
export interface TargetWorld {
  readonly target: Target;
  /** What must never appear in a key, a message or an instruction. */
  readonly secret: string;
  /** What users really get, found out without the target. */
  exposed(): Promise<number>;
  /** Somebody else changes the exposure. */
  drift(exposure: number): Promise<void>;
  /** Makes its parts stand at different percentages; tells the highest. Absent: it has one part, which the kind declares. */
  disagree?(): Promise<number>;
  /** The next call is never answered. */
  hangNext(): void;
  /** Resolves when the call that is never answered has come this far. Absent: calls arrive in their order. */
  hung?(): Promise<void>;
  /** The next call finds nobody to talk to. */
  breakNext(): void;
  /** The next write is refused for want of rights. */
  denyNextWrite(): Promise<void>;
  close(): Promise<void>;
}

/** The promises of `Target`, asked of one implementation. `parts: false`: what it moves is one thing and cannot disagree. */
export function testTarget(name: string, create: () => Promise<TargetWorld>, { parts } = { parts: true }): void {
  describe(`${name} keeps the contract of a target`, () => {
    let world: TargetWorld;
    const patient = new AbortController().signal;

    beforeEach(async () => {
      world = await create();
    });
    afterEach(() => world.close());

    testSettingAndReading(() => world, patient);
    testRehearsal(() => world, patient);
    if (parts) testParts(() => world, patient);
    testGivingUp(() => world, patient);
    testFailures(() => world, patient);
  });
}

function testSettingAndReading(world: () => TargetWorld, patient: AbortSignal): void {
  test.each([0.5, 12.5, 25, 100])('is at %d percent after it was told so', async (exposure) => {
    await world().target.set(exposure, patient);
    expect(await world().target.read(patient)).toMatchObject({ exposure, partial: false });
    expect(await world().exposed()).toBe(exposure);
  });

  test('is off after zero, also when it was off before', async () => {
    await world().target.set(50, patient);
    await world().target.set(0, patient);
    await world().target.set(0, patient);
    expect(await world().target.read(patient)).toMatchObject({ exposure: 0, partial: false });
    expect(await world().exposed()).toBe(0);
  });

  test('stays where it is when it is told the same again', async () => {
    await world().target.set(25, patient);
    await world().target.set(25, patient);
    expect(await world().exposed()).toBe(25);
  });

  test('reads what is there now, not what it wrote', async () => {
    await world().target.set(25, patient);
    await world().drift(75);
    expect((await world().target.read(patient)).exposure).toBe(75);
  });

  test.each([-1, 100.1, Number.NaN, Number.POSITIVE_INFINITY])(
    'refuses %d percent and writes nothing',
    async (nonsense) => {
      await world().target.set(25, patient);
      const refusal = world().target.set(nonsense, patient);
      await expect(refusal).rejects.toMatchObject({ name: 'TargetError', code: 'rejected', retryable: false });
      expect(await world().exposed()).toBe(25);
    },
  );

  test('names what it moves and how to move it by hand, without secrets', async () => {
    const { target, secret } = world();
    expect(target.keys.length).toBeGreaterThan(0);
    expect(new Set(target.keys).size).toBe(target.keys.length);
    expect(target.byHand(0)).not.toBe(target.byHand(50));
    const { detail } = await target.read(patient);
    expect(detail).not.toBe('');
    for (const shown of [...target.keys, target.byHand(0), detail]) expect(shown).not.toContain(secret);
  });

  test('can be closed twice', async () => {
    await world().target.read(patient);
    await world().target.close();
    await world().target.close();
  });
}

function testRehearsal(world: () => TargetWorld, patient: AbortSignal): void {
  test.each([0, 40])('a rehearsal at %d percent changes nothing and tells what is there', async (exposure) => {
    await world().target.set(exposure, patient);
    expect(await world().target.rehearse(patient)).toMatchObject({ exposure, partial: false });
    expect(await world().exposed()).toBe(exposure);
  });

  test('a rehearsal fails when writing is not allowed', async () => {
    await world().denyNextWrite();
    await expect(world().target.rehearse(patient)).rejects.toMatchObject({ code: 'denied', retryable: false });
  });
}

function testParts(world: () => TargetWorld, patient: AbortSignal): void {
  const disagree = async (): Promise<number> => {
    const highest = await world().disagree?.();
    if (highest === undefined) throw new Error('a kind with parts has to make them disagree');
    return highest;
  };

  test('says when its parts disagree, counts the highest, and a set makes them agree', async () => {
    const highest = await disagree();
    expect(await world().target.read(patient)).toMatchObject({ exposure: highest, partial: true });
    await world().target.set(5, patient);
    expect(await world().target.read(patient)).toMatchObject({ exposure: 5, partial: false });
  });

  test('a rehearsal leaves parts that disagree as they are', async () => {
    const highest = await disagree();
    expect(await world().target.rehearse(patient)).toMatchObject({ exposure: highest, partial: true });
    expect(await world().target.read(patient)).toMatchObject({ exposure: highest, partial: true });
  });
}

function testGivingUp(world: () => TargetWorld, patient: AbortSignal): void {
  test.each(['set', 'read', 'rehearse'] as const)(
    'a %s that was given up before it began does nothing',
    async (verb) => {
      const { target } = world();
      const call = verb === 'set' ? target.set(25, AbortSignal.abort()) : target[verb](AbortSignal.abort());
      await expect(call).rejects.toMatchObject({ name: 'TargetError', code: 'timeout', retryable: true });
      expect(await world().exposed()).toBe(0);
    },
  );

  test.each(['set', 'read', 'rehearse'] as const)('a %s that hangs ends by its signal', async (verb) => {
    const { target } = world();
    world().hangNext();
    const giveUp = new AbortController();
    const call = verb === 'set' ? target.set(25, giveUp.signal) : target[verb](giveUp.signal);
    giveUp.abort();
    await expect(call).rejects.toMatchObject({ name: 'TargetError', code: 'timeout', retryable: true });
  });

  test('a lowering does not wait behind a raise that hangs', async () => {
    const { target } = world();
    await target.set(25, patient);
    world().hangNext();
    const giveUp = new AbortController();
    const raise = target.set(100, giveUp.signal);
    const raised = expect(raise).rejects.toMatchObject({ code: 'timeout' });
    await world().hung?.();
    await target.set(0, patient);
    expect(await target.read(patient)).toMatchObject({ exposure: 0 });
    giveUp.abort();
    await raised;
    expect(await world().exposed()).toBe(0);
  });
}

function testFailures(world: () => TargetWorld, patient: AbortSignal): void {
  test('says when nobody can be reached, and works again afterwards', async () => {
    await world().target.set(25, patient);
    world().breakNext();
    const failure = await world()
      .target.set(50, patient)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'TargetError', code: 'unreachable', retryable: true });
    expect(String(failure)).not.toContain(world().secret);
    expect(await world().exposed()).toBe(25);
    await world().target.set(50, patient);
    expect(await world().exposed()).toBe(50);
  });

  test('says when it is not allowed to write, and nothing has changed', async () => {
    await world().target.set(25, patient);
    await world().denyNextWrite();
    const failure = await world()
      .target.set(50, patient)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'TargetError', code: 'denied', retryable: false });
    expect(String(failure)).not.toContain(world().secret);
    expect(await world().exposed()).toBe(25);
  });
}
