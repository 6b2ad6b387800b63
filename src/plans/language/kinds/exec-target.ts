/** `kind: exec` among the targets: programs that set and read exposure. */
import { z } from 'zod';
import type { TargetConfig } from '../../../rollout/plan/plan.js';
import { withoutUndefined } from '../../../rollout/plan/without-undefined.js';
import { duration } from '../../values/forms.js';
import { programs } from './programs.js';
import { rehearse } from './values.js';

export const execTarget = z.strictObject({
  kind: z.literal('exec'),
  set: programs.command,
  off: programs.command.optional(),
  read: programs.command,
  rehearse,
  env: programs.env,
  cwd: programs.cwd,
  // Below what a call of a target may take in all, so that its end is told before.
  timeout: duration(9_000, '9s').prefault('5s'),
});

export function toExecTarget({
  kind,
  set,
  off,
  read,
  rehearse,
  env,
  cwd,
  timeout,
}: z.output<typeof execTarget>): TargetConfig {
  return withoutUndefined<TargetConfig>({
    kind,
    set,
    off,
    read,
    rehearse,
    env,
    cwd,
    timeoutMs: timeout,
  });
}
