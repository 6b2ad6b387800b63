import type { Quorum } from './plan.js';

/** Someone who voted and which of the needed roles they hold. */
export interface Voter {
  readonly key: string;
  readonly roles: readonly string[];
}

export interface Tally {
  readonly granted: boolean;
  readonly have: number;
  readonly need: number;
  /** Role → who fills it (`each` only). */
  readonly filled: Readonly<Record<string, string>>;
  /** Roles nobody fills yet (`each`), or all roles while people are missing (`any`). */
  readonly missing: readonly string[];
}

/** Counts votes: one person counts once and fills one role once. */
export function tally(quorum: Quorum, voters: readonly Voter[]): Tally {
  const once = [...new Map(voters.map((voter) => [voter.key, voter])).values()];
  const eligible = once.filter((voter) => voter.roles.some((role) => quorum.roles.includes(role)));
  if (quorum.kind === 'any') {
    const have = Math.min(eligible.length, quorum.count);
    const granted = have >= quorum.count;
    return { granted, have, need: quorum.count, filled: {}, missing: granted ? [] : quorum.roles };
  }
  const filled = matchRoles(quorum.roles, eligible);
  const missing = quorum.roles.filter((role) => !Object.hasOwn(filled, role));
  return {
    granted: missing.length === 0,
    have: quorum.roles.length - missing.length,
    need: quorum.roles.length,
    filled,
    missing,
  };
}

/** Gives each role to a different person where that is possible (augmenting paths; a handful of roles and people). */
function matchRoles(roles: readonly string[], voters: readonly Voter[]): Record<string, string> {
  const holder = new Map<string, Voter>();
  const place = (voter: Voter, tried: Set<string>): boolean => {
    for (const role of roles) {
      if (!voter.roles.includes(role) || tried.has(role)) continue;
      tried.add(role);
      const current = holder.get(role);
      if (!current || place(current, tried)) {
        holder.set(role, voter);
        return true;
      }
    }
    return false;
  };
  for (const voter of voters) place(voter, new Set());
  return Object.fromEntries([...holder].map(([role, voter]) => [role, voter.key]));
}

/** Could these people, all of them voting, reach the quorum? Asked when a rollout starts. */
export function canBeGranted(quorum: Quorum, people: readonly Voter[]): boolean {
  return tally(quorum, people).granted;
}
