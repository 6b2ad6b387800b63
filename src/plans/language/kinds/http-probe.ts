/** `kind: http` among the probes: one number of a JSON answer. */
import { z } from 'zod';
import type { ProbeConfig } from '../../../rollout/plan/plan.js';
import { HTTP, headers, jsonPath, timeout, webAddress } from './values.js';

const VALUE = 'the way to a number in the JSON answer, such as error_rate, data.p95 or series[0].value';

export const httpProbe = z.strictObject({
  kind: z.literal('http'),
  url: webAddress(HTTP),
  value: jsonPath(VALUE),
  headers: headers.default({}),
  timeout,
});

export function toHttpProbe({ kind, url, value, headers, timeout }: z.output<typeof httpProbe>): ProbeConfig {
  return { kind, url, value, headers, timeoutMs: timeout };
}
