import type { PushedAlert } from '../store/pushed-alerts.js';
import { addressOf, dateOf, type Fields, fieldsOf, labelsOf, NOTHING, type Told, textOf, titleOf } from './told.js';

/**
 * What Sentry's integration webhooks say: metric alerts, issue alerts, and the end of the issue behind one. Other
 * resources (installations, comments …) say nothing about alerts. Null: this is not such a body.
 */
export function readSentry(resource: string, body: unknown): Told | null {
  const hook = fieldsOf(body);
  const data = fieldsOf(hook?.data);
  if (!hook || !data) return null;
  const action = textOf(hook.action) ?? '';
  const alert = readOne({ resource, action, data });
  if (alert === 'nothing') return NOTHING;
  return alert === null ? null : { ...NOTHING, alerts: [alert] };
}

/** Sentry writes down when an issue was last seen some time after it told an alert of that event; ms. */
const SEEN_LATE_MS = 5 * 60_000;

interface Hook {
  readonly resource: string;
  readonly action: string;
  readonly data: Fields;
}

function readOne(hook: Hook): PushedAlert | 'nothing' | null {
  switch (hook.resource) {
    case 'metric_alert':
      return metricAlert(hook);
    case 'event_alert':
      return issueAlert(hook);
    case 'issue':
      return issueOver(hook);
    default:
      return 'nothing';
  }
}

/** One incident of a metric alert: it fires as warning or critical, and ends. */
function metricAlert({ action, data }: Hook): PushedAlert | 'nothing' | null {
  const incident = fieldsOf(data.metric_alert);
  const id = textOf(incident?.id);
  if (!incident || !id || action === '') return null;
  // It was opened, or something of it was edited: what it means follows with one of the others.
  if (!['critical', 'warning', 'resolved'].includes(action)) return 'nothing';
  const rule = fieldsOf(incident.alert_rule) ?? {};
  const projects: unknown[] = Array.isArray(incident.projects) ? incident.projects : [];
  const labels = labelsOf([
    ...([['type', 'metric_alert'] as const, ['alertname', rule.name], ['level', action]] as const),
    ...([['project', projects.length === 1 ? projects[0] : null] as const, ['environment', rule.environment]] as const),
  ]);
  return {
    fingerprint: idOf('metric', id),
    firing: action !== 'resolved',
    labels,
    title: titleOf(data.description_title, rule.name),
    url: addressOf(data.web_url),
    startsAt: dateOf(incident.date_started),
    endsAt: dateOf(incident.date_closed),
  };
}

/** An issue alert only ever fires; what ends it is the issue itself. */
function issueAlert({ action, data }: Hook): PushedAlert | null {
  const event = fieldsOf(data.event);
  const issue = textOf(event?.issue_id);
  if (!event || !issue || action !== 'triggered') return null;
  const tags = Array.isArray(event.tags) ? event.tags.filter(isTag) : [];
  const labels = labelsOf([
    ...tags.map(([name, value]) => [`tag.${name}`, value] as const),
    ...([['type', 'issue_alert'] as const, ['alertname', data.triggered_rule], ['level', event.level]] as const),
    ['project', event.project_slug ?? event.project] as const,
  ]);
  return {
    fingerprint: idOf('issue', issue),
    firing: true,
    labels,
    title: titleOf(event.title, data.triggered_rule),
    url: addressOf(event.web_url),
    startsAt: dateOf(event.datetime),
    endsAt: null,
  };
}

/**
 * The end of an issue names no time of its own. What it was when it ended had been seen last at `lastSeen`: an alert of
 * an event clearly later than that is of a newer episode, and not over. Without `lastSeen` what comes last counts.
 */
function issueOver({ action, data }: Hook): PushedAlert | 'nothing' | null {
  const issue = fieldsOf(data.issue);
  const id = textOf(issue?.id);
  if (!issue || !id) return null;
  if (!['resolved', 'archived', 'ignored'].includes(action)) return 'nothing';
  const seen = dateOf(issue.lastSeen);
  return {
    fingerprint: idOf('issue', id),
    firing: false,
    labels: { type: 'issue_alert' },
    title: titleOf(issue.title),
    url: addressOf(issue.web_url, issue.permalink),
    startsAt: null,
    endsAt: seen && new Date(seen.getTime() + SEEN_LATE_MS),
  };
}

function isTag(value: unknown): value is [string, unknown] {
  return Array.isArray(value) && typeof value[0] === 'string';
}

function idOf(what: string, id: string): string {
  return `${what}:${id.replace(/[^\x21-\x7e]/g, '?').slice(0, 100)}`;
}
