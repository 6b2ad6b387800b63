import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exposureOfTenants, tenantCount, tenantsAt } from '../../src/targets/tenants.js';

const listed = (count: number) => Array.from({ length: count }, (_, no) => `t${no}`);

test.each([
  [25, [10, 50, 100], 10, 3],
  [25, [10, 50, 100], 50, 13],
  [3, [100 / 3, 100], 100 / 3, 1],
  [3, [200 / 3, 100], 200 / 3, 2],
  [20, [10, 100], 100, 20],
  [25, [10, 100], 0, 0],
  [25, [10, 100], 0.0001, 0],
])('of %d tenants, stages at %j: at %d percent it is %d', (count, exposures, exposure, have) => {
  const shares = { list: listed(count), exposures };
  expect(tenantCount(shares, exposure)).toBe(have);
  expect(exposureOfTenants(shares, have)).toBe(exposure >= 0.01 ? exposure : 0);
});

test('a percentage that is no stage is never exceeded, and keeps everybody of the stages below', () => {
  const shares = { list: listed(25), exposures: [10, 50, 100] };
  expect(tenantsAt(shares, 7)).toEqual(['t0']);
  expect(tenantsAt(shares, 11)).toEqual(['t0', 't1', 't2']);
  expect(exposureOfTenants(shares, 3)).toBe(10);
  expect(exposureOfTenants(shares, 4)).toBe(16);
});

const plans = fc
  .record({
    size: fc.integer({ min: 1, max: 300 }),
    exposures: fc.uniqueArray(fc.double({ min: 0.01, max: 100, noNaN: true }), { minLength: 1, maxLength: 6 }),
    asked: fc.double({ min: 0, max: 100, noNaN: true }),
  })
  .map(({ size, exposures, asked }) => ({
    shares: { list: listed(size), exposures: exposures.toSorted((a, b) => a - b) },
    asked,
  }));

test('rising never takes it from anybody, and what is read back is never above what was asked for', () => {
  fc.assert(
    fc.property(plans, ({ shares, asked }) => {
      const counts = shares.exposures.map((exposure) => tenantCount(shares, exposure));
      expect(counts).toEqual(counts.toSorted((a, b) => a - b));
      // Two stages with the same number of tenants are refused in a plan.
      fc.pre(new Set(counts).size === counts.length);
      const read = exposureOfTenants(shares, tenantCount(shares, asked));
      expect(read).toBeLessThanOrEqual(asked + 1e-6);
      for (const exposure of shares.exposures) {
        expect(exposureOfTenants(shares, tenantCount(shares, exposure))).toBe(exposure);
      }
    }),
  );
});
