/** Errors and delays put into the shop on purpose, so that a rollout has something to notice. */
import { z } from 'zod';

const trouble = z.object({
  /** Percent of the requests that fail. */
  errorRate: z.number().min(0).max(100),
  /** Added to every request. */
  latencyMs: z.number().min(0).max(30_000),
});

/** Absent numbers stay as they are. */
export const controlInput = trouble
  .partial()
  .extend({ who: z.enum(['exposed', 'all']) })
  .strict();

export type ControlInput = z.infer<typeof controlInput>;
type Trouble = z.infer<typeof trouble>;

/** `exposed` hits those on the new checkout, on top of what hits `all`. */
export interface Controls {
  exposed: Trouble;
  all: Trouble;
}

export interface TroubleMaker {
  controls(): Controls;
  control(input: ControlInput): Controls;
  /** What happens to the next request of somebody who is (not) on the new checkout. */
  next(exposed: boolean): { fails: boolean; latencyMs: number };
}

export function troubleMaker(): TroubleMaker {
  const controls: Controls = { exposed: { errorRate: 0, latencyMs: 0 }, all: { errorRate: 0, latencyMs: 0 } };
  // Shares of a failure carried over from request to request: 5 % is exactly every twentieth, also for a few users.
  const carried = { exposed: 0, others: 0 };
  return {
    controls: () => structuredClone(controls),
    control({ who, errorRate, latencyMs }) {
      const before = controls[who];
      controls[who] = { errorRate: errorRate ?? before.errorRate, latencyMs: latencyMs ?? before.latencyMs };
      return structuredClone(controls);
    },
    next(exposed) {
      const extra = exposed ? controls.exposed : { errorRate: 0, latencyMs: 0 };
      const group = exposed ? 'exposed' : 'others';
      carried[group] += Math.min(100, controls.all.errorRate + extra.errorRate);
      const fails = carried[group] >= 100;
      if (fails) carried[group] -= 100;
      return { fails, latencyMs: controls.all.latencyMs + extra.latencyMs };
    },
  };
}
