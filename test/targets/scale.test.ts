import { describe, expect, test } from 'vitest';
import { numberIn, percentOf, scaleDoubt, switchIn, valuesFor } from '../../src/targets/scale.js';

describe('a percentage in the numbers of a service', () => {
  test.each([
    [25, 100, 25, 75],
    [12.5, 100, 12.5, 87.5],
    [0, 100, 0, 100],
    [100, 100, 100, 0],
    [25, 1, 0.25, 0.75],
    [12.5, 1, 0.125, 0.875],
    [7, 1, 0.07, 0.93],
    [29, 1, 0.29, 0.71],
    [0.01, 1, 0.0001, 0.9999],
    [33.3, 1, 0.333, 0.667],
    [100, 1, 1, 0],
    [1, 1000, 10, 990],
    [12.5, 10_000, 1250, 8750],
    [0.5, 10_000, 50, 9950],
    [12.5, 100_000, 12_500, 87_500],
  ])('%d %% where %d means everybody is %d, and %d have it not', (percent, scale, exposure, rest) => {
    expect(valuesFor(percent, true, scale)).toEqual({ exposure, rest, enabled: true });
    expect(percentOf(exposure, scale)).toBe(percent);
  });

  test.each([
    [100.1, 100],
    [25, 1],
    [1.0001, 1],
    [-0.1, 100],
    [10_001, 10_000],
    [Number.NaN, 100],
    [Number.POSITIVE_INFINITY, 100],
  ])('%d is nothing where %d means everybody', (number, scale) => {
    expect(percentOf(number, scale)).toBeUndefined();
  });
});

test.each([
  [25, 25],
  [0.25, 0.25],
  ['25', 25],
  ['25.0', 25],
  ['0.25', 0.25],
  ['0', 0],
  ['100', 100],
  ['100000', 100_000],
  ['12.5', 12.5],
])('%j is read as %d', (found, number) => expect(numberIn(found)).toBe(number));

test.each([
  '',
  ' ',
  '25%',
  '25 %',
  ' 25',
  '25 ',
  '+25',
  '-25',
  '025',
  '25.',
  '.25',
  '2e1',
  '0x19',
  '25,5',
  '1_000',
  '٢٥',
  'NaN',
  'Infinity',
  'null',
  'true',
  '25\n',
  '9999999999',
  '0.0000000001',
  null,
  undefined,
  true,
  false,
  [],
  [25],
  {},
])('%j is no number', (found) => expect(numberIn(found)).toBeUndefined());

test('a switch is a truth, or its word in quotes', () => {
  expect([true, false, 'true', 'false'].map(switchIn)).toEqual([true, false, true, false]);
  expect(['on', 'TRUE', 1, 0, '', null, undefined, 'yes'].map(switchIn)).toEqual(Array(8).fill(undefined));
});

describe('a scale that may be wrong', () => {
  test.each([
    ['a share taken for percent', 0.25, 100, [10, 100]],
    ['a share taken for basis points', 0.0025, 10_000, [0, 10, 100]],
  ])('%s is refused', (_, percent, scale, places) => {
    expect(scaleDoubt(percent, scale, places)).toContain('write scale: 1 if 1 does');
  });

  test.each([
    ['nothing read', undefined, 100, [10]],
    ['off', 0, 100, [10]],
    ['one percent', 1, 100, [10]],
    ['a plan with a place below one percent', 0.25, 100, [0.5, 10]],
    ['a share, said to be one', 0.5, 1, [10]],
  ])('%s is not', (_, percent, scale, places) => {
    expect(scaleDoubt(percent, scale, places)).toBeUndefined();
  });
});
