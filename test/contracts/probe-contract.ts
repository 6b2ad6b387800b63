import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Probe } from '../../src/probes/probe.js';
import type { UnknownReason } from '../../src/rollout/health/why-unknown.js';
import { orderOf } from '../support/order.js';

/** Ends only what hangs. */
const LONG_MS = 30_000;
const HURRIED_MS = 300;

/** What a source can do wrong, and the reason a probe must give for it. */
export const FAULTS = {
  empty: 'not_json',
  broken: 'not_json',
  'without the value': 'no_value',
  null: 'no_value',
  text: 'not_a_number',
  'a numeric string': 'not_a_number',
  true: 'not_a_number',
  'many values': 'not_a_number',
  'a number beyond all bounds': 'not_a_number',
  huge: 'too_large',
  'an error status': 'bad_status',
  'a redirect': 'bad_status',
  gone: 'unreachable',
} as const satisfies Record<string, UnknownReason>;

export type Fault = keyof typeof FAULTS;

/** A probe together with the source it reads. */
export interface ProbeWorld {
  readonly probe: Probe;
  /** What must never appear in a reading. */
  readonly secret: string;
  /** What the source answers from now on. */
  answer(next: { readonly number: number } | { readonly fault: Fault }): void | Promise<void>;
  /** The next reading is never answered. */
  hangNext(): void;
  close(): Promise<void>;
}

/**
 * The promises of `Probe`, asked of one implementation. `without`: faults that a source of this kind cannot have, such as a
 * redirect where nothing redirects. The probe's own timeout is what `create` is called with.
 */
export function testProbe(
  name: string,
  create: (timeoutMs: number) => Promise<ProbeWorld>,
  without: readonly Fault[] = [],
): void {
  describe(`${name} keeps the contract of a probe`, () => {
    let world: ProbeWorld;
    const patient = new AbortController().signal;

    beforeEach(async () => {
      world = await create(LONG_MS);
    });
    afterEach(() => world.close());

    test.each([0, 1, 12.5, -3, 1e-9, 1e21])('reads %d as it is', async (number) => {
      await world.answer({ number });
      const reading = await world.probe.measure(patient);
      expect(reading).toEqual({ value: number, tookMs: expect.any(Number) });
      expect(reading.tookMs).toBeGreaterThanOrEqual(0);
    });

    const faults = Object.entries(FAULTS).filter(([fault]) => !without.some((other) => other === fault));
    test.each(faults)('a source that is %s is unknown: %s', async (fault, reason) => {
      await world.answer({ fault: isFault(fault) ? fault : 'gone' });
      const reading = await world.probe.measure(patient);
      expect(reading).toEqual({ unknown: reason, detail: expect.any(String), tookMs: expect.any(Number) });
      expect(JSON.stringify(reading)).not.toContain(world.secret);
    });

    test('reads again after a fault', async () => {
      await world.answer({ fault: 'an error status' });
      await world.probe.measure(patient);
      await world.answer({ number: 3 });
      expect(await world.probe.measure(patient)).toMatchObject({ value: 3 });
    });

    test('a source that does not answer is unknown when the timeout is over', async () => {
      const hurried = await create(HURRIED_MS);
      onTestFinished(() => hurried.close());
      await hurried.answer({ number: 1 });
      hurried.hangNext();
      const reading = async () => {
        const { tookMs, ...said } = await hurried.probe.measure(patient);
        expect(said).toMatchObject({ unknown: 'timeout' });
        expect(tookMs).toBeGreaterThan(before);
      };
      const [before, after] = [HURRIED_MS - 50, 20 * HURRIED_MS];
      expect(await orderOf({ reading }, [before, after])).toEqual([`${before} ms`, 'reading']);
    });

    test('a reading ends by its signal', async () => {
      world.hangNext();
      const giveUp = new AbortController();
      const reading = async () => {
        const asked = world.probe.measure(giveUp.signal);
        giveUp.abort();
        expect(await asked).toMatchObject({ unknown: 'timeout' });
      };
      expect(await orderOf({ reading }, [LONG_MS / 2])).toEqual(['reading']);
    });

    test('a reading that was given up before it began is unknown', async () => {
      await world.answer({ number: 1 });
      expect(await world.probe.measure(AbortSignal.abort())).toMatchObject({ unknown: 'timeout' });
    });

    test('readings at the same time do not disturb each other', async () => {
      await world.answer({ number: 7 });
      world.hangNext();
      const giveUp = new AbortController();
      const readings = [world.probe.measure(giveUp.signal), world.probe.measure(giveUp.signal)];
      expect(await Promise.race(readings)).toMatchObject({ value: 7 });
      giveUp.abort();
      const both = await Promise.all(readings);
      expect(both.filter((reading) => 'value' in reading)).toHaveLength(1);
    });

    test('can be closed twice', async () => {
      await world.probe.close();
      await world.probe.close();
    });
  });
}

function isFault(text: string): text is Fault {
  return Object.hasOwn(FAULTS, text);
}
