/** `kind: sql` among the probes: one number that a query of a Postgres database answers. */
import { z } from 'zod';
import type { ProbeConfig } from '../../../rollout/plan/plan.js';
import { matching } from '../../values/forms.js';
import { postgresAddress, timeout } from './values.js';

const QUERY = 'one query that begins with select or with, at most 10000 characters';

export const sqlProbe = z.strictObject({
  kind: z.literal('sql'),
  url: postgresAddress(),
  query: matching(QUERY, /^(?=\s*(?:select|with)\b)[^\0]{1,10000}$/i),
  timeout,
});

export function toSqlProbe({ kind, url, query, timeout }: z.output<typeof sqlProbe>): ProbeConfig {
  return { kind, url, query, timeoutMs: timeout };
}
