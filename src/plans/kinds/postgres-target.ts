/** `kind: postgres` among the targets: rows of a flag table. */
import { z } from 'zod';
import type { TargetConfig } from '../../rollout/plan.js';
import { line, listOf, matching } from '../forms.js';
import { postgresAddress } from './values.js';

export const ROWS = 'exactly one column with the rows that move together, such as { name: [NEW_CHECKOUT] }';
const COLUMN = 'a column name of letters, digits and underscores';
const column = matching(COLUMN, /^[A-Za-z_][A-Za-z0-9_]{0,62}$/);

export const postgresTarget = z.strictObject({
  kind: z.literal('postgres'),
  url: postgresAddress(),
  table: matching(
    'a table name, perhaps with its schema, such as public.feature_flags',
    /^[A-Za-z_][A-Za-z0-9_]{0,62}(?:\.[A-Za-z_][A-Za-z0-9_]{0,62})?$/,
  ),
  // Exactly one column: a rule, so that it is told together with mistakes in the names.
  rows: z.record(column, listOf('row names', line('a row name', 200), 100), ROWS),
  columns: z.strictObject(
    { exposure: column, enabled: column, updated_at: column.optional() },
    'a mapping with exposure, enabled and perhaps updated_at',
  ),
});

export function toPostgresTarget(target: z.output<typeof postgresTarget>): TargetConfig {
  const [column = '', values = []] = Object.entries(target.rows)[0] ?? [];
  const { exposure, enabled, updated_at: updatedAt } = target.columns;
  const columns = updatedAt === undefined ? { exposure, enabled } : { exposure, enabled, updatedAt };
  return { kind: 'postgres', url: target.url, table: target.table, rows: { column, values }, columns };
}
