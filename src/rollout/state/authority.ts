import type { Standing } from '../plan/actor.js';
import type { Reason } from '../plan/reasons.js';

/** Everything a person may ask for, on every surface. */
export const VERBS = [
  'start',
  'status',
  'why',
  'advance',
  'approve',
  'deny',
  'withdraw',
  'pause',
  'resume',
  'extend',
  'finish',
  'rollback',
  'check',
  'list',
  'plans',
  'alerts',
  'history',
  'have',
  'baseline',
  'report',
  'help',
] as const;
export type Verb = (typeof VERBS)[number];

const READS: ReadonlySet<Verb> = new Set(['status', 'why', 'list', 'plans', 'alerts', 'history', 'help']);
const CLI: ReadonlySet<Verb> = new Set(['rollback', 'pause']);
const OPERATOR: ReadonlySet<Verb> = new Set([
  'start',
  'advance',
  'pause',
  'resume',
  'extend',
  'finish',
  'rollback',
  'check',
  'have',
  'baseline',
  'report',
]);
const ANY_ROLE: ReadonlySet<Verb> = new Set(['pause', 'rollback', 'have', 'check', 'report']);
const APPROVER: ReadonlySet<Verb> = new Set(['approve', 'deny']);

/** What goes down, holds, refuses or only shows something is meant however late it comes; what raises or ends is not. */
const MEANT_AT_ANY_TIME: ReadonlySet<Verb> = new Set([
  ...READS,
  'rollback',
  'pause',
  'deny',
  'withdraw',
  'have',
  'check',
]);

/** Whether a request for this may come too late to be carried out. */
export function goesStale(verb: Verb): boolean {
  return !MEANT_AT_ANY_TIME.has(verb);
}

/** Null: allowed. Deny by default: what no line allows is refused. `approvers` are the roles of the open request. */
export function forbids(verb: Verb, standing: Standing, approvers: readonly string[] = []): Reason | null {
  if (standing.who === 'cli') return CLI.has(verb) ? null : 'not_allowed';
  // A rollback is not refused because Slack is slow: the last known roles decide.
  if (standing.who === 'unknown') {
    const known = verb === 'rollback' && standing.lastKnownRoles.length > 0;
    return known ? null : unknown(standing);
  }
  if (standing.who !== 'member') return 'guest_or_stranger';
  // Nobody takes back another's approval, and one's own at any time.
  if (READS.has(verb) || verb === 'withdraw') return null;
  if (standing.roles === 'unknown' && verb !== 'rollback') return unknown(standing);
  const roles = standing.roles === 'unknown' ? standing.lastKnownRoles : standing.roles;
  if (roles.includes('operators') && OPERATOR.has(verb)) return null;
  if (roles.length > 0 && ANY_ROLE.has(verb)) return null;
  if (APPROVER.has(verb) && roles.some((role) => approvers.includes(role))) return null;
  return standing.unsure && verb !== 'rollback' ? unknown(standing) : 'not_allowed';
}

/** Why something is not known of somebody: it may be said soon, or never before a person changes something. */
export function unknown({ refused }: Standing): Reason {
  return refused === undefined ? 'membership_unknown' : 'slack_refuses';
}

/** What belongs to a refusal with this code besides. */
export function refusedDetail(reason: Reason, { refused }: Standing): { detail?: string } {
  return reason === 'slack_refuses' && refused !== undefined ? { detail: refused } : {};
}
