import type { SlackChannel, SlackGroup, SlackUser, Workspace } from './types.js';

export const TEAM = 'T0SANDBOX';
const ELSEWHERE = 'T0ELSEWHERE';
const BERLIN = 'Europe/Berlin';
const LOS_ANGELES = 'America/Los_Angeles';

/** The scopes manifest.yml asks for; a method outside them answers `missing_scope`. */
const BOT_SCOPES = [
  'commands',
  'chat:write',
  'app_mentions:read',
  'usergroups:read',
  'users:read',
  'users:read.email',
  'channels:read',
  'groups:read',
  'channels:history',
  'groups:history',
  'im:history',
  'im:write',
];

export function person(name: string, realName: string, extra: Partial<SlackUser> = {}): SlackUser {
  return {
    id: `U0${name.toUpperCase()}`,
    name,
    realName,
    email: `${name}@example.com`,
    teamId: TEAM,
    tz: BERLIN,
    ...extra,
  };
}

function people(): SlackUser[] {
  return [
    person('opal', 'Opal Operator'),
    person('oscar', 'Oscar Operator', { tz: LOS_ANGELES }),
    person('lea', 'Lea Lead'),
    person('lou', 'Lou Lead', { tz: LOS_ANGELES }),
    person('otto', 'Otto Outsider'),
    person('gina', 'Gina Guest', { isGuest: true }),
    person('stella', 'Stella Stranger', { isStranger: true, teamId: ELSEWHERE, tz: LOS_ANGELES }),
    person('rollout', 'rollout', { id: 'U0ROLLOUT', isBot: true }),
  ];
}

function groups(): SlackGroup[] {
  return [
    { id: 'S0RELEASE', handle: 'release-team', name: 'Release team', users: ['U0OPAL', 'U0OSCAR'] },
    { id: 'S0LEADS', handle: 'engineering-lead', name: 'Engineering leads', users: ['U0LEA', 'U0LOU'] },
    { id: 'S0ONCALL', handle: 'on-call', name: 'On call', users: ['U0OSCAR'] },
  ];
}

function channels(users: SlackUser[]): SlackChannel[] {
  const ours = users.filter((user) => !user.isStranger).map((user) => user.id);
  const team = users.filter((user) => !user.isBot && !user.isGuest && !user.isStranger).map((user) => user.id);
  return [
    { id: 'C0SHOP', name: 'shop', members: ours },
    { id: 'C0PARTNERS', name: 'partners', members: ['U0OPAL', 'U0STELLA', 'U0ROLLOUT'], isExtShared: true },
    { id: 'C0RELEASES', name: 'releases', members: ['U0OPAL', 'U0OSCAR', 'U0LEA', 'U0LOU', 'U0ROLLOUT'] },
    { id: 'C0RANDOM', name: 'random', members: team },
  ];
}

/**
 * A fresh team of two operators, two leads, an outsider, a guest, a stranger of another team and the bot, with the
 * channels #shop, #partners (shared with the stranger's team), #releases and #random (the bot is not in it).
 */
export function sandboxWorkspace(): Workspace {
  const users = people();
  return {
    teamId: TEAM,
    teamName: 'Sandbox',
    botUserId: 'U0ROLLOUT',
    botId: 'B0ROLLOUT',
    appId: 'A0ROLLOUT',
    users,
    groups: groups(),
    channels: channels(users),
    scopes: [...BOT_SCOPES],
  };
}
