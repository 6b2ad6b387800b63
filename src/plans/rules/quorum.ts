/** Approvals that could never be given, because the plan names too few people for them. */

import type { PersonRef, Quorum } from '../../rollout/plan/plan.js';
import { tally, type Voter } from '../../rollout/plan/quorum.js';
import type { Outline } from '../language/outline.js';
import { ANY } from '../language/schema.js';
import { person } from '../values/forms.js';
import type { Finding, Path } from '../values/problem.js';

interface Asked {
  readonly quorum: Quorum;
  readonly path: Path;
}

/** Counts everyone whom the plan names; a group may hold any number of people. */
export function quorumFindings(outline: Outline): Finding[] {
  return askedIn(outline).flatMap(({ quorum, path }): Finding[] => {
    const voters = votersFor(quorum, outline.people);
    if (!voters) return [];
    const { granted, have, need } = tally(quorum, voters);
    if (granted) return [];
    const from = quorum.kind === 'any' ? 'any of' : 'each of';
    const message = `expected at least ${need} different people for ${from} ${quorum.roles.join(', ')}, found ${have}: fewer approvers than needed`;
    return [{ code: 'quorum', path, message }];
  });
}

function askedIn(outline: Outline): Asked[] {
  return (outline.stages ?? []).flatMap((stage, index): Asked[] => {
    const approve = stage?.approve;
    if (approve === undefined) return [];
    const path = ['stages', index, 'approve'];
    const roles = soundRoles(Array.isArray(approve) ? approve : approve.of);
    if (!roles) return [];
    if (Array.isArray(approve)) return [{ quorum: { kind: 'each', roles }, path }];
    const { any: count } = approve;
    // A number that cannot be used is reported by the schema.
    if (count === undefined || !Number.isInteger(count) || count < ANY.from || count > ANY.to) return [];
    return [{ quorum: { kind: 'any', count, roles }, path: [...path, 'any'] }];
  });
}

/** Undefined when something else is wrong with the list, which is told already. */
function soundRoles(names: readonly (string | undefined)[] | undefined): string[] | undefined {
  const roles = (names ?? []).flatMap((name) => name ?? []);
  return roles.length > 0 && new Set(roles).size === names?.length ? roles : undefined;
}

/** Undefined when somebody in these roles cannot be read: nobody knows then how many they are. */
function votersFor(quorum: Quorum, people: Outline['people']): Voter[] | undefined {
  const rolesOf = new Map<string, string[]>();
  for (const role of quorum.roles) {
    const refs = peopleIn(people?.[role]);
    if (!refs) return undefined;
    for (const key of refs.flatMap((ref) => keysOf(ref, quorum))) {
      rolesOf.set(key, [...(rolesOf.get(key) ?? []), role]);
    }
  }
  return [...rolesOf].map(([key, roles]) => ({ key, roles }));
}

function peopleIn(list: unknown): PersonRef[] | undefined {
  if (!Array.isArray(list)) return undefined;
  const refs = list.map((item) => (typeof item === 'string' ? person(item) : undefined));
  return refs.every((ref) => ref !== undefined) ? refs : undefined;
}

/** One key for a person; for a group as many as could be needed. */
function keysOf(ref: PersonRef, quorum: Quorum): string[] {
  if (ref.kind === 'user') return [`user ${ref.id}`];
  if (ref.kind === 'email') return [`email ${ref.email.toLowerCase()}`];
  const group = ref.kind === 'group' ? ref.id : ref.handle;
  const size = quorum.kind === 'any' ? quorum.count : quorum.roles.length;
  return Array.from({ length: size }, (_, index) => `${ref.kind} ${group} ${index}`);
}
