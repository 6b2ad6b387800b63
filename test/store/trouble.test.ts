import { describe, expect, test } from 'vitest';
import type { Db } from '../../src/store/connect.js';
import { troubleOf, watchTrouble } from '../../src/store/trouble.js';

const failure = (code: string, message = 'as Postgres says') =>
  Object.assign(new Error(message), code === '' ? {} : { code });

describe('an error of the database is said as what it is', () => {
  test.each([
    ['53100', 'disk'],
    ['53200', 'memory'],
    ['53300', 'no connection'],
    ['53400', 'limit'],
    ['25006', 'only reads'],
    ['28P01', 'password'],
    ['28000', 'refuses who'],
    ['3D000', 'not there'],
    ['42501', 'right'],
    ['57P01', 'shutting down'],
    ['57P02', 'restarting'],
    ['57P03', 'starting'],
    ['57014', 'in time'],
    ['55P03', 'locked'],
    ['58030', 'disk'],
    ['42P01', 'table'],
    ['08006', 'lost'],
    ['XX001', 'damage'],
    ['ECONNREFUSED', 'reached'],
    ['ENOTFOUND', 'reached'],
    ['EAI_AGAIN', 'reached'],
  ])('%s: %s', (code, word) => {
    expect(troubleOf(failure(code))).toEqual({ code, words: expect.stringContaining(word) });
  });

  test.each([
    ['Connection terminated unexpectedly', 'reached'],
    ['timeout exceeded when trying to connect', 'in time'],
    ['Query read timeout', 'in time'],
    ['SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string', 'password'],
  ])('without a code, %s: %s', (message, word) => {
    expect(troubleOf(failure('', message))?.words).toContain(word);
  });

  test('a certificate that its address names and that is not there', () => {
    const error = Object.assign(new Error(), { code: 'ENOENT', syscall: 'open', path: '/not/there.pem' });
    expect(troubleOf(error)?.words).toBe('a certificate file that DATABASE_URL names cannot be read');
    const socket = Object.assign(new Error(), { code: 'ENOENT', syscall: 'connect', address: '/run/pg/.s.PGSQL.5432' });
    expect(troubleOf(socket)?.words).toContain('cannot be reached');
  });

  test.each([failure('23505'), failure('22P02'), failure('P0001'), failure('', 'not a function'), 'text', null])(
    '%s is none',
    (error) => {
      expect(troubleOf(error)).toBeNull();
    },
  );
});

test('a trouble of the whole database counts for a while after it was last seen, one of a statement does not', async () => {
  let now = 0;
  let fails: unknown = null;
  const db: Db = { query: async () => Promise.reject(fails) };
  const watch = watchTrouble(() => now);
  const seen = async (error: unknown) => {
    fails = error;
    await expect(watch.over(db).query('select 1')).rejects.toBe(error);
    return watch.now()?.code ?? null;
  };
  expect(await seen(failure('57014'))).toBeNull();
  expect(await seen(failure('23505'))).toBeNull();
  expect(await seen(failure('53100'))).toBe('53100');
  now += 14_000;
  expect(watch.now()).toMatchObject({ code: '53100' });
  now += 2_000;
  expect(watch.now()).toBeNull();
});
