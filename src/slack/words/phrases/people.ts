import type { Actor } from '../../../rollout/plan/actor.js';
import type { Quorum } from '../../../rollout/plan/plan.js';
import { tally } from '../../../rollout/plan/quorum.js';
import type { ApprovalRequest, Member, Rollout } from '../../../rollout/state/rollout.js';
import type { Inline } from '../inline.js';
import { escapeText, theirs } from '../text.js';
import { lookup } from './lookup.js';

const MOST_NAMED = 5;
const OPERATORS = 'operators';

/** Slack ids are letters and digits; anything else would end the mention early. */
function idOnly(id: string): string {
  return id.replace(/[^A-Za-z0-9]/g, '');
}

export function person(userId: string): string {
  return `<@${idOnly(userId)}>`;
}

export function channel(channelId: string): string {
  return `<#${idOnly(channelId)}>`;
}

export function actorName(actor: Actor): string {
  switch (actor.kind) {
    case 'slack':
      return person(actor.userId);
    case 'cli':
      return `cli ${escapeText(actor.name, 80)}`;
    case 'bot':
      return 'rollout-bot';
    default:
      return actor satisfies never;
  }
}

/** The same, for every place. */
export function actorSaid(actor: Actor): Inline {
  switch (actor.kind) {
    case 'slack':
      return { kind: 'person', id: actor.userId };
    case 'cli':
      return `cli ${theirs(actor.name, 80)}`;
    case 'bot':
      return 'rollout-bot';
    default:
      return actor satisfies never;
  }
}

/** `@lea has it`; '' while nobody does. */
export function hasItWords(actors: readonly Actor[]): string {
  if (actors.length === 0) return '';
  return `${listed(actors.map(actorName), 'and')} ${actors.length === 1 ? 'has' : 'have'} it`;
}

function roleName(role: string): string {
  return escapeText(role, 40);
}

export function roleNames(roles: readonly string[], word: 'and' | 'or' = 'and'): string {
  return listed(roles.map(roleName), word);
}

/** `a, b and c`; past five, how many more. */
export function listed(names: readonly string[], word: 'and' | 'or'): string {
  if (names.length > MOST_NAMED + 1)
    return `${names.slice(0, MOST_NAMED).join(', ')} ${word} ${names.length - MOST_NAMED} more`;
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} ${word} ${last}`;
}

/** Asked of somebody besides the one who asks, who holds the same role: `1 of operators` would read as anybody. */
function isAnotherOperator(quorum: Quorum): boolean {
  const [role, ...others] = quorum.roles;
  return quorum.kind === 'any' && quorum.count === 1 && role === OPERATORS && others.length === 0;
}

function member({ kind, id }: Member): string {
  return kind === 'group' ? `<!subteam^${idOnly(id)}>` : person(id);
}

/** These people and groups, mentioned: they are called where it is posted. */
export function membersMentioned(members: readonly Member[]): string {
  return listed(members.map(member), 'and');
}

/** A role with the people who hold it mentioned: they are told. Used in requests and in answers only the asker sees. */
export function roleMentioned(rollout: Rollout, role: string): string {
  return `${roleName(role)}${holders(rollout, role)}`;
}

/** ` (@release-team)`; '' where nobody is known. */
function holders(rollout: Rollout, role: string): string {
  const members = (lookup(rollout.people, role) ?? []).map(member);
  return members.length === 0 ? '' : ` (${listed(members, 'or')})`;
}

/** `engineering-lead`, `2 of qa or sre`, `another operator`, as it is asked for. */
export function quorumNames(quorum: Quorum): string {
  if (isAnotherOperator(quorum)) return 'another operator';
  return quorum.kind === 'each' ? roleNames(quorum.roles) : `${quorum.count} of ${roleNames(quorum.roles, 'or')}`;
}

/** The same with people mentioned. */
export function quorumMentioned(rollout: Rollout, quorum: Quorum): string {
  if (isAnotherOperator(quorum)) return `another operator${holders(rollout, OPERATORS)}`;
  const roles = quorum.roles.map((role) => roleMentioned(rollout, role));
  return quorum.kind === 'each' ? listed(roles, 'and') : `${quorum.count} of ${listed(roles, 'or')}`;
}

/** `0 of 1`: the votes a request has and needs. */
export function voteCount(quorum: Quorum, request: ApprovalRequest): string {
  const { have, need } = votesOf(quorum, request);
  return `${have} of ${need}`;
}

/** How many approvals are still missing. */
export function votesLeft(quorum: Quorum, request: ApprovalRequest): number {
  const { have, need } = votesOf(quorum, request);
  return need - have;
}

function votesOf(quorum: Quorum, { votes }: ApprovalRequest) {
  return tally(
    quorum,
    votes.map((vote) => ({ key: vote.userId, roles: vote.roles })),
  );
}
