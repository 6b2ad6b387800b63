import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PostgresConfig } from '../../src/targets/postgres/config.js';
import type { Target } from '../../src/targets/target.js';
import { moveTo, rehearsed } from '../contracts/target-contract.js';
import { createFlagTable, type FlagTable } from './flag-table.js';
import { waitingForLocks } from './flag-world.js';

const patient = new AbortController().signal;

const TABLE = `CREATE TABLE tenant_flags (
    key text NOT NULL, enabled boolean NOT NULL DEFAULT false, tenant_id text, updated_at timestamptz, UNIQUE (key, tenant_id));
  INSERT INTO tenant_flags (key) VALUES ('multi_workspace_enabled'), ('unrelated');
  GRANT SELECT, INSERT, UPDATE ON tenant_flags TO :role`;

const FLAG = 'multi_workspace_enabled';

/** Two pilots of eight, then a half. */
const tenants: NonNullable<PostgresConfig['tenants']> = {
  column: 'tenant_id',
  list: ['acme', 'globex', 'c', 'd', 'e', 'f', 'g', 'h'],
  exposures: [25, 50, 100],
};
const config: Partial<PostgresConfig> = {
  table: 'tenant_flags',
  rows: { column: 'key', values: [FLAG] },
  columns: { enabled: 'enabled', updatedAt: 'updated_at' },
  tenants,
};

describe('tenants with rows of their own', () => {
  let table: FlagTable;
  let target: Target;
  beforeEach(async () => {
    table = await createFlagTable();
    await table.sql(TABLE.replaceAll(':role', table.role));
    target = table.target(config);
  });
  afterEach(() => table.close());

  const on = async (key = FLAG) => {
    const rows = await table.sql<{ tenant: string }>(
      `SELECT coalesce(tenant_id::text, '(everybody)') AS tenant FROM tenant_flags WHERE enabled AND key = $1 ORDER BY 1`,
      [key],
    );
    return rows.map(({ tenant }) => tenant);
  };
  const add = (tenant: string, enabled = true) =>
    table.sql('INSERT INTO tenant_flags (key, tenant_id, enabled) VALUES ($1, $2, $3)', [FLAG, tenant, enabled]);
  const reads = () => target.read(patient);

  test('pilots first, then a share, then everybody; off is off for all', async () => {
    expect(await rehearsed(target)).toMatchObject({ exposure: 0, partial: false });
    await moveTo(target, 25, patient);
    expect(await on()).toEqual(['acme', 'globex']);
    expect(await reads()).toMatchObject({
      exposure: 25,
      partial: false,
      detail: `${FLAG} off for everybody, 2 of 8 tenants on (acme, globex)`,
    });
    await moveTo(target, 50, patient);
    expect(await on()).toEqual(['acme', 'c', 'd', 'globex']);
    expect(await reads()).toMatchObject({ exposure: 50, partial: false });
    await moveTo(target, 100, patient);
    expect(await on()).toEqual(['(everybody)', ...tenants.list.toSorted()]);
    expect(await reads()).toMatchObject({ exposure: 100, partial: false });
    await moveTo(target, 25, patient);
    expect(await on()).toEqual(['acme', 'globex']);
    await target.lower(0, patient);
    expect(await on()).toEqual([]);
    expect(await reads()).toMatchObject({ exposure: 0, partial: false });
  });

  test('other flags are left alone, and what was not changed keeps its stamp', async () => {
    await table.sql(`INSERT INTO tenant_flags (key, tenant_id, enabled) VALUES ('unrelated', 'acme', true)`);
    await moveTo(target, 50, patient);
    await target.lower(0, patient);
    expect(await on('unrelated')).toEqual(['acme']);
    expect(await table.sql(`SELECT 1 FROM tenant_flags WHERE key = 'unrelated' AND updated_at IS NOT NULL`)).toEqual(
      [],
    );
  });

  test('a tenant who is on without being listed is partial and more than was asked for; every set but all takes it back', async () => {
    await moveTo(target, 25, patient);
    await add('stranger');
    expect(await reads()).toMatchObject({
      exposure: 37.5,
      partial: true,
      detail: expect.stringContaining('1 not listed'),
    });
    await moveTo(target, 25, patient);
    expect(await on()).toEqual(['acme', 'globex']);
    await table.sql(`UPDATE tenant_flags SET enabled = true WHERE tenant_id = 'stranger'`);
    await target.lower(0, patient);
    expect(await on()).toEqual([]);
  });

  test('at everybody a tenant who is not listed is nobody’s business', async () => {
    await add('stranger', false);
    await moveTo(target, 100, patient);
    expect(await on()).not.toContain('stranger');
    expect(await reads()).toMatchObject({ exposure: 100, partial: false });
  });

  test('tenants out of their order, one missing, or one lost from everybody are partial', async () => {
    await add('h');
    expect(await reads()).toMatchObject({ exposure: 12.5, partial: true });
    await moveTo(target, 50, patient);
    await table.sql(`UPDATE tenant_flags SET enabled = false WHERE tenant_id = 'acme'`);
    expect(await reads()).toMatchObject({ exposure: 37.5, partial: true });
    await moveTo(target, 100, patient);
    await table.sql(`UPDATE tenant_flags SET enabled = false WHERE tenant_id = 'acme'`);
    expect(await reads()).toMatchObject({ exposure: 100, partial: true });
  });

  test('everybody switched off by hand is less than everybody', async () => {
    await moveTo(target, 100, patient);
    await table.sql('UPDATE tenant_flags SET enabled = false WHERE tenant_id IS NULL');
    expect(await reads()).toMatchObject({ exposure: 99.99, partial: false });
  });

  test('everybody switched on by hand is everybody', async () => {
    await moveTo(target, 25, patient);
    await table.sql('UPDATE tenant_flags SET enabled = true WHERE tenant_id IS NULL AND key = $1', [FLAG]);
    expect(await reads()).toMatchObject({ exposure: 100, partial: true });
    await moveTo(target, 25, patient);
    expect(await on()).toEqual(['acme', 'globex']);
  });

  test('only the row without a tenant is the flag: it must be there, once', async () => {
    await add('acme', false);
    await table.sql('DELETE FROM tenant_flags WHERE tenant_id IS NULL AND key = $1', [FLAG]);
    const missing = { code: 'missing', message: `target flag: no row is named ${FLAG}` };
    await expect(moveTo(target, 25, patient)).rejects.toMatchObject(missing);
    await expect(reads()).rejects.toMatchObject(missing);
    await expect(rehearsed(target)).rejects.toMatchObject(missing);
    await table.sql('INSERT INTO tenant_flags (key) VALUES ($1), ($1)', [FLAG]);
    const twice = {
      code: 'rejected',
      message: `target flag: more than one row is named ${FLAG}; where: in the plan says which of them moves`,
    };
    await expect(moveTo(target, 25, patient)).rejects.toMatchObject(twice);
    await expect(reads()).rejects.toMatchObject(twice);
    expect(await on()).toEqual([]);
  });

  test('a lowering behind a raise that has added tenants sees them', async () => {
    const other = await table.session();
    await other.query('BEGIN; SELECT 1 FROM tenant_flags FOR UPDATE');
    const raise = moveTo(target, 50, patient);
    await waitingForLocks(table, 1);
    const lowering = target.lower(0, patient);
    await waitingForLocks(table, 2);
    await other.query('COMMIT');
    await Promise.all([raise, lowering]);
    expect(await on()).toEqual([]);
  });

  test('tenants may be uuids, however they are written', async () => {
    await table.sql('ALTER TABLE tenant_flags ALTER tenant_id TYPE uuid USING NULL');
    const list = ['A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', 'b0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'];
    const uuids = table.target({ ...config, tenants: { ...tenants, list, exposures: [50, 100] } });
    await rehearsed(uuids);
    await moveTo(uuids, 50, patient);
    expect(await uuids.read(patient)).toMatchObject({ exposure: 50, partial: false });
    await uuids.lower(0, patient);
    expect(await on()).toEqual([]);
  });

  test('a rehearsal proves that tenants can be added, and adds none', async () => {
    await rehearsed(target);
    expect(await table.sql('SELECT 1 FROM tenant_flags')).toHaveLength(2);
    await table.sql('ALTER TABLE tenant_flags ADD CHECK (tenant_id IS NULL OR length(tenant_id) > 1)');
    await expect(rehearsed(target)).rejects.toMatchObject({ code: 'rejected', retryable: false });
  });

  test('the statements for a person do what the target does', async () => {
    await table.sql(target.byHand(50));
    expect(await reads()).toMatchObject({ exposure: 50, partial: false });
    await add('stranger');
    expect(target.byHand(0)).toBe(
      `UPDATE "tenant_flags" SET "enabled" = false, "updated_at" = now() WHERE "key" IN ('${FLAG}') AND "tenant_id" IS NULL; ` +
        `UPDATE "tenant_flags" SET "enabled" = false, "updated_at" = now() WHERE "key" IN ('${FLAG}') AND "tenant_id" IS NOT NULL AND "enabled";`,
    );
    await table.sql(target.byHand(0));
    expect(await reads()).toMatchObject({ exposure: 0, partial: false });
  });
});
