import { expect, test } from 'vitest';
import { withoutUndefined } from '../../src/rollout/plan/without-undefined.js';

interface Fields {
  readonly a?: number;
  readonly b?: string | null;
  readonly c?: boolean;
}

test('fields that are undefined are left out, and no others', () => {
  const fields = withoutUndefined<Fields>({ a: undefined, b: null, c: false });
  expect(Object.keys(fields)).toEqual(['b', 'c']);
  expect(fields).toStrictEqual({ b: null, c: false });
  expect(withoutUndefined<Fields>({ a: 0, b: '', c: undefined })).toStrictEqual({ a: 0, b: '' });
});
