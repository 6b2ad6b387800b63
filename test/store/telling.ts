import type { CheckPlan } from '../../src/rollout/plan/plan.js';
import { type PushedAlert, type PushedAlertGroup, storeAlerts } from '../../src/store/pushed-alerts.js';
import { CHECKS, OPEN_PLAN } from '../rollout/fixture.js';
import { hears, load, newKey, planNamed, rehearsed, type Store } from './store.js';

export const at = (minute: number) => new Date(Date.UTC(2026, 2, 1, 10, minute));
export const LABELS = { service: 'checkout', severity: 'critical' };

export function alert(changes: Partial<PushedAlert> = {}): PushedAlert {
  const said = { fingerprint: 'f', firing: true, labels: LABELS, title: 'Errors', url: 'http://am/1' };
  return { ...said, startsAt: at(0), endsAt: null, ...changes };
}

export const over = (from: number | null, to: number | null, changes: Partial<PushedAlert> = {}) =>
  alert({ firing: false, startsAt: from === null ? null : at(from), endsAt: to === null ? null : at(to), ...changes });
export type Source = Parameters<typeof storeAlerts>[1]['source'];

export function tell(
  store: Store,
  alerts: readonly PushedAlert[],
  more: { source?: Source; key?: string; leftOut?: number; group?: PushedAlertGroup } = {},
) {
  return storeAlerts(store.db, { source: 'alertmanager', key: null, leftOut: 0, group: null, alerts, ...more });
}

const ALERTS: CheckPlan = {
  name: 'alerts',
  title: 'Alerts',
  unit: '',
  settled: true,
  critical: { op: 'above', value: 0 },
  probe: {
    kind: 'alert',
    source: 'alertmanager',
    match: { service: 'checkout' },
    heartbeat: { match: { alertname: 'Watchdog' }, withinMs: 600_000 },
  },
};

/** A rollout that bakes at 10 % with a check of alerts. */
export async function bakingWith(store: Store, name: string, checks: readonly CheckPlan[] = [ALERTS]): Promise<number> {
  const plan = planNamed(name, { plan: { ...OPEN_PLAN, checks: [...CHECKS, ...checks] } });
  const answer = await store.dispatch.start({ key: newKey(), params: 'start' }, plan);
  if (answer.kind !== 'accepted') throw new Error(JSON.stringify(answer));
  const { id } = answer.rollout;
  await rehearsed(store, id);
  await hears(store, id, { type: 'raised', movedSeq: (await load(store, id)).rollout.exposure.movedSeq, exposure: 10 });
  await store.db.query(`update watches set next_check_at = rollout_now() + interval '1 hour' where rollout_id = $1`, [
    id,
  ]);
  return id;
}
