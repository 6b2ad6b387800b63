import { type WouldRead, wouldRead } from '../../../rollout/plan/alert-match.js';
import type { FiringAlert } from '../../../rollout/plan/firing-alert.js';
import type { Plan, PushedAlertSource } from '../../../rollout/plan/plan.js';
import { composeMost, lines, type Rendered, small } from '../blocks.js';
import { bold, code, escapeText, link, oneLine, soon } from '../text.js';

export interface AlertsAnswer {
  /** The newest first. */
  readonly firing: readonly FiringAlert[];
  /** All that are firing, also those that are not given here. */
  readonly total: number;
  /** Who may push alerts; none: hooks are off. */
  readonly hooks: readonly PushedAlertSource[];
  /** What can be started, for alerts that nothing under way reads. */
  readonly plans: readonly Plan[];
  readonly now: Date;
}

const MOST_ALERTS = [12, 8, 5, 3, 2, 1] as const;
const MOST_READERS = 3;
const LABELS_CHARS = 160;
const SOURCES: Readonly<Record<PushedAlertSource, string>> = {
  alertmanager: 'Alertmanager',
  sentry: 'Sentry',
  alert: 'other senders',
};
const TURN_ON = `Who runs me turns them on with ${code('HOOKS_TOKEN')} or, for Sentry, ${code('SENTRY_CLIENT_SECRET')}`;

/** What was pushed and is firing, and which checks read it: an alert nobody reads moves nothing. */
export function renderAlerts({ firing, total, hooks, plans, now }: AlertsAnswer): Rendered {
  return composeMost('alerts', MOST_ALERTS, (most) => {
    const shown = firing.slice(0, most);
    const more = total - shown.length;
    return [
      lines(bold(total === 0 ? 'No alert is firing' : `${total} ${total === 1 ? 'alert' : 'alerts'} firing`)),
      ...shown.map((alert) => lines(...alertLines(alert, plans, now))),
      lines(more > 0 ? `and ${more} more` : ''),
      small(openTo(hooks)),
    ];
  });
}

function openTo(hooks: readonly PushedAlertSource[]): string {
  if (hooks.length === 0) return `Hooks are off: nobody can push alerts to me. ${TURN_ON}`;
  return `Pushed to me by ${hooks.map((source) => SOURCES[source]).join(', ')}; what they do not push I do not know`;
}

function alertLines(alert: FiringAlert, plans: readonly Plan[], now: Date): string[] {
  const { source, labels, title, url, since, lastSeenAt, leftOut } = alert;
  const name = title === '' ? 'an alert without a title' : title;
  const words = url ? link(url, name) : escapeText(name, 80);
  const all = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  const shown = all.slice(0, LABELS_CHARS).map(([label, value]) => `${cut(label)}=${cut(value)}`);
  const others = leftOut > 0 ? ` · ${leftOut} more of its group were not sent` : '';
  return [
    `● ${bold(words)} · ${source} · since ${soon(since, now)}, last told ${soon(lastSeenAt, now)}${others}`,
    all.length === 0 ? '' : code(oneLine(shown.join(', ').slice(0, 2 * LABELS_CHARS), LABELS_CHARS)),
    readers(alert, plans),
  ];
}

/** Labels may be long, and many; only so much of one is shown. */
function cut(text: string): string {
  return text.slice(0, LABELS_CHARS);
}

function readers(alert: FiringAlert, plans: readonly Plan[]): string {
  const { readBy } = alert;
  if (readBy.length === 0) return notRead(wouldRead(plans, alert));
  const shown = readBy.slice(0, MOST_READERS).map(({ plan, run, check, heartbeat }) => {
    return `${code(`${plan}#${run}`)} ${escapeText(check, 60)}${heartbeat ? ' (heartbeat)' : ''}`;
  });
  const more = readBy.length - shown.length;
  return `Read by ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** No rollout under way reads it: which plan's checks would, if any. */
function notRead(would: readonly WouldRead[]): string {
  if (would.length === 0) return 'Matches no check of any rollout or plan';
  const shown = would.slice(0, MOST_READERS).map(({ plan, check, heartbeat }) => {
    return `${escapeText(check, 60)} of plan ${code(plan)}${heartbeat ? ' (heartbeat)' : ''}`;
  });
  const more = would.length - shown.length;
  return `Read by no rollout now; it matches ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
