/** A table that is there, and not where the plan looks for it: what people are told, and that it is enough. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PostgresConfig } from '../../src/targets/postgres/config.js';
import { rehearsed } from '../contracts/target-contract.js';
import { createFlagTable, type FlagTable } from './flag-table.js';

const patient = new AbortController().signal;

const MOVED = 'CREATE SCHEMA ops; ALTER TABLE feature_flags SET SCHEMA ops';
const TENANTS: Partial<PostgresConfig> = {
  table: 'tenant_flags',
  rows: { column: 'key', values: ['cart'] },
  columns: { enabled: 'enabled', updatedAt: 'updated_at' },
  tenants: { column: 'tenant_id', list: ['acme', 'globex'], exposures: [50, 100] },
};
const TENANT_TABLE = `CREATE TABLE tenant_flags (key text, tenant_id text, enabled boolean, updated_at timestamptz);
  INSERT INTO tenant_flags VALUES ('cart', NULL, false, NULL)`;
const USERS: Partial<PostgresConfig> = {
  users: {
    table: 'overrides',
    flag: 'flag',
    user: 'who',
    enabled: 'enabled',
    steps: [{ exposure: 0.0001, names: ['ana'] }],
  },
};
const OVERRIDES = 'CREATE TABLE overrides (flag text, who text, enabled boolean)';

interface Misplaced {
  readonly name: string;
  readonly sql: string;
  readonly config?: Partial<PostgresConfig>;
  readonly code?: string;
  /** `:role` is the role the target has. */
  readonly says: readonly string[];
  /** What the message asks for. */
  readonly after?: string | Partial<PostgresConfig>;
}

const PLACES: readonly Misplaced[] = [
  {
    name: 'a schema of the search path that its role may not use',
    sql: `${MOVED}; ALTER ROLE :role SET search_path = ops, public`,
    says: [
      'relation "feature_flags" does not exist; ',
      'a right that this gives: GRANT USAGE ON SCHEMA "ops" TO ":role"',
    ],
    after: 'GRANT USAGE ON SCHEMA ops TO :role',
  },
  {
    name: 'the schema of the role itself, which it may not use',
    sql: 'CREATE SCHEMA :role; ALTER TABLE feature_flags SET SCHEMA :role',
    says: ['GRANT USAGE ON SCHEMA ":role" TO ":role"'],
    after: 'GRANT USAGE ON SCHEMA :role TO :role',
  },
  {
    name: 'a schema of the search path, with no right to the table either',
    sql: `${MOVED}; ALTER ROLE :role SET search_path = "ops"; REVOKE ALL ON ops.feature_flags FROM :role`,
    says: [
      'GRANT USAGE ON SCHEMA "ops" TO ":role"; GRANT SELECT ("name", "rollout_percentage", "enabled"), UPDATE ("rollout_percentage", "enabled", "updated_at") ON "ops"."feature_flags" TO ":role"',
    ],
    after: `GRANT USAGE ON SCHEMA "ops" TO :role; GRANT SELECT ("name", "rollout_percentage", "enabled"),
      UPDATE ("rollout_percentage", "enabled", "updated_at") ON ops.feature_flags TO :role`,
  },
  {
    name: 'a schema that the plan names and its role may not use',
    sql: MOVED,
    config: { table: 'ops.feature_flags' },
    code: 'denied',
    says: ['permission denied for schema ops; ', ': GRANT USAGE ON SCHEMA "ops" TO ":role"'],
    after: 'GRANT USAGE ON SCHEMA ops TO :role',
  },
  {
    name: 'a schema beside the search path',
    sql: `${MOVED}; GRANT USAGE ON SCHEMA ops TO :role`,
    says: ['does not exist; there is ops.feature_flags; the plan spells it as the database does'],
    after: { table: 'ops.feature_flags' },
  },
  {
    name: 'a schema beside the search path that its role may not use',
    sql: MOVED,
    says: ['there is ops.feature_flags; ', 'GRANT USAGE ON SCHEMA "ops" TO ":role"'],
  },
  {
    name: 'another schema than the plan says',
    sql: 'CREATE SCHEMA ops',
    config: { table: 'ops.feature_flags' },
    code: 'denied',
    says: ['there is feature_flags;'],
    after: { table: 'feature_flags' },
  },
  {
    name: 'a schema that the plan misspells',
    sql: `${MOVED}; GRANT USAGE ON SCHEMA ops TO :role`,
    config: { table: 'Ops.feature_flags' },
    says: ['there is ops.feature_flags;'],
    after: { table: 'ops.feature_flags' },
  },
  {
    name: 'another spelling',
    sql: 'ALTER TABLE feature_flags RENAME TO "Feature_Flags"',
    says: ['there is Feature_Flags;'],
    after: { table: 'Feature_Flags' },
  },
  {
    name: 'a view, in capitals, elsewhere',
    sql: 'CREATE SCHEMA "Ops"; CREATE VIEW "Ops"."FLAGS" AS SELECT * FROM feature_flags; GRANT USAGE ON SCHEMA "Ops" TO :role; GRANT SELECT, UPDATE ON "Ops"."FLAGS" TO :role',
    config: { table: 'flags' },
    says: ['there is Ops.FLAGS;'],
    after: { table: 'Ops.FLAGS' },
  },
  {
    name: 'several places',
    sql: `${MOVED}; CREATE SCHEMA old; CREATE TABLE old.feature_flags (); GRANT USAGE ON SCHEMA old, ops TO :role`,
    says: ['there is old.feature_flags, ops.feature_flags;'],
  },
  {
    name: 'rows for tenants, in a schema that its role may not use',
    sql: `${TENANT_TABLE}; GRANT SELECT, INSERT, UPDATE ON tenant_flags TO :role; CREATE SCHEMA ops;
      ALTER TABLE tenant_flags SET SCHEMA ops; ALTER ROLE :role SET search_path = ops`,
    config: TENANTS,
    says: ['GRANT USAGE ON SCHEMA "ops" TO ":role"'],
    after: 'GRANT USAGE ON SCHEMA ops TO :role',
  },
  {
    name: 'rows for tenants that its role may not add',
    sql: `${TENANT_TABLE}; GRANT SELECT, UPDATE ON tenant_flags TO :role`,
    config: TENANTS,
    code: 'denied',
    says: ['GRANT INSERT ("key", "tenant_id", "enabled", "updated_at") ON "tenant_flags" TO ":role"'],
    after: 'GRANT INSERT ("key", "tenant_id", "enabled", "updated_at") ON "tenant_flags" TO :role',
  },
  {
    name: 'overrides in a schema that its role may not use',
    sql: `CREATE SCHEMA ops; ${OVERRIDES}; ALTER TABLE overrides SET SCHEMA ops; ALTER ROLE :role SET search_path = public, ops`,
    config: USERS,
    says: [
      'GRANT USAGE ON SCHEMA "ops" TO ":role"; GRANT SELECT ("flag", "who", "enabled"), INSERT ("flag", "who", "enabled"), UPDATE ("enabled") ON "ops"."overrides" TO ":role"',
    ],
    after: `GRANT USAGE ON SCHEMA "ops" TO :role;
      GRANT SELECT ("flag", "who", "enabled"), INSERT ("flag", "who", "enabled"), UPDATE ("enabled") ON ops.overrides TO :role`,
  },
  {
    name: 'a switch of another spelling',
    sql: 'ALTER TABLE feature_flags RENAME enabled TO "Enabled"',
    says: ['Perhaps you meant to reference the column "feature_flags.Enabled"'],
    after: { columns: { exposure: 'rollout_percentage', enabled: 'Enabled', updatedAt: 'updated_at' } },
  },
];

describe('a table that is in', () => {
  let table: FlagTable;
  beforeEach(async () => {
    table = await createFlagTable();
  });
  afterEach(() => table.close());

  test.each(PLACES)('$name', async ({ sql, config = {}, code = 'missing', says, after }) => {
    const filled = (text: string) => text.replaceAll(':role', table.role);
    await table.sql(filled(sql));
    const error: unknown = await rehearsed(table.target(config)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'TargetError', code, retryable: false });
    for (const words of says) expect(String(error)).toContain(filled(words));
    if (after === undefined) return;
    if (typeof after === 'string') await table.sql(filled(after));
    await rehearsed(table.target(typeof after === 'string' ? config : { ...config, ...after }));
  });

  test('no place at all is not guessed at', async () => {
    await expect(table.target({ table: 'nothing' }).read(patient)).rejects.toMatchObject({
      message: 'target flag: relation "nothing" does not exist',
    });
  });
});
