/** `kind: exec` among the probes: one number that a program prints. */
import { z } from 'zod';
import type { ProbeConfig } from '../../../rollout/plan/plan.js';
import { withoutUndefined } from '../../../rollout/plan/without-undefined.js';
import { programs } from './programs.js';
import { jsonPath, timeout } from './values.js';

export const execProbe = z.strictObject({
  kind: z.literal('exec'),
  run: programs.command,
  env: programs.env,
  cwd: programs.cwd,
  value: jsonPath('the way to a number in printed JSON, such as error_rate, data.p95 or series[0].value').optional(),
  timeout,
});

export function toExecProbe({ kind, run, env, cwd, value, timeout }: z.output<typeof execProbe>): ProbeConfig {
  return withoutUndefined<ProbeConfig>({ kind, run, env, cwd, value, timeoutMs: timeout });
}
