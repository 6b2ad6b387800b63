import type { Standing } from '../plan/actor.js';
import type { Reason } from '../plan/reasons.js';
import { rowOf, type Verb } from './verbs.js';

/** Whether a request for this may come too late to be carried out. */
export function goesStale(verb: Verb): boolean {
  return rowOf(verb).stale;
}

/** Null: allowed. Deny by default: what no line allows is refused. `approvers` are the roles of the open request. */
export function forbids(verb: Verb, standing: Standing, approvers: readonly string[] = []): Reason | null {
  const { who, cli } = rowOf(verb);
  if (standing.who === 'cli') return cli === 'order' ? null : 'not_allowed';
  // A rollback is not refused because Slack is slow: the last known roles decide.
  if (standing.who === 'unknown') {
    const known = verb === 'rollback' && standing.lastKnownRoles.length > 0;
    return known ? null : unknown(standing);
  }
  if (standing.who !== 'member') return 'guest_or_stranger';
  // Nobody takes back another's approval, and one's own at any time.
  if (who === 'members' || who === 'voter') return null;
  if (standing.roles === 'unknown' && verb !== 'rollback') return unknown(standing);
  const roles = standing.roles === 'unknown' ? standing.lastKnownRoles : standing.roles;
  if (isEnough(who, roles, approvers)) return null;
  return standing.unsure && verb !== 'rollback' ? unknown(standing) : 'not_allowed';
}

function isEnough(
  who: 'operators' | 'any_role' | 'approvers',
  roles: readonly string[],
  approvers: readonly string[],
): boolean {
  switch (who) {
    case 'operators':
      return roles.includes('operators');
    case 'any_role':
      return roles.length > 0;
    case 'approvers':
      return roles.some((role) => approvers.includes(role));
    default:
      return who satisfies never;
  }
}

/** Why something is not known of somebody: it may be said soon, or never before a person changes something. */
export function unknown({ refused }: Standing): Reason {
  return refused === undefined ? 'membership_unknown' : 'slack_refuses';
}

/** What belongs to a refusal with this code besides. */
export function refusedDetail(reason: Reason, { refused }: Standing): { detail?: string } {
  return reason === 'slack_refuses' && refused !== undefined ? { detail: refused } : {};
}
