import type { Plan, PushedAlertMatch, PushedAlertSource } from './plan.js';

/** A check of a plan that would read an alert, were a rollout of it under way. */
export interface WouldRead {
  readonly plan: string;
  readonly check: string;
  readonly heartbeat: boolean;
}

/** Which checks of these plans an alert with these labels matches. */
export function wouldRead(
  plans: readonly Pick<Plan, 'name' | 'checks'>[],
  { source, labels }: { readonly source: PushedAlertSource; readonly labels: Readonly<Record<string, string>> },
): WouldRead[] {
  const has = (match: PushedAlertMatch) =>
    Object.entries(match).every(([name, value]) => Object.hasOwn(labels, name) && labels[name] === value);
  return plans.flatMap(({ name: plan, checks }) =>
    checks.flatMap(({ title: check, probe }): WouldRead[] => {
      if (probe.kind !== 'alert' || probe.source !== source) return [];
      if (has(probe.match)) return [{ plan, check, heartbeat: false }];
      return probe.heartbeat && has(probe.heartbeat.match) ? [{ plan, check, heartbeat: true }] : [];
    }),
  );
}
