/** Approvals that could never be given and items that could never be done, because the plan names too few people for them. */

import type { PersonRef, Quorum } from '../../rollout/plan/plan.js';
import { tally, type Voter } from '../../rollout/plan/quorum.js';
import { canonicalText } from '../../rollout/plan/same-value.js';
import { itemRoles } from '../language/item-roles.js';
import type { Outline } from '../language/outline.js';
import { quorumOf } from '../language/written-quorum.js';
import { person } from '../values/forms.js';
import type { Finding, Path } from '../values/problem.js';

interface Asked {
  readonly quorum: Quorum;
  readonly path: Path;
}

/** Counts everyone whom the plan names; a group may hold any number of people. */
export function quorumFindings(outline: Outline): Finding[] {
  // Many items ask for the same people.
  const judged = new Map<string, string | null>();
  return askedIn(outline).flatMap(({ quorum, path }): Finding[] => {
    const key = canonicalText(quorum);
    const known = judged.get(key);
    const message = known === undefined ? tooFew(quorum, outline.people) : known;
    judged.set(key, message);
    return message === null ? [] : [{ code: 'quorum', path, message }];
  });
}

function tooFew(quorum: Quorum, people: Outline['people']): string | null {
  const voters = votersFor(quorum, people);
  if (!voters) return null;
  const { granted, have, need } = tally(quorum, voters);
  const from = quorum.kind === 'any' ? 'any of' : 'each of';
  return granted
    ? null
    : `expected at least ${need} different people for ${from} ${quorum.roles.join(', ')}, found ${have}: fewer approvers than needed`;
}

function askedIn(outline: Outline): Asked[] {
  const asked = [
    ...approvals(outline),
    ...itemRoles(outline).map(({ path, by }) => ({ path: [...path, 'by'], written: by })),
  ];
  return asked.flatMap(({ path, written }): Asked[] => {
    const quorum = quorumOf(written);
    return quorum ? [{ quorum, path: quorum.kind === 'any' ? [...path, 'any'] : path }] : [];
  });
}

function approvals(outline: Outline) {
  return (outline.stages ?? []).map((stage, index) => ({
    path: ['stages', index, 'approve'],
    written: stage?.approve,
  }));
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
