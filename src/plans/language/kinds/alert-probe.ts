/** `kind: alert` among the probes: how many alerts that were pushed to the bot are firing. */
import { z } from 'zod';
import { type ProbeConfig, PUSHED_ALERT_SOURCES } from '../../../rollout/plan/plan.js';
import { withoutUndefined } from '../../../rollout/plan/without-undefined.js';
import { DAY_MS } from '../../values/duration.js';
import { durationIn, line, mapOf, matching } from '../../values/forms.js';

const LABELS = { key: matching('a label name, 1 to 200 characters', /^[^\p{C}\p{Z}]{1,200}$/u), most: 20 };
const labels = mapOf('labels', { ...LABELS, value: line('a label value', 200) });

export const heartbeat = z.strictObject(
  { match: labels, within: durationIn('a duration from 10s to 24h, such as 10m', { from: 10_000, to: DAY_MS }) },
  'a mapping with match and within',
);

export const alertProbe = z.strictObject({
  kind: z.literal('alert'),
  source: z.enum(PUSHED_ALERT_SOURCES, 'alertmanager, sentry or alert'),
  match: labels,
  // Exactly one of these two: a rule, so that it is told together with mistakes in them.
  quiet: z.literal('pass', 'pass').optional(),
  heartbeat: heartbeat.optional(),
});

export function toAlertProbe({ kind, source, match, heartbeat }: z.output<typeof alertProbe>): ProbeConfig {
  return withoutUndefined<ProbeConfig>({
    kind,
    source,
    match,
    heartbeat: heartbeat && { match: heartbeat.match, withinMs: heartbeat.within },
  });
}
