/** Runs a start, every raise, every way back and the statement by hand on tables as teams have them. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PostgresConfig } from '../../src/targets/postgres/config.js';
import type { Rehearsal } from '../../src/targets/target.js';
import { moveTo } from '../contracts/target-contract.js';
import { createFlagTable, type FlagTable } from './flag-table.js';

const patient = new AbortController().signal;
const PLACES = [0, 10, 12.5, 50, 100];

export interface Shape {
  readonly name: string;
  /** `:role` is the role the target has. */
  readonly sql: string;
  readonly config?: Partial<PostgresConfig>;
  readonly places?: readonly number[];
  /** The place that cannot be written, undefined for none at all, and why; absent: it can be started. */
  readonly refused?: readonly [place: number | undefined, why: RegExp];
  /** Where to look, when it is not the table of the target. */
  readonly from?: string;
  /** What the owner's own statements find without a schema. */
  readonly path?: string;
  /** What people are told about a start that is let through; absent: nothing. */
  readonly notes?: RegExp;
}

export function testShapes(shapes: readonly Shape[]): void {
  describe('a table with', () => {
    let table: FlagTable;
    beforeEach(async () => {
      table = await createFlagTable();
    });
    afterEach(() => table.close());

    const exposed = async (from: string) => {
      const rows = await table.sql<{ flag: { enabled: boolean; rollout_percentage?: number | string | null } }>(
        `SELECT to_jsonb(f) AS flag FROM ${from} f WHERE name IN ('NEW_CHECKOUT', 'NEW_CART')`,
      );
      return Math.max(0, ...rows.map(({ flag }) => (flag.enabled ? Number(flag.rollout_percentage ?? 100) : 0)));
    };

    test.each(shapes)('$name', async ({ sql, config, places = PLACES, refused, notes, ...shape }) => {
      if (sql !== '') await table.sql(sql.replaceAll(':role', table.role));
      const target = table.target(config);
      const from = shape.from ?? config?.table ?? 'feature_flags';
      if (shape.path !== undefined) await table.sql(`SET search_path = ${shape.path}`);
      const before = await table.sql(`SELECT f::text FROM ${from} f ORDER BY 1`);
      const answer: unknown = await target.rehearse(places, patient).catch((error: unknown) => error);
      expect(await table.sql(`SELECT f::text FROM ${from} f ORDER BY 1`)).toEqual(before);
      if (refused) {
        expect(answer).toMatchObject({ name: 'TargetError', place: refused[0], retryable: false });
        expect(String(answer)).toMatch(refused[1]);
        return;
      }
      const { notes: told, rungs } = answer as Rehearsal;
      if (notes) expect(told.join('\n')).toMatch(notes);
      else expect(told).toEqual([]);
      // What was promised holds: up to each place, down to off, down to the place before, and to off by hand.
      for (const [index, place] of places.entries()) {
        if (place === 0) continue;
        for (const back of new Set([0, places[index - 1] ?? 0])) {
          await moveTo(target, place, patient);
          expect(await exposed(from)).toBe(place);
          const { note } = await target.lower(back, patient);
          if (note !== null) expect(notes).toBeDefined();
          expect(await exposed(from)).toBe(back);
        }
        await moveTo(target, place, patient);
        await table.sql(target.byHand(0, rungs));
        expect(await exposed(from)).toBe(0);
      }
    });
  });
}
