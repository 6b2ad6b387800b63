/** Tables whose flags have a second key, a switch or a percentage of other kinds, or no switch at all. */
import { expect, onTestFinished, test } from 'vitest';
import { configFor, createFlagTable } from './flag-table.js';
import { type Shape, testShapes } from './table-shapes.js';

const { columns } = configFor('postgres://unused');
const { enabled: _switch, ...unswitched } = columns;
const { exposure: _percentage, ...switched } = columns;
const WHOLE = [0, 10, 50, 100];

/** The table by other columns; `seen` says of it what users have. */
const table = (definition: string, seen: { pct: string; on: string; where?: string; from?: string }) => `
  CREATE TABLE flags (${definition}, updated_at timestamptz NOT NULL DEFAULT now());
  GRANT SELECT, UPDATE ON flags TO :role;
  CREATE VIEW seen AS SELECT name, (${seen.pct})::numeric AS rollout_percentage, (${seen.on}) AS enabled
    FROM flags ${seen.where ?? ''};`;
const fill = (names: string, values: string) =>
  `INSERT INTO flags (${names}) SELECT f.name, ${values} FROM feature_flags f WHERE f.name <> 'UNRELATED';`;
const flags = { table: 'flags' };
/** A switch of this type, with these words for on and off. */
const switchOf = (type: string, on: string, off: string, more = ''): Shape => ({
  name: `a switch of ${type} that says ${on} and ${off}`,
  sql: `${more}${table(`name text PRIMARY KEY, pct numeric NOT NULL, state ${type} NOT NULL`, {
    pct: 'pct',
    on: `state::text = '${on}'`,
  })}${fill('name, pct, state', `0, '${off}'`)}`,
  config: { ...flags, columns: { exposure: 'pct', enabled: 'state', updatedAt: 'updated_at' }, switch: { on, off } },
  from: 'seen',
});
/** A percentage of this type that counts to `scale`. */
const scaled = (type: string, scale: number, places?: readonly number[]): Shape => ({
  name: `a percentage of ${type} that counts to ${scale}`,
  sql: `${table(`name text PRIMARY KEY, pct ${type}, enabled boolean`, { pct: `pct::text::numeric * 100 / ${scale}`, on: 'enabled' })}${fill('name, pct, enabled', `'0', false`)}`,
  config: { ...flags, columns: { exposure: 'pct', enabled: 'enabled', updatedAt: 'updated_at' }, scale },
  from: 'seen',
  ...(places && { places }),
});

const KEYED = table('name text, environment text, pct numeric, enabled boolean, PRIMARY KEY (name, environment)', {
  pct: 'pct',
  on: 'enabled',
  where: `WHERE environment = 'production'`,
});

const SHAPES: readonly Shape[] = [
  {
    name: 'two columns as its key',
    sql: `${KEYED} ${['production', 'staging'].map((each) => fill('name, environment, pct, enabled', `'${each}', 0, false`)).join('')}`,
    config: {
      ...flags,
      rows: {
        column: 'name',
        values: ['NEW_CHECKOUT', 'NEW_CART'],
        where: [{ column: 'environment', value: 'production' }],
      },
      columns: { exposure: 'pct', enabled: 'enabled', updatedAt: 'updated_at' },
    },
    from: 'seen',
  },
  {
    name: 'three columns as its key, a number, an enum and a boolean among them',
    sql: `CREATE TYPE env AS ENUM ('dev', 'prod %');
      ${table('name text, env env, region int, live boolean, pct numeric, enabled boolean', { pct: 'pct', on: 'enabled', where: `WHERE env = 'prod %' AND region = 7 AND live` })}
      ${['dev', 'prod %'].map((env) => fill('name, env, region, live, pct, enabled', `'${env}', 7, true, 0, false`)).join('')}`,
    config: {
      ...flags,
      rows: {
        column: 'name',
        values: ['NEW_CHECKOUT', 'NEW_CART'],
        where: [
          { column: 'env', value: 'prod %' },
          { column: 'region', value: '7' },
          { column: 'live', value: 'true' },
        ],
      },
      columns: { exposure: 'pct', enabled: 'enabled' },
    },
    from: 'seen',
  },
  {
    name: 'a percentage without a switch',
    sql: `ALTER TABLE feature_flags DROP COLUMN enabled; CREATE VIEW seen AS SELECT name, rollout_percentage, true AS enabled FROM feature_flags`,
    config: { columns: unswitched },
    from: 'seen',
  },
  {
    name: 'a percentage without a switch that cannot be 0',
    sql: `ALTER TABLE feature_flags DROP COLUMN enabled; UPDATE feature_flags SET rollout_percentage = 1;
      ALTER TABLE feature_flags ADD CONSTRAINT pct_range CHECK (rollout_percentage BETWEEN 1 AND 100);
      CREATE VIEW seen AS SELECT name, rollout_percentage, true AS enabled FROM feature_flags`,
    config: { columns: unswitched },
    from: 'seen',
    refused: [0, /off cannot be written.*it violates the check pct_range/],
  },
  {
    name: 'a share without a switch',
    sql: `ALTER TABLE feature_flags DROP COLUMN enabled; CREATE VIEW seen AS SELECT name, rollout_percentage * 100 AS rollout_percentage, true AS enabled FROM feature_flags`,
    config: { columns: unswitched, scale: 1 },
    from: 'seen',
  },
  switchOf('smallint', '1', '0'),
  switchOf('text', 'on', 'off'),
  switchOf('text', 'ENABLED', 'DISABLED'),
  switchOf('varchar(3)', 'yes', 'no'),
  switchOf('char(1)', 'Y', 'N'),
  switchOf('state', 'active', 'archived', `CREATE TYPE state AS ENUM ('draft', 'active', 'archived');`),
  switchOf('jsonb', 'true', 'false'),
  switchOf('word', 'on', 'off', `CREATE DOMAIN word AS text CHECK (VALUE IN ('on', 'off'));`),
  switchOf('numeric(3,0)', '1', '0'),
  switchOf('bit(1)', '1', '0'),
  {
    name: 'a switch of smallint alone',
    sql: `${table('name text PRIMARY KEY, state smallint NOT NULL', { pct: '100', on: 'state = 1' })}${fill('name, state', '0')}`,
    config: { ...flags, columns: { ...switched, enabled: 'state' }, switch: { on: '1', off: '0' } },
    from: 'seen',
    places: [0, 100],
  },
  {
    name: 'a switch whose words its column does not take',
    sql: `${table('name text PRIMARY KEY, pct numeric, state smallint NOT NULL', { pct: 'pct', on: 'state = 1' })}${fill('name, pct, state', '0, 0')}`,
    config: { ...flags, columns: { exposure: 'pct', enabled: 'state' } },
    from: 'seen',
    refused: [undefined, /NEW_CART is neither on nor off/],
  },
  scaled('numeric(5,4)', 1),
  scaled('real', 1),
  scaled('double precision', 1),
  scaled('text', 1),
  scaled('integer', 1000),
  scaled('integer', 10_000),
  scaled('numeric(9,3)', 100_000),
  scaled('jsonb', 1),
  scaled('smallint', 1000, WHOLE),
  {
    ...scaled('smallint', 1, WHOLE),
    name: 'a share in whole numbers',
    refused: [10, /10 % cannot be written: column pct cannot hold 0\.1/],
  },
  {
    ...scaled('numeric(5,4)', 100, WHOLE),
    name: 'a share that is taken for percent',
    sql: `${table('name text PRIMARY KEY, pct numeric(5,4), enabled boolean', { pct: 'pct * 100', on: 'enabled' })}${fill('name, pct, enabled', '0.25, true')}`,
    refused: [undefined, /reads 0\.25, which is 0\.25 % where 100 means everybody: write scale: 1/],
  },
];

testShapes(SHAPES);

test('a row of the same name elsewhere is neither read nor written, and is another flag', async () => {
  const place = await createFlagTable();
  onTestFinished(() => place.close());
  await place.sql(`${KEYED.replaceAll(':role', place.role)}
    INSERT INTO flags (name, environment, pct, enabled) VALUES ('NEW_CHECKOUT', 'production', 0, false), ('NEW_CHECKOUT', 'staging', 70, true)`);
  const rows = (environment: string) => ({
    column: 'name',
    values: ['NEW_CHECKOUT'],
    where: [{ column: 'environment', value: environment }],
  });
  const config = { table: 'flags', columns: { exposure: 'pct', enabled: 'enabled' } };
  const production = place.target({ ...config, rows: rows('production') });
  const staging = place.target({ ...config, rows: rows('staging') });
  const signal = new AbortController().signal;
  expect((await production.read(signal)).exposure).toBe(0);
  expect((await staging.read(signal)).exposure).toBe(70);
  await production.lower(0, signal);
  await place.sql(production.byHand(0));
  expect((await staging.read(signal)).exposure).toBe(70);
  expect(production.byHand(0)).toContain(`AND "environment" = 'production'`);
  expect(production.keys[0]).toMatch(/name=NEW_CHECKOUT&environment=production$/);
  expect(production.keys).not.toEqual(staging.keys);
});
