import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Db, forgivingNames, openPool, type Statement } from '../../src/store/connect.js';
import { createDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
let pool: pg.Pool;
beforeAll(async () => {
  database = await createDatabase();
  pool = openPool({ url: database.url, max: 1, onError: () => undefined });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const PLUS_ONE = { name: 'plus one', text: 'select $1::int + 1 as n' };

/** The database behind somebody who answers named statements with this first. */
function behind(error: object) {
  const asked: Statement[] = [];
  const db: Db = {
    query(statement, values) {
      asked.push(statement);
      if (typeof statement !== 'string') return Promise.reject(Object.assign(new Error(), error));
      return pool.query(statement, values);
    },
  };
  return { asked, db: forgivingNames(db) };
}

test('a named statement is planned once for its connection', async () => {
  const db = forgivingNames(pool);
  for (let n = 0; n < 3; n += 1) expect((await db.query(PLUS_ONE, [n])).rows).toEqual([{ n: n + 1 }]);
  const { rows } = await db.query('select name from pg_prepared_statements');
  expect(rows).toEqual([{ name: 'plus one' }]);
});

describe('where a pooler stands between', () => {
  test.each([
    [{ code: '26000', message: 'prepared statement "plus one" does not exist' }],
    [{ code: '42P05', message: 'prepared statement "plus one" already exists' }],
    [{ code: '08P01', message: 'prepared statement did not exist' }],
    [{ code: '08P01', message: 'unnamed prepared statement does not exist' }],
  ])('%o is answered without the name, and nothing is named after it', async (error) => {
    const { asked, db } = behind(error);
    expect((await db.query(PLUS_ONE, [1])).rows).toEqual([{ n: 2 }]);
    expect((await db.query(PLUS_ONE, [2])).rows).toEqual([{ n: 3 }]);
    expect(asked).toEqual([PLUS_ONE, PLUS_ONE.text, PLUS_ONE.text]);
  });

  test.each([
    [{ code: '23505', message: 'duplicate key' }],
    [{ code: '57014', message: 'canceling statement due to statement timeout' }],
    [{ code: '08P01', message: 'query_wait_timeout' }],
    [{ code: 'ECONNRESET', message: 'prepared statement' }],
  ])('%o is no reason to try it twice', async (error) => {
    const { asked, db } = behind(error);
    await expect(db.query(PLUS_ONE, [1])).rejects.toMatchObject(error);
    expect(asked).toEqual([PLUS_ONE]);
  });
});
