/** Tables as teams have them: what a start says of each, and that what it let through can be taken back, also by hand. */
import { configFor } from './flag-table.js';
import { type Shape, testShapes } from './table-shapes.js';

const { columns } = configFor('postgres://unused');
const { updatedAt: _, ...unstamped } = columns;
const trigger = (when: string, then: string, timing = 'BEFORE UPDATE') => `
  CREATE FUNCTION guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF ${when} THEN ${then}; END IF; RETURN NEW; END $$;
  CREATE TRIGGER guard ${timing} ON feature_flags FOR EACH ROW EXECUTE FUNCTION guard()`;
const type = (column: string, to: string, using = column) =>
  `ALTER TABLE feature_flags ALTER ${column} DROP DEFAULT, ALTER ${column} TYPE ${to} USING ${using}`;
const check = (condition: string, more = '') =>
  `ALTER TABLE feature_flags ADD CONSTRAINT pct_range CHECK (${condition}) ${more}`;

const SHAPES: readonly Shape[] = [
  { name: 'a plain table', sql: '' },
  { name: 'a percentage of numeric(5,2)', sql: type('rollout_percentage', 'numeric(5,2)') },
  { name: 'a percentage of double precision', sql: type('rollout_percentage', 'double precision') },
  { name: 'a percentage of real', sql: type('rollout_percentage', 'real') },
  { name: 'a percentage as text', sql: type('rollout_percentage', 'text') },
  { name: 'whole numbers and whole places', sql: type('rollout_percentage', 'smallint'), places: [0, 10, 50, 100] },
  {
    name: 'whole numbers and a place between',
    sql: type('rollout_percentage', 'smallint'),
    refused: [12.5, /12\.5 % cannot be written: column rollout_percentage cannot hold 12\.5/],
  },
  {
    name: 'a number too small for 100',
    sql: type('rollout_percentage', 'numeric(3,2)'),
    refused: [10, /column rollout_percentage cannot hold 10 /],
  },
  {
    name: 'a number that rounds',
    sql: type('rollout_percentage', 'numeric(3,0)'),
    refused: [12.5, /12\.5 % cannot be written: something else is there afterwards/],
  },
  {
    name: 'an enum that has all places',
    sql: `CREATE TYPE share AS ENUM ('0', '10', '50', '100'); ${type('rollout_percentage', 'share', "'0'")}`,
    places: [0, 10, 50, 100],
  },
  {
    name: 'an enum that lacks a place',
    sql: `CREATE TYPE share AS ENUM ('0', '10', '100'); ${type('rollout_percentage', 'share', "'0'")}`,
    places: [0, 10, 50, 100],
    refused: [50, /column rollout_percentage cannot hold 50 \(invalid input value for enum/],
  },
  {
    name: 'an enum without zero',
    sql: `CREATE TYPE share AS ENUM ('1', '10', '50', '100'); ${type('rollout_percentage', 'share', "'1'")}`,
    places: [0, 10, 50, 100],
    notes: /only switched off, rollout_percentage keeps its number, column rollout_percentage cannot hold 0/,
  },
  {
    name: 'a domain that has all places',
    sql: `CREATE DOMAIN share AS numeric CHECK (VALUE BETWEEN 0 AND 100); ${type('rollout_percentage', 'share')}`,
  },
  {
    name: 'a domain that ends at 50',
    sql: `CREATE DOMAIN share AS numeric CHECK (VALUE <= 50); ${type('rollout_percentage', 'share')}`,
    refused: [100, /100 % cannot be written: it violates the check share_check/],
  },
  {
    name: 'a check that begins at 1',
    sql: `UPDATE feature_flags SET rollout_percentage = 1; ${check('rollout_percentage BETWEEN 1 AND 100')}`,
    notes: /only switched off, rollout_percentage keeps its number, it violates the check pct_range/,
  },
  {
    name: 'a check that begins at 1 and is not valid for what is there',
    sql: check('rollout_percentage BETWEEN 1 AND 100', 'NOT VALID'),
    notes: /only switched off/,
  },
  {
    name: 'a check that allows some places alone',
    sql: check('rollout_percentage IN (0, 10, 12.5, 100)'),
    refused: [50, /50 % cannot be written: it violates the check pct_range/],
  },
  { name: 'a check that ties switch and percentage', sql: check('enabled = (rollout_percentage > 0)') },
  {
    name: 'a check that wants it on',
    sql: `UPDATE feature_flags SET enabled = true; ${check('enabled')}`,
    notes: /only rollout_percentage is set to 0, enabled stays as it is, it violates the check pct_range/,
  },
  {
    name: 'a check that wants it on and begins at 1',
    sql: `UPDATE feature_flags SET enabled = true, rollout_percentage = 1; ${check('enabled AND rollout_percentage >= 1')}`,
    refused: [0, /off cannot be written from 1 % for NEW_CHECKOUT: it violates the check pct_range/],
  },
  {
    name: 'a time that is a number',
    sql: type('updated_at', 'bigint', '0'),
    refused: [10, /10 % cannot be written: column "updated_at" is of type bigint/],
  },
  {
    name: 'a time that is a number and not named',
    sql: type('updated_at', 'bigint', '0'),
    config: { columns: unstamped },
  },
  { name: 'a time that is a date', sql: type('updated_at', 'date') },
  { name: 'a time that is a text', sql: type('updated_at', 'text') },
  {
    name: 'a trigger that refuses one percentage',
    sql: trigger('NEW.rollout_percentage = 50', "RAISE EXCEPTION 'ask the data team first'"),
    refused: [50, /50 % cannot be written: ask the data team first/],
  },
  {
    name: 'a trigger that refuses zero',
    sql: trigger('NEW.rollout_percentage = 0', "RAISE EXCEPTION 'never zero'"),
    notes: /only switched off, rollout_percentage keeps its number, never zero/,
  },
  {
    name: 'a trigger that refuses to switch off from 100 %',
    sql: trigger('OLD.rollout_percentage = 100 AND NOT NEW.enabled', "RAISE EXCEPTION 'finished flags stay'"),
    notes: /only rollout_percentage is set to 0, enabled stays as it is, finished flags stay/,
  },
  {
    name: 'a trigger that refuses every way down',
    sql: trigger('NOT NEW.enabled OR NEW.rollout_percentage < OLD.rollout_percentage', "RAISE EXCEPTION 'never down'"),
    refused: [0, /off cannot be written from 10 % for NEW_CHECKOUT: never down/],
  },
  {
    name: 'a trigger that keeps the old row without a word',
    sql: trigger('NOT NEW.enabled', 'RETURN OLD'),
    notes: /only rollout_percentage is set to 0/,
  },
  {
    name: 'a trigger that keeps the row by returning nothing',
    sql: trigger('NEW.rollout_percentage >= 50', 'RETURN NULL'),
    refused: [50, /50 % cannot be written: row security or a trigger keeps the row/],
  },
  {
    name: 'a trigger that caps the percentage',
    sql: trigger('NEW.rollout_percentage > 50', 'NEW.rollout_percentage := 50'),
    refused: [100, /100 % cannot be written: something else is there afterwards/],
  },
  {
    name: 'a constraint trigger at the end of the transaction',
    sql: `CREATE FUNCTION guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NEW.rollout_percentage = 100 THEN RAISE EXCEPTION 'too late'; END IF; RETURN NULL; END $$;
      CREATE CONSTRAINT TRIGGER guard AFTER UPDATE ON feature_flags DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION guard()`,
    refused: [100, /100 % cannot be written: too late/],
  },
  {
    name: 'a foreign key at the end of the transaction',
    sql: `CREATE TABLE places (percent numeric PRIMARY KEY); INSERT INTO places VALUES (0), (10), (12.5), (50);
      ALTER TABLE feature_flags ADD CONSTRAINT place FOREIGN KEY (rollout_percentage) REFERENCES places DEFERRABLE INITIALLY DEFERRED`,
    refused: [100, /100 % cannot be written: .*violates foreign key constraint "place"/],
  },
  {
    name: 'a percentage that is reckoned from the switch',
    sql: `ALTER TABLE feature_flags DROP rollout_percentage;
      ALTER TABLE feature_flags ADD rollout_percentage int GENERATED ALWAYS AS (CASE WHEN enabled THEN 100 ELSE 0 END) STORED`,
    places: [0, 100],
    refused: [100, /column "rollout_percentage" can only be updated to DEFAULT/],
  },
  {
    name: 'a switch that is reckoned from the percentage',
    sql: `ALTER TABLE feature_flags DROP enabled;
      ALTER TABLE feature_flags ADD enabled boolean GENERATED ALWAYS AS (rollout_percentage > 0) STORED`,
    refused: [10, /column "enabled" can only be updated to DEFAULT/],
  },
  {
    name: 'a percentage that may be empty',
    sql: 'ALTER TABLE feature_flags ALTER rollout_percentage DROP NOT NULL, ALTER rollout_percentage DROP DEFAULT; UPDATE feature_flags SET rollout_percentage = NULL',
  },
  {
    name: 'a switch alone',
    sql: 'ALTER TABLE feature_flags DROP rollout_percentage',
    config: { columns: { enabled: 'enabled' } },
    places: [0, 100],
  },
  {
    name: 'a switch alone and a place between',
    sql: 'ALTER TABLE feature_flags DROP rollout_percentage',
    config: { columns: { enabled: 'enabled' } },
    refused: [10, /10 % cannot be written: rows that are on or off cannot hold 10 %/],
  },
  {
    name: 'a percentage of money',
    sql: type('rollout_percentage', 'money', 'rollout_percentage::money'),
    refused: [undefined, /the exposure of .* is not a percentage/],
  },
  {
    name: 'a percentage with its sign',
    sql: type('rollout_percentage', 'text', "'0%'"),
    refused: [undefined, /the exposure of .* is not a percentage/],
  },
  ...['int', 'text', 'char(1)', 'bit'].map((to) => ({
    name: `a switch of ${to}`,
    sql: type('enabled', to, to === 'bit' ? "B'0'" : "'0'"),
    refused: [undefined, /is neither on nor off/] as const,
  })),
  {
    name: 'a check that asks a function',
    sql: `CREATE FUNCTION may(share numeric) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN IF share = 50 THEN RAISE EXCEPTION 'not half'; END IF; RETURN true; END $$;
      ${check('may(rollout_percentage)')}`,
    refused: [50, /50 % cannot be written: not half/],
  },
  {
    name: 'a trigger that asserts',
    sql: trigger('TRUE', "ASSERT NEW.rollout_percentage > 0, 'never zero'"),
    notes: /only switched off, rollout_percentage keeps its number, never zero/,
  },
  {
    name: 'a trigger that refuses smaller percentages alone',
    sql: trigger('NEW.rollout_percentage < OLD.rollout_percentage', "RAISE EXCEPTION 'never less'"),
    places: [0, 100],
    notes: /only switched off, rollout_percentage keeps its number, never less/,
  },
  {
    name: 'a trigger that writes only what changes, and a place where it is already',
    sql: `UPDATE feature_flags SET enabled = true, rollout_percentage = 10;
      CREATE TRIGGER same BEFORE UPDATE ON feature_flags FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()`,
    config: { columns: unstamped },
  },
  {
    name: 'a rule that writes nothing',
    sql: 'CREATE RULE never AS ON UPDATE TO feature_flags DO INSTEAD NOTHING',
    refused: [10, /10 % cannot be written: row security or a trigger keeps the row/],
  },
  {
    name: 'a number of its own for each row',
    sql: 'ALTER TABLE feature_flags ADD id int GENERATED ALWAYS AS IDENTITY',
  },
  {
    name: 'rows in a child table',
    sql: `CREATE TABLE mobile_flags () INHERITS (feature_flags); WITH moved AS (DELETE FROM feature_flags WHERE name = 'NEW_CART' RETURNING *)
      INSERT INTO mobile_flags SELECT * FROM moved`,
  },
  {
    name: 'names in capitals, found by the path of the role',
    sql: `CREATE SCHEMA "Ops"; CREATE TABLE "Ops"."Flags" ("Name" text, "Pct" numeric, "On" boolean);
      INSERT INTO "Ops"."Flags" SELECT name, rollout_percentage, enabled FROM feature_flags;
      GRANT USAGE ON SCHEMA "Ops" TO :role; GRANT SELECT, UPDATE ON "Ops"."Flags" TO :role; ALTER ROLE :role SET search_path = "Ops";
      CREATE VIEW flags AS SELECT "Name" AS name, "Pct" AS rollout_percentage, "On" AS enabled FROM "Ops"."Flags"`,
    config: {
      table: 'Flags',
      rows: { column: 'Name', values: ['NEW_CHECKOUT', 'NEW_CART'] },
      columns: { exposure: 'Pct', enabled: 'On' },
    },
    from: 'flags',
    path: 'public, "Ops"',
  },
  {
    name: 'a role whose transactions are serializable',
    sql: 'ALTER ROLE :role SET default_transaction_isolation = serializable',
  },
  { name: 'an unlogged table', sql: 'ALTER TABLE feature_flags SET UNLOGGED' },
  {
    name: 'a partitioned table, which rows leave as they rise',
    sql: `ALTER TABLE feature_flags RENAME TO old_flags;
      CREATE TABLE feature_flags (LIKE old_flags) PARTITION BY RANGE (rollout_percentage);
      CREATE TABLE low PARTITION OF feature_flags FOR VALUES FROM (0) TO (50);
      CREATE TABLE high PARTITION OF feature_flags FOR VALUES FROM (50) TO (101);
      INSERT INTO feature_flags SELECT * FROM old_flags; GRANT SELECT, UPDATE ON feature_flags TO :role`,
  },
  {
    name: 'a partitioned table without a place for zero',
    sql: `ALTER TABLE feature_flags RENAME TO old_flags; UPDATE old_flags SET rollout_percentage = 1;
      CREATE TABLE feature_flags (LIKE old_flags) PARTITION BY RANGE (rollout_percentage);
      CREATE TABLE most PARTITION OF feature_flags FOR VALUES FROM (1) TO (101);
      INSERT INTO feature_flags SELECT * FROM old_flags; GRANT SELECT, UPDATE ON feature_flags TO :role`,
    notes: /only switched off, rollout_percentage keeps its number, no partition of relation/,
  },
  {
    name: 'a view of the table',
    sql: 'CREATE VIEW flags AS SELECT * FROM feature_flags; GRANT SELECT, UPDATE ON flags TO :role',
    config: { table: 'flags' },
  },
  {
    name: 'a view that a trigger writes',
    sql: `CREATE TABLE states (flag text PRIMARY KEY, share numeric NOT NULL, live boolean NOT NULL); INSERT INTO states SELECT name, 0, false FROM feature_flags;
      CREATE VIEW flags AS SELECT DISTINCT flag AS name, share AS rollout_percentage, live AS enabled FROM states;
      CREATE FUNCTION put() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
        UPDATE states SET share = NEW.rollout_percentage, live = NEW.enabled WHERE flag = NEW.name; RETURN NEW; END $$;
      CREATE TRIGGER put INSTEAD OF UPDATE ON flags FOR EACH ROW EXECUTE FUNCTION put(); GRANT SELECT, UPDATE ON flags TO :role`,
    config: { table: 'flags', columns: unstamped },
    refused: [undefined, /FOR NO KEY UPDATE is not allowed with DISTINCT/],
  },
  {
    name: 'a view that keeps what leaves it',
    sql: `CREATE VIEW flags AS SELECT * FROM feature_flags WHERE rollout_percentage <= 50 WITH CHECK OPTION;
      GRANT SELECT, UPDATE ON flags TO :role`,
    config: { table: 'flags' },
    refused: [100, /100 % cannot be written: new row violates check option/],
  },
  {
    name: 'a view that cannot be written',
    sql: 'CREATE VIEW flags AS SELECT name, max(rollout_percentage) AS rollout_percentage, bool_or(enabled) AS enabled FROM feature_flags GROUP BY name; GRANT SELECT, UPDATE ON flags TO :role',
    config: { table: 'flags', columns: unstamped },
    refused: [undefined, /FOR NO KEY UPDATE is not allowed with GROUP BY/],
  },
  {
    name: 'no right to write the percentage',
    sql: 'REVOKE UPDATE ON feature_flags FROM :role; GRANT UPDATE (enabled, updated_at) ON feature_flags TO :role',
    refused: [10, /10 % cannot be written: permission denied/],
  },
  {
    name: 'row security that keeps one of the rows',
    sql: `ALTER TABLE feature_flags ENABLE ROW LEVEL SECURITY; CREATE POLICY see ON feature_flags FOR SELECT USING (true);
      CREATE POLICY change ON feature_flags FOR UPDATE USING (name <> 'NEW_CART')`,
    refused: [10, /10 % cannot be written: row security or a trigger keeps the row/],
  },
  {
    name: 'row security that does not let a flag be high',
    sql: `ALTER TABLE feature_flags ENABLE ROW LEVEL SECURITY; CREATE POLICY see ON feature_flags FOR SELECT USING (true);
      CREATE POLICY change ON feature_flags FOR UPDATE USING (true) WITH CHECK (rollout_percentage < 100)`,
    refused: [100, /100 % cannot be written: new row violates row-level security policy/],
  },
];

testShapes(SHAPES);
