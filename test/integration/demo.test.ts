import { describe, expect, test } from 'vitest';
import { paintFor } from '../../sandbox/demo/paint.js';
import { judge } from '../../sandbox/demo/run.js';
import { startProgram } from '../sandbox/started-program.js';

const DEMO_MS = 240_000;
/** Between a number and its unit, so that they are not torn apart. */
const NBSP = '\u00a0';
const lines = (text: string, mark: string) => text.split('\n').filter((line) => line.startsWith(mark));

describe('the demo', { concurrent: true }, () => {
  test(
    'plays both acts, prints the conversation and exits 0 when everybody agrees',
    async () => {
      const demo = startProgram('sandbox/demo.js');
      const code = await demo.exited;
      const output = demo.output().replaceAll(NBSP, ' ');
      expect(lines(output, '✖'), output).toEqual([]);
      expect(lines(output, '✔').length, output).toBe(10);
      expect(code).toBe(0);
      expect(output).toMatch(/Opal Operator types \/rollout start new-checkout/);
      expect(output).toMatch(
        /\n {4}\d\d:\d\d:\d\d {2}rollout .*\n +25 % → 50 % · New checkout\n +✔ Approved by @Lea Lead/,
      );
      expect(output).toMatch(/ROLLED BACK New checkout from 50 % to 0 %/);
      expect(output).toMatch(/only Opal Operator sees this/);
      expect(output, 'colours are for terminals').not.toContain('\u001b');
    },
    DEMO_MS,
  );

  test(
    'exits 1 when a single customer still has the new checkout after the rollback, and names that customer',
    async () => {
      const demo = startProgram('sandbox/demo.js', ['--break-user', 'u42']);
      const code = await demo.exited;
      const output = demo.output().replaceAll(NBSP, ' ');
      expect(lines(output, '✖'), output).toEqual([expect.stringMatching(/^✖ act two · customers: none of 200/)]);
      expect(output).toContain('found: 1 of 200 (u42)');
      expect(code).toBe(1);
    },
    DEMO_MS,
  );

  test('is not content with nothing to judge', () => {
    expect(judge([], () => undefined, paintFor(false))).toBe(1);
  });
});
