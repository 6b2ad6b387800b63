/** One part is lost, doubled, refuses or hangs: the same is asked of every kind of part there is. */
import { type Trouble, testPartsInTrouble } from '../contracts/parts-contract.js';
import { perTenant, startFlagService, status, targetAt } from './flag-service.js';
import { createFlagTable, type FlagTable } from './flag-table.js';

interface Rows {
  readonly table: FlagTable;
  readonly from: string;
  readonly column: string;
  readonly one: string;
}

/** What can be wrong with one row of a table. */
function troublesOf({ table, from, column, one }: Rows): Readonly<Record<Trouble, () => Promise<void>>> {
  const row = `${column} = '${one}'`;
  return {
    async lost() {
      await table.sql(`DELETE FROM ${from} WHERE ${row}`);
    },
    async doubled() {
      await table.sql(`INSERT INTO ${from} SELECT * FROM ${from} WHERE ${row}`);
    },
    async refusing() {
      await table.sql(`CREATE FUNCTION stay() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'stays'; END $$;
        CREATE TRIGGER stay BEFORE UPDATE ON ${from} FOR EACH ROW WHEN (OLD.${row}) EXECUTE FUNCTION stay()`);
    },
    async hanging() {
      const other = await table.session();
      await other.query(`BEGIN; UPDATE ${from} SET enabled = enabled WHERE ${row}`);
    },
  };
}

async function onIn({ table, from, column }: Rows): Promise<string[]> {
  const rows = await table.sql<{ name: string }>(`SELECT ${column} AS name FROM ${from} WHERE enabled ORDER BY 1`);
  return rows.map(({ name }) => name);
}

testPartsInTrouble('rows in postgres', async () => {
  const table = await createFlagTable();
  await table.sql(`ALTER TABLE feature_flags DROP CONSTRAINT feature_flags_pkey;
    UPDATE feature_flags SET enabled = true, rollout_percentage = 50 WHERE name <> 'UNRELATED'`);
  const rows = { table, from: 'feature_flags', column: 'name', one: 'NEW_CART' };
  return {
    target: table.target({}, 1_000),
    one: rows.one,
    troubles: troublesOf(rows),
    on: () => onIn(rows),
    close: () => table.close(),
  };
});

testPartsInTrouble('named users in postgres', async () => {
  const table = await createFlagTable();
  await table.sql(`CREATE TABLE overrides (flag text, who text, enabled boolean);
    INSERT INTO overrides SELECT 'NEW_CART', w, true FROM unnest(ARRAY['ana', 'bo']) w;
    GRANT SELECT, INSERT, UPDATE ON overrides TO ${table.role}`);
  const rows = { table, from: 'overrides', column: 'who', one: 'bo' };
  const users = {
    table: 'overrides',
    flag: 'flag',
    user: 'who',
    enabled: 'enabled',
    steps: [{ exposure: 0.0001, names: ['ana', 'bo'] }],
  };
  return {
    target: table.target({ users, rows: { column: 'name', values: ['NEW_CART'] } }, 3_000),
    one: rows.one,
    troubles: troublesOf(rows),
    on: () => onIn(rows),
    close: () => table.close(),
  };
});

testPartsInTrouble('tenants in postgres', async () => {
  const table = await createFlagTable();
  await table.sql(`CREATE TABLE tenant_flags (key text, tenant text, enabled boolean);
    INSERT INTO tenant_flags VALUES ('multi', NULL, false), ('multi', 'acme', true), ('multi', 'globex', true);
    GRANT SELECT, INSERT, UPDATE ON tenant_flags TO ${table.role}`);
  const rows = { table, from: 'tenant_flags', column: 'tenant', one: 'globex' };
  const config = {
    table: 'tenant_flags',
    rows: { column: 'key', values: ['multi'] },
    columns: { enabled: 'enabled' },
    tenants: { column: 'tenant', list: ['acme', 'globex', 'initech'], exposures: [50, 100] },
  };
  return {
    target: table.target(config, 3_000),
    one: rows.one,
    troubles: troublesOf(rows),
    on: () => onIn(rows),
    close: () => table.close(),
  };
});

testPartsInTrouble(
  'tenants over http',
  async () => {
    const service = await startFlagService();
    for (const tenant of ['acme', 'globex', 'initech', 'umbrella'])
      service.flags.set(`/tenants/${tenant}`, { rollout: 0, enabled: true });
    const path = '/tenants/globex';
    return {
      target: targetAt(service, perTenant(), { callMs: 4_000, requestMs: 600, leastMs: 200 }),
      one: 'globex',
      troubles: {
        lost: async () => void service.flags.delete(path),
        refusing: async () => service.answerNext(status(403), (method, at) => method === 'PUT' && at === path),
        hanging: async () => service.hangWhen((method, at) => method === 'PUT' && at === path),
      },
      on: async () =>
        [...service.flags].flatMap(([at, { enabled }]) => (enabled ? [at.replace('/tenants/', '')] : [])).sort(),
      close: () => service.close(),
    };
  },
  // Each tenant has one address.
  { without: ['doubled'] },
);
