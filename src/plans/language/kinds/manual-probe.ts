/** `kind: manual` among the probes: a number that a person reports. */
import { z } from 'zod';
import type { ProbeConfig } from '../../../rollout/plan/plan.js';
import { durationIn, line } from '../../values/forms.js';

const DAY = 24 * 3_600_000;

export const manualProbe = z.strictObject({
  kind: z.literal('manual'),
  ask: line('a question', 200),
  every: durationIn('a duration from 1m to 30d, such as 4h or 24h', { from: 60_000, to: 30 * DAY }),
});

export function toManualProbe({ kind, ask, every }: z.output<typeof manualProbe>): ProbeConfig {
  return { kind, ask, everyMs: every };
}
