import { expect, test } from 'vitest';
import { createTarget } from '../../src/adapters/targets.js';
import { configFor } from './flag-table.js';

const asIs = (value: string) => value;

test('a postgres target is built with its address filled in, and never shows it', () => {
  const fill = (value: string) => value.replace('$FLAGS', 'postgres://mover:canary@Flags.example.com/shop');
  const target = createTarget({ name: 'flag', config: configFor('$FLAGS') }, { fill, network: {} });
  expect(target).toMatchObject({ name: 'flag', kind: 'postgres' });
  expect(target.keys[0]).toBe('postgres://flags.example.com:5432/shop/feature_flags/name=NEW_CHECKOUT');
});

test('an exec target is built with the values of the variables it names', () => {
  const fill = (value: string) => (value === `\${FLAG_TOKEN}` ? 'canary' : value);
  const programs = { set: ['flagctl', '{{exposure}}'], read: ['flagctl'], env: ['FLAG_TOKEN'], timeoutMs: 1_000 };
  const target = createTarget({ name: 'flag', config: { kind: 'exec', ...programs } }, { fill, network: {} });
  expect(target).toMatchObject({ name: 'flag', kind: 'exec', keys: ['exec:flagctl'] });
  const unset = (): string => {
    throw new Error('FLAG_TOKEN is not set');
  };
  expect(() =>
    createTarget({ name: 'flag', config: { kind: 'exec', ...programs } }, { fill: unset, network: {} }),
  ).toThrow(expect.objectContaining({ code: 'missing', message: 'target flag: FLAG_TOKEN is not set' }));
});

test('a memory target is built under its name', () => {
  const target = createTarget({ name: 'flag', config: { kind: 'memory', name: 'shop' } }, { fill: asIs, network: {} });
  expect(target).toMatchObject({ name: 'flag', kind: 'memory', keys: ['memory:shop'] });
});

test('a variable that is not set is missing, by its name', () => {
  const fill = (): string => {
    throw new Error('FLAGS_URL is not set');
  };
  expect(() => createTarget({ name: 'flag', config: configFor('$FLAGS_URL') }, { fill, network: {} })).toThrow(
    expect.objectContaining({ code: 'missing', retryable: false, message: 'target flag: FLAGS_URL is not set' }),
  );
});

test.each(['canary', 'https://canary.example.com/'])('an address that is not of Postgres stops the start', (url) => {
  expect(() => createTarget({ name: 'flag', config: configFor(url) }, { fill: asIs, network: {} })).toThrow(
    expect.objectContaining({ code: 'rejected', message: 'target flag: url is not a postgres address' }),
  );
});

test('a plan that names no row stops the start', () => {
  const config = { ...configFor('postgres://localhost/shop'), rows: { column: 'name', values: [] } };
  expect(() => createTarget({ name: 'flag', config }, { fill: asIs, network: {} })).toThrow(
    /^target flag: rows names no row$/,
  );
});

test('a kind nobody knows stops the start', () => {
  const unknown = JSON.parse('{"name": "flag", "config": {"kind": "crystal-ball", "key": "canary"}}');
  expect(() => createTarget(unknown, { fill: asIs, network: {} })).toThrow(
    /^target flag: there is no target of kind "crystal-ball"$/,
  );
});

test.each([
  ['postgres://mover@%2Fvar%2Frun%2Fpostgresql/shop', 'unix socket'],
  ['postgres:///shop?host=/var/run/postgresql', 'unix socket'],
  ['postgres:///shop', 'names no host'],
  [
    'postgres://flags.example/shop?sslmode=verify-full&sslrootcert=/nowhere/ca.pem',
    '/nowhere/ca.pem that its url names cannot be read (ENOENT)',
  ],
  ['postgres://flags.example/shop?sslcert=/nowhere/me.pem&sslkey=/nowhere/key.pem', '/nowhere/me.pem'],
])('a postgres target at %s is refused: %s', (url, words) => {
  expect(() => createTarget({ name: 'flag', config: configFor(url) }, { fill: asIs, network: {} })).toThrow(
    expect.objectContaining({ name: 'TargetError', retryable: false, message: expect.stringContaining(words) }),
  );
});
