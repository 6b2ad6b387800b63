/** `kind: postgres` among the targets: rows of a flag table, perhaps with overrides for users or rows for tenants. */
import { z } from 'zod';
import type { TargetConfig } from '../../rollout/plan.js';
import { line, listOf, matching } from '../forms.js';
import type { StageSteps } from '../stage-steps.js';
import { postgresAddress } from './values.js';

export const ROWS = 'exactly one column with the rows that move together, such as { name: [NEW_CHECKOUT] }';
export const MOST_TENANTS = 1_000;
const COLUMN = 'a column name of letters, digits and underscores';
const column = matching(COLUMN, /^[A-Za-z_][A-Za-z0-9_]{0,62}$/);
const table = matching(
  'a table name, perhaps with its schema, such as public.feature_flags',
  /^[A-Za-z_][A-Za-z0-9_]{0,62}(?:\.[A-Za-z_][A-Za-z0-9_]{0,62})?$/,
);

const users = z.strictObject(
  { table, flag: column, user: column, enabled: column },
  'a mapping with table, flag, user and enabled',
);

const tenants = z.strictObject(
  { column, list: listOf('tenants', line('a tenant', 200), MOST_TENANTS) },
  'a mapping with column and list',
);

export const postgresTarget = z.strictObject({
  kind: z.literal('postgres'),
  url: postgresAddress(),
  table,
  // Exactly one column: a rule, so that it is told together with mistakes in the names.
  rows: z.record(column, listOf('row names', line('a row name', 200), 100), ROWS),
  columns: z.strictObject(
    { exposure: column.optional(), enabled: column, updated_at: column.optional() },
    'a mapping with enabled and perhaps exposure and updated_at',
  ),
  users: users.optional(),
  tenants: tenants.optional(),
});

/** The keys of its mappings, for hints. */
export const POSTGRES_KEYS = {
  columns: Object.keys(postgresTarget.shape.columns.shape),
  users: Object.keys(users.shape),
  tenants: Object.keys(tenants.shape),
};

export function toPostgresTarget(target: z.output<typeof postgresTarget>, steps: StageSteps): TargetConfig {
  const [column = '', values = []] = Object.entries(target.rows)[0] ?? [];
  const { exposure, enabled, updated_at: updatedAt } = target.columns;
  return {
    ...{ kind: 'postgres', url: target.url, table: target.table, rows: { column, values } },
    columns: { enabled, ...(exposure !== undefined && { exposure }), ...(updatedAt !== undefined && { updatedAt }) },
    // A table of overrides that no stage needs is left alone.
    ...(target.users && steps.users.length > 0 && { users: { ...target.users, steps: steps.users } }),
    ...(target.tenants && { tenants: { column: target.tenants.column, ...steps.tenantsOf(target.tenants.list) } }),
  };
}
