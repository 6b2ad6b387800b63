/** `kind: postgres` among the targets: rows of a flag table, perhaps with overrides for users or rows for tenants. */
import { z } from 'zod';
import type { TargetConfig } from '../../../rollout/plan/plan.js';
import { withoutUndefined } from '../../../rollout/plan/without-undefined.js';
import { line, listOf, matching } from '../../values/forms.js';
import type { StageSteps } from '../../values/stage-steps.js';
import { postgresAddress, scale } from './values.js';

export const ROWS = 'exactly one column with the rows that move together, such as { name: [NEW_CHECKOUT] }';
export const MOST_TENANTS = 1_000;
const COLUMN = 'a column name of letters, digits and underscores';
const column = matching(COLUMN, /^[A-Za-z_][A-Za-z0-9_]{0,62}$/);
const table = matching(
  'a table name, perhaps with its schema, such as public.feature_flags',
  /^[A-Za-z_][A-Za-z0-9_]{0,62}(?:\.[A-Za-z_][A-Za-z0-9_]{0,62})?$/,
);

const WHERE = 'a mapping of columns to what stands there, such as { environment: production }';
const VALUE = 'a text, a number, true or false';
const value = z.union([line('a value', 200), z.number(), z.boolean()], VALUE);

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
  where: z.record(column, value, WHERE).optional(),
  columns: z.strictObject(
    { exposure: column.optional(), enabled: column.optional(), updated_at: column.optional() },
    'a mapping with exposure, enabled or both, and perhaps updated_at',
  ),
  switch: z.strictObject({ on: value, off: value }, 'a mapping with on and off: what the switch holds').optional(),
  scale: scale.optional(),
  users: users.optional(),
  tenants: tenants.optional(),
});

/** The keys of its mappings, for hints. */
export const POSTGRES_KEYS = {
  columns: Object.keys(postgresTarget.shape.columns.shape),
  switch: ['on', 'off'],
  users: Object.keys(users.shape),
  tenants: Object.keys(tenants.shape),
};

type Config = Extract<TargetConfig, { readonly kind: 'postgres' }>;

export function toPostgresTarget(target: z.output<typeof postgresTarget>, steps: StageSteps): Config {
  const [column = '', values = []] = Object.entries(target.rows)[0] ?? [];
  const { exposure, enabled, updated_at: updatedAt } = target.columns;
  const where = Object.entries(target.where ?? {}).map(([name, is]) => ({ column: name, value: String(is) }));
  const { users, tenants } = target;
  return withoutUndefined<Config>({
    kind: 'postgres',
    url: target.url,
    table: target.table,
    rows: where.length > 0 ? { column, values, where } : { column, values },
    columns: withoutUndefined<Config['columns']>({ enabled, exposure, updatedAt }),
    switch: target.switch && { on: String(target.switch.on), off: String(target.switch.off) },
    scale: target.scale,
    // A table of overrides that no stage needs is left alone.
    users: users && steps.users.length > 0 ? { ...users, steps: steps.users } : undefined,
    tenants: tenants && { column: tenants.column, ...steps.tenantsOf(tenants.list) },
  });
}
