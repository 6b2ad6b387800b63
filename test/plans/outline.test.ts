import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { outlineOf } from '../../src/plans/language/outline.js';
import { outlining } from '../../src/plans/language/outlined.js';
import { planSchema } from '../../src/plans/language/schema.js';
import { ROOT } from '../project/sources.js';

const written = ['plans', 'examples']
  .flatMap((folder) => readdirSync(`${ROOT}${folder}`).map((name) => `${folder}/${name}`))
  .filter((file) => file.endsWith('.yml'));

describe('the outline of a plan', () => {
  test.each(written)('has everything of %s', (file) => {
    const value = parse(readFileSync(`${ROOT}${file}`, 'utf8'));
    expect(outlineOf(value)).toEqual(value);
  });

  test('knows every key that a plan may have at its top', () => {
    const keys = Object.keys(planSchema.shape);
    const outline = outlineOf(Object.fromEntries(keys.map((key) => [key, Symbol(key)])));
    expect(Object.keys(outline)).toEqual(keys);
  });

  test('has what is right beside what is wrong', () => {
    const outline = outlineOf({
      plan: 'checkout',
      title: 5,
      stages: [{ stage: 'a', exposure: [1], bake: '1h' }, 'b', { stage: 'c', tenants: ['x', 7] }],
      targets: { flag: { kind: 'unheard-of', rows: { name: ['A'] }, read: ['./read'] }, other: null },
      surprise: true,
    });
    expect(outline).toEqual({
      plan: 'checkout',
      title: undefined,
      stages: [{ stage: 'a', exposure: undefined, bake: '1h' }, undefined, { stage: 'c', tenants: ['x', undefined] }],
      targets: { flag: { kind: 'unheard-of', rows: { name: ['A'] }, read: ['./read'] }, other: undefined },
    });
  });

  test('keeps a key whose value is wrong, and none that is empty', () => {
    const probe = { kind: 'alert', quiet: 5, heartbeat: null };
    const { checks } = outlineOf({ checks: { errors: { probe } } });
    expect(Object.keys(checks?.errors?.probe ?? {})).toEqual(['kind', 'quiet']);
  });

  test.each([undefined, null, 'plan', 7, ['plan']])('of %s is empty', (value) => {
    expect(outlineOf(value)).toEqual({});
  });
});

describe('the outline of a schema', () => {
  test('takes the forms of a union together, whatever their rules', () => {
    const read = outlining(
      z.union([
        z.strictObject({ kind: z.literal('a'), of: z.strictObject({ x: z.string() }) }),
        z.strictObject({ kind: z.literal('b'), of: z.strictObject({ y: z.int().min(1) }) }),
        z.array(z.string().max(1)),
      ]),
    );
    expect(read({ kind: 'c', of: { x: 'long', y: -1.5, z: 1 } })).toEqual({ kind: 'c', of: { x: 'long', y: -1.5 } });
    expect(read(['long', 1])).toEqual(['long', undefined]);
  });

  test('has JSON as it is, and keys that mean something to JavaScript', () => {
    const read = outlining(z.strictObject({ body: z.json(), names: z.record(z.string(), z.boolean()) }));
    const value = JSON.parse('{"body": [{"a": null}], "names": {"__proto__": true, "constructor": false}}');
    expect(read(value)).toStrictEqual(value);
  });

  test('is not made of a schema whose kind it does not know', () => {
    expect(() => outlining(z.strictObject({ at: z.date() }))).toThrow('no outline of a schema of the kind date');
  });
});
