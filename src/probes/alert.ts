import type { ProbeConfig, PushedAlertMatch, PushedAlertSource } from '../rollout/plan/plan.js';
import { measureWithin } from './measure-within.js';
import { PROBE_TIMEOUT_MS, type Probe } from './probe.js';

/** What was pushed to the bot about alerts that have all labels of a match. */
export interface PushedAlertsHeard {
  /** How many of them are firing. */
  readonly firing: number;
  /** How long ago one of those was last pushed, ms; null when none is firing. */
  readonly lastMs: number | null;
  /** How many may have the labels that their source left out of what it last told. */
  readonly leftOut: number;
  /** The variable that has to be set before anybody can push from this source; absent when it is. */
  readonly off?: string;
}

/** Asks where pushed alerts are kept. May throw: then nothing is known. */
export type ReadAlerts = (source: PushedAlertSource, match: PushedAlertMatch) => Promise<PushedAlertsHeard>;

export interface AlertProbeOptions extends Omit<Extract<ProbeConfig, { kind: 'alert' }>, 'kind'> {
  readonly timeoutMs?: number;
}

/**
 * The number of firing alerts that match. None is 0 where the plan says that quiet passes, or while its heartbeat keeps
 * coming; a silent source says nothing about health, and neither does one that left alerts out or whose hook is off.
 * Alerts that are known to fire count in any case. `read` absent: nothing is kept here, so nothing is known.
 */
export function createAlertProbe(options: AlertProbeOptions, read: ReadAlerts | undefined): Probe {
  const { source, match, heartbeat, timeoutMs = PROBE_TIMEOUT_MS } = options;
  return {
    kind: 'alert',
    measure: (signal) =>
      measureWithin({ timeoutMs, signal }, async () => {
        if (!read) return { unknown: 'internal', detail: 'alerts are not kept here' };
        try {
          const [alerts, beat] = await Promise.all([
            read(source, match),
            heartbeat ? read(source, heartbeat.match) : null,
          ]);
          if (!Number.isFinite(alerts.firing))
            return { unknown: 'not_a_number', detail: 'the alerts were not counted' };
          if (alerts.firing === 0 && alerts.off !== undefined)
            return { unknown: 'no_value', detail: `nobody can push alerts of ${source}: ${alerts.off} is not set` };
          const silent = heartbeat && (beat?.lastMs ?? Number.POSITIVE_INFINITY) > heartbeat.withinMs;
          if (alerts.firing === 0 && silent) return { unknown: 'no_value', detail: `no heartbeat from ${source}` };
          if (alerts.firing === 0 && alerts.leftOut > 0)
            return { unknown: 'no_value', detail: `${source} left out ${alerts.leftOut} alerts (max_alerts)` };
          return { value: alerts.firing };
        } catch {
          // Not its words: they may name the database's address.
          return { unknown: 'unreachable', detail: 'the pushed alerts could not be read' };
        }
      }),
    close: async () => {},
  };
}
