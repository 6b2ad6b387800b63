import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Lowered, type Target, TargetError } from '../../src/targets/target.js';

/** What can be wrong with one part of a target while its others are as they should be. */
export const TROUBLES = ['lost', 'doubled', 'refusing', 'hanging'] as const;
export type Trouble = (typeof TROUBLES)[number];

/** A target of several parts that all are on, and one of them that can be given trouble. */
export interface PartsWorld {
  readonly target: Target;
  /** The name of the one part, as people are told about it. */
  readonly one: string;
  /** A kind that cannot have one of them leaves it out. */
  readonly troubles: Partial<Readonly<Record<Trouble, () => Promise<void>>>>;
  /** Names of the parts by which anybody still has it, found out without the target; a part that is there twice counts twice. */
  on(): Promise<string[]>;
  close(): Promise<void>;
}

/** A lowering takes down every part it can reach, and says which it could not. `without`: what a part of this kind cannot have. */
export function testPartsInTrouble(
  name: string,
  create: () => Promise<PartsWorld>,
  { without = [] }: { without?: readonly Trouble[] } = {},
): void {
  describe(`${name} lowers the parts it can reach`, () => {
    let world: PartsWorld;
    const patient = new AbortController().signal;
    beforeEach(async () => {
      world = await create();
    });
    afterEach(() => world.close());

    test.each(TROUBLES.filter((trouble) => !without.includes(trouble)))('when one of them is %s', async (trouble) => {
      const { target, one, troubles } = world;
      expect((await world.on()).length).toBeGreaterThan(1);
      const begin = troubles[trouble];
      if (!begin) throw new Error(`a kind whose parts can be ${trouble} has to make one so`);
      await begin();
      const answer: Lowered | TargetError = await target.lower(0, patient).catch((error: unknown) => {
        if (error instanceof TargetError) return error;
        throw error;
      });
      switch (trouble) {
        case 'lost':
        case 'doubled':
          // A part that is gone gives it to nobody, and one that is there twice is taken down twice.
          expect(answer).not.toBeInstanceOf(Error);
          expect(await world.on()).toEqual([]);
          return;
        case 'refusing':
          expect(answer).toMatchObject({ name: 'TargetError', retryable: false, final: true });
          break;
        case 'hanging':
          expect(answer).toMatchObject({ name: 'TargetError', retryable: true, final: false });
          break;
        default:
          trouble satisfies never;
      }
      expect(String(answer)).toContain(one);
      expect(await world.on()).toEqual([one]);
    });
  });
}
