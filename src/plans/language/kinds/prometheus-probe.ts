/** `kind: prometheus` among the probes: one number by an instant query. */
import { z } from 'zod';
import type { ProbeConfig } from '../../../rollout/plan/plan.js';
import { withoutUndefined } from '../../../rollout/plan/without-undefined.js';
import { duration, matching } from '../../values/forms.js';
import { HTTP, headers, timeout, webAddress } from './values.js';

export const prometheusProbe = z.strictObject({
  kind: z.literal('prometheus'),
  url: webAddress(HTTP),
  query: matching('a PromQL query, at most 5000 characters', /^(?=[\s\S]*\S)[^\p{Co}\p{Cs}\0]{1,5000}$/u),
  headers: headers.default({}),
  timeout,
  group: z.enum(['highest', 'lowest'], 'highest or lowest').optional(),
  fresh: duration(60 * 60_000, '1h').optional(),
});

export function toPrometheusProbe(probe: z.output<typeof prometheusProbe>): ProbeConfig {
  const { kind, url, query, headers, timeout: timeoutMs, group, fresh } = probe;
  return withoutUndefined<ProbeConfig>({ kind, url, query, headers, timeoutMs, group, freshMs: fresh });
}
