import { setTimeout as delay } from 'node:timers/promises';
import type { PoolUse, Purpose } from '../store/pools.js';
import type { Workload } from '../store/workload.js';
import type { Metric } from './metrics.js';

export interface GaugeOptions {
  readonly workload: () => Promise<Workload>;
  readonly pools: () => Readonly<Record<Purpose, PoolUse>>;
  /** Steady time minus the clock of the database, ms; null: not known yet. */
  readonly correctionMs: () => number | null;
}

/** Several may scrape: the database is asked no more often than this. */
const FRESH_MS = 5_000;
/** A scrape waits for the database no longer; it then says that it did not answer. */
const PATIENCE_MS = 1_000;

/** What `/metrics` shows beside the ages of the tick: how much waits, and for how long. Never rejects. */
export function createGauges({ workload, pools, correctionMs }: GaugeOptions): () => Promise<readonly Metric[]> {
  let last: { readonly at: number; readonly found: Promise<Workload | null> } | undefined;

  function current(): Promise<Workload | null> {
    if (!last || performance.now() - last.at > FRESH_MS)
      last = { at: performance.now(), found: workload().catch(() => null) };
    return Promise.race([last.found, delay(PATIENCE_MS, null, { ref: false })]);
  }

  return async () => {
    const found = await current();
    const correction = correctionMs();
    return [
      {
        name: 'rollout_database_up',
        help: 'Whether the database of the bot answered just now.',
        value: found === null ? 0 : 1,
      },
      { name: 'rollout_active', help: 'Rollouts under way.', value: found?.active ?? null },
      { name: 'rollout_checks_due', help: 'Rollouts whose checks are due.', value: found?.checksDue ?? null },
      {
        name: 'rollout_checks_late_seconds',
        help: 'Since when the checks that have waited longest are due.',
        value: found?.checksLate ?? null,
      },
      {
        name: 'rollout_next_due_seconds',
        help: 'How long there is nothing to do unless somebody asks for something.',
        value: found?.nextDue ?? null,
      },
      {
        name: 'rollout_lowerings_pending',
        help: 'Lowerings that were decided and not read back yet.',
        value: found?.lowerings ?? null,
      },
      {
        name: 'rollout_lowering_age_seconds',
        help: 'Since when the oldest of them was decided.',
        value: found?.loweringAge ?? null,
      },
      {
        name: 'rollout_incidents_unposted',
        help: 'Incidents that no channel shows yet.',
        value: found?.incidents ?? null,
      },
      {
        name: 'rollout_incident_age_seconds',
        help: 'Since when the oldest of them was decided.',
        value: found?.incidentAge ?? null,
      },
      {
        name: 'rollout_clock_correction_seconds',
        help: 'How far domain time is ahead of the clock of the database, because that one jumped.',
        value: correction === null ? null : Math.round(correction) / 1_000,
      },
      ...Object.entries(pools()).flatMap(([purpose, use]): Metric[] => [
        {
          name: 'rollout_database_connections',
          help: 'Connections to the database that are open, by purpose.',
          labels: { purpose },
          value: use.open,
        },
        {
          name: 'rollout_database_waiting',
          help: 'Statements that wait for a connection, by purpose.',
          labels: { purpose },
          value: use.waiting,
        },
      ]),
    ];
  };
}
