import { DAYS, type Day, type Plan, type WorkingHours } from '../../../rollout/plan/plan.js';
import { REQUEST_EXPIRES_MS } from '../../../rollout/plan/waits.js';
import { remindersOf } from '../../../rollout/state/remind.js';
import type { Rollout } from '../../../rollout/state/rollout.js';
import { code, duration, escapeText } from '../text.js';
import { spelled } from './bake.js';
import { exposureWords, offWords } from './exposure.js';
import { listed, quorumMentioned, roleMentioned, roleNames } from './people.js';

/** How this bot was set up, as far as people who use it need to know. */
export interface Setup {
  readonly transport: 'socket' | 'http';
  /** Plans that can be read, and files that cannot. */
  readonly plans: number;
  readonly broken: number;
  readonly probeNetworks: 'open' | 'listed';
}

export function settingsWords({ transport, plans, broken, probeNetworks }: Setup): string {
  const slack = transport === 'socket' ? 'Slack by Socket Mode' : 'Slack by HTTP';
  const files = broken === 0 ? '' : `, ${broken} broken (${code('/rollout plans')} says why)`;
  const probes =
    probeNetworks === 'open' ? 'checks may read any address' : 'checks read only the networks it was given';
  return `${slack} · ${plans === 1 ? '1 plan' : `${plans} plans`}${files} · ${probes}`;
}

/** Who may do what, and what this rollout does without being asked: three lines, read last. */
export function setupLines(rollout: Rollout, roles: readonly string[]): string[] {
  const { plan } = rollout;
  const asked = plan.stages.flatMap(({ approve }) => (approve ? [quorumMentioned(rollout, approve)] : []));
  const approvers = [...new Set(asked)];
  const you = roles.length === 0 ? '' : `You: ${roleNames(roles)} · `;
  const approvals = approvers.length === 0 ? 'no stage needs one' : listed(approvers, 'or');
  return [
    `${you}Operators: ${roleMentioned(rollout, 'operators')} · Approvals: ${approvals}`,
    `A request stays open for ${spelled(plan.approveWithinMs ?? REQUEST_EXPIRES_MS)} · Reminders: ${reminderWords(plan)}`,
    `Rollback: to ${placeWords(plan)}, promised within ${spelled(plan.rollback.withinMs)}`,
  ];
}

/** `every 4 h, at most 6 times, then once a day unless it is a request; at any hour (Europe/Berlin)`. */
export function reminderWords(plan: Plan): string {
  const { everyMs, atMost, hours } = remindersOf(plan);
  if (atMost === 0) return 'none for a request, one a day for anything else that waits';
  const times = `at most ${atMost === 1 ? 'once' : `${atMost} times`}, then once a day unless it is a request`;
  return `every ${duration(everyMs)}, ${times}; ${hours ? hoursWords(hours) : 'at any hour'} (${escapeText(plan.timezone, 40)})`;
}

/** `mon to fri 09:00 to 18:00`; days that do not follow each other are listed. */
function hoursWords({ days, fromMinute, toMinute }: WorkingHours): string {
  const sorted = DAYS.filter((day) => days.includes(day));
  const [first] = sorted;
  const last = sorted.at(-1);
  const row = first && last && isRow(sorted) && sorted.length > 2 ? `${first} to ${last}` : sorted.join(', ');
  return `${row} ${time(fromMinute)} to ${time(toMinute)}`;
}

function isRow(days: readonly Day[]): boolean {
  const [first = 'mon'] = days;
  return days.every((day, i) => DAYS.indexOf(day) === DAYS.indexOf(first) + i);
}

function time(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}

/** `0 % (off)`, `the stage before`: where a rollback goes. */
export function placeWords(plan: Plan): string {
  const { to } = plan.rollback;
  switch (to.kind) {
    case 'off':
      return offWords(plan);
    case 'previous':
      return 'the stage before';
    case 'exposure':
      return exposureWords(plan, to.exposure);
    default:
      return to satisfies never;
  }
}
