import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RaiseOrder, Target, TargetReading } from '../../src/targets/target.js';
import { testRaising } from './raise-contract.js';

/** A raise that was decided on this reading, off when none is given. */
function raiseOrder(signal: AbortSignal, seen: TargetReading = AT_OFF): RaiseOrder {
  return { signal, seen, mayWrite: () => true };
}

/** Told at once, without a look before: from off, unless it was seen elsewhere. */
export async function raise(
  target: Target,
  exposure: number,
  signal: AbortSignal,
  seen?: TargetReading,
): Promise<void> {
  await target.raise(exposure, raiseOrder(signal, seen));
}

/** What a rehearsal of some places read. */
export async function rehearsed(target: Target, places: readonly number[] = PLACES): Promise<TargetReading> {
  return (await target.rehearse(places, new AbortController().signal)).reading;
}

const PLACES = [0, 10, 50, 100];

const AT_OFF: TargetReading = { exposure: 0, partial: false, detail: 'off', version: null };

/** Brings it to this percentage, up or down from where it is. */
export async function moveTo(target: Target, exposure: number, signal: AbortSignal): Promise<void> {
  const seen = await target.read(signal);
  if (exposure > seen.exposure) await target.raise(exposure, raiseOrder(signal, seen));
  else await target.lower(exposure, signal);
}

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
    testRaising(() => world, patient);
    testGivingUp(() => world, patient);
    testFailures(() => world, patient);
  });
}

function testSettingAndReading(world: () => TargetWorld, patient: AbortSignal): void {
  test.each([0.5, 12.5, 25, 100])('is at %d percent after it was told so', async (exposure) => {
    await moveTo(world().target, exposure, patient);
    expect(await world().target.read(patient)).toMatchObject({ exposure, partial: false });
    expect(await world().exposed()).toBe(exposure);
  });

  test('is off after zero, also when it was off before', async () => {
    await moveTo(world().target, 50, patient);
    await world().target.lower(0, patient);
    await world().target.lower(0, patient);
    expect(await world().target.read(patient)).toMatchObject({ exposure: 0, partial: false });
    expect(await world().exposed()).toBe(0);
  });

  test('stays where it is when it is told the same again', async () => {
    await moveTo(world().target, 25, patient);
    await moveTo(world().target, 25, patient);
    expect(await world().exposed()).toBe(25);
  });

  test('reads what is there now, not what it wrote', async () => {
    await moveTo(world().target, 25, patient);
    await world().drift(75);
    expect((await world().target.read(patient)).exposure).toBe(75);
  });

  test.each([-1, 100.1, Number.NaN, Number.POSITIVE_INFINITY])(
    'refuses %d percent and writes nothing',
    async (nonsense) => {
      await moveTo(world().target, 25, patient);
      const refused = { name: 'TargetError', code: 'rejected', retryable: false };
      await expect(raise(world().target, nonsense, patient)).rejects.toMatchObject(refused);
      await expect(world().target.lower(nonsense, patient)).rejects.toMatchObject(refused);
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
    await moveTo(world().target, exposure, patient);
    expect(await rehearsed(world().target)).toMatchObject({ exposure, partial: false });
    expect(await world().exposed()).toBe(exposure);
  });

  test('a rehearsal fails when writing is not allowed', async () => {
    await world().denyNextWrite();
    await expect(rehearsed(world().target)).rejects.toMatchObject({ code: 'denied', retryable: false });
  });
}

function testParts(world: () => TargetWorld, patient: AbortSignal): void {
  const disagree = async (): Promise<number> => {
    const highest = await world().disagree?.();
    if (highest === undefined) throw new Error('a kind with parts has to make them disagree');
    return highest;
  };

  test('says when its parts disagree, counts the highest, and a raise makes them agree', async () => {
    const highest = await disagree();
    expect(await world().target.read(patient)).toMatchObject({ exposure: highest, partial: true });
    await moveTo(world().target, 100, patient);
    expect(await world().target.read(patient)).toMatchObject({ exposure: 100, partial: false });
  });

  test('a lowering takes down the parts that are above, and raises none', async () => {
    const highest = await disagree();
    await world().target.lower(highest, patient);
    expect(await world().target.read(patient)).toMatchObject({ exposure: highest, partial: true });
    await world().target.lower(5, patient);
    expect((await world().target.read(patient)).exposure).toBeLessThanOrEqual(5);
    await world().target.lower(0, patient);
    expect(await world().target.read(patient)).toMatchObject({ exposure: 0, partial: false });
  });

  test('a rehearsal leaves parts that disagree as they are', async () => {
    const highest = await disagree();
    expect(await rehearsed(world().target)).toMatchObject({ exposure: highest, partial: true });
    expect(await world().target.read(patient)).toMatchObject({ exposure: highest, partial: true });
  });
}

const VERBS = ['raise', 'lower', 'read', 'rehearse'] as const;

function called(target: Target, verb: (typeof VERBS)[number], signal: AbortSignal): Promise<unknown> {
  switch (verb) {
    case 'raise':
      return raise(target, 25, signal);
    case 'lower':
      return target.lower(25, signal);
    case 'read':
      return target.read(signal);
    case 'rehearse':
      return target.rehearse(PLACES, signal);
    default:
      return verb satisfies never;
  }
}

function testGivingUp(world: () => TargetWorld, patient: AbortSignal): void {
  test.each(VERBS)('a %s that was given up before it began does nothing', async (verb) => {
    const { target } = world();
    const call = called(target, verb, AbortSignal.abort());
    await expect(call).rejects.toMatchObject({ name: 'TargetError', code: 'timeout', retryable: true });
    expect(await world().exposed()).toBe(0);
  });

  test.each(VERBS)('a %s that hangs ends by its signal', async (verb) => {
    const { target } = world();
    world().hangNext();
    const giveUp = new AbortController();
    const call = called(target, verb, giveUp.signal);
    giveUp.abort();
    await expect(call).rejects.toMatchObject({ name: 'TargetError', code: 'timeout', retryable: true });
  });

  test('a lowering does not wait behind a raise that hangs', async () => {
    const { target } = world();
    await moveTo(target, 25, patient);
    const seen = await target.read(patient);
    world().hangNext();
    const giveUp = new AbortController();
    const late = raise(target, 100, giveUp.signal, seen);
    const raised = expect(late).rejects.toMatchObject({ code: 'timeout' });
    await world().hung?.();
    await target.lower(0, patient);
    expect(await target.read(patient)).toMatchObject({ exposure: 0 });
    giveUp.abort();
    await raised;
    expect(await world().exposed()).toBe(0);
  });
}

function testFailures(world: () => TargetWorld, patient: AbortSignal): void {
  test('says when nobody can be reached, and works again afterwards', async () => {
    await moveTo(world().target, 25, patient);
    const seen = await world().target.read(patient);
    world().breakNext();
    const failure = await raise(world().target, 50, patient, seen).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'TargetError', code: 'unreachable', retryable: true });
    expect(String(failure)).not.toContain(world().secret);
    expect(await world().exposed()).toBe(25);
    await moveTo(world().target, 50, patient);
    expect(await world().exposed()).toBe(50);
  });

  test('says when it is not allowed to write, and nothing has changed', async () => {
    await moveTo(world().target, 25, patient);
    const seen = await world().target.read(patient);
    await world().denyNextWrite();
    const failure = await raise(world().target, 50, patient, seen).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'TargetError', code: 'denied', retryable: false });
    expect(String(failure)).not.toContain(world().secret);
    expect(await world().exposed()).toBe(25);
  });
}
