import { canonicalText } from '../rollout/plan/same-value.js';
import type { PushedAlert, PushedAlertGroup } from '../store/pushed-alerts.js';
import {
  addressOf,
  dateOf,
  eachOnce,
  type Fields,
  fieldsOf,
  fingerprintOf,
  labelsOf,
  type Told,
  textOf,
  titleOf,
} from './told.js';

/**
 * What Alertmanager's webhook says (format 4, as Grafana's does): a group of alerts. One that cannot be read does not
 * stand in the way of the others. Null: this is not such a body.
 */
export function readAlertmanager(body: unknown): Told | null {
  const group = fieldsOf(body);
  if (!Array.isArray(group?.alerts)) return null;
  const alerts: PushedAlert[] = [];
  const refused: string[] = [];
  for (const [at, each] of group.alerts.entries()) {
    const alert = readOne(fieldsOf(each), group);
    if (typeof alert === 'string') refused.push(`alerts[${at}]: ${alert}`);
    else alerts.push(alert);
  }
  const { truncatedAlerts } = group;
  const leftOut = Number.isInteger(truncatedAlerts) ? Math.min(Math.max(0, Number(truncatedAlerts)), 1e6) : 0;
  return { alerts: eachOnce(alerts), refused, leftOut, group: groupOf(group) };
}

/** One group at one receiver: another receiver may be sent more of it. */
function groupOf(group: Fields): PushedAlertGroup {
  const labels = labelsOf(Object.entries(fieldsOf(group.groupLabels) ?? {}));
  const key = textOf(group.groupKey) ?? canonicalText(labels);
  return { name: fingerprintOf(null, { receiver: textOf(group.receiver) ?? '', key }), labels };
}

function readOne(alert: Fields | null, group: Fields): PushedAlert | string {
  if (!alert) return 'expected an object';
  const { status } = alert;
  if (status !== 'firing' && status !== 'resolved') return 'expected the status firing or resolved';
  const given = fieldsOf(alert.labels);
  if (!given) return 'expected labels';
  const labels = labelsOf(Object.entries(given));
  const annotations = fieldsOf(alert.annotations) ?? {};
  return {
    fingerprint: fingerprintOf(alert.fingerprint, labels),
    firing: status === 'firing',
    labels,
    title: titleOf(annotations.summary, annotations.title, given.alertname),
    url: addressOf(alert.generatorURL, group.externalURL),
    // A firing alert has the zero time as its end.
    startsAt: dateOf(alert.startsAt),
    endsAt: dateOf(alert.endsAt),
  };
}
