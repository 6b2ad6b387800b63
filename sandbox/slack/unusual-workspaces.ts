/** Workspaces that are not as most are; each begins as the usual one. */
import type { SlackChannel, SlackUser, Workspace } from './types.js';
import { person, sandboxWorkspace, TEAM } from './workspace.js';

/** The organisation of the grid, and the workspace of it that is somebody's home and not the bot's. */
export const GRID = { enterpriseId: 'E0SANDBOX', north: 'T0NORTH' } as const;

/** Who of the usual people has another id on the grid: people who were on one first have ids with W. */
const WITH_W: Readonly<Record<string, string>> = { U0LEA: 'W0LEA', U0OSCAR: 'W0OSCAR' };

/**
 * A workspace of an Enterprise Grid. Opal, Oscar and Lea have their home in the other workspace and are in this one too; Nora is in
 * the other one alone, and reads #shop, which both share. Stella is of another company, as ever.
 */
export function gridWorkspace({ isOrgInstall = false } = {}): Workspace {
  const usual = sandboxWorkspace();
  const rename = (id: string) => WITH_W[id] ?? id;
  const atHome = (user: SlackUser): SlackUser => {
    const homeElsewhere = ['opal', 'oscar', 'lea'].includes(user.name);
    const home = homeElsewhere ? { teamId: GRID.north, teams: [GRID.north, TEAM] } : {};
    return { ...user, id: rename(user.id), ...home };
  };
  const nora = person('nora', 'Nora North', { id: 'W0NORA', teamId: GRID.north });
  return {
    ...usual,
    enterprise: { id: GRID.enterpriseId, name: 'Sandbox Org', isOrgInstall },
    users: [...usual.users.map(atHome), nora],
    groups: usual.groups.map((group) => ({ ...group, users: group.users.map(rename) })),
    channels: usual.channels.map((channel) => {
      const members = channel.members.map(rename);
      if (channel.name !== 'shop') return { ...channel, members };
      return { ...channel, members: [...members, nora.id], orgTeams: [TEAM, GRID.north] };
    }),
  };
}

/** How many of everything a big workspace has. */
export const BIG = { channels: 26_000, people: 5_000, groups: 2_000, approvers: 300, ownChannels: 40 } as const;

/**
 * A workspace of thousands, with Slack's own limits of calls: 26,000 channels, of which the bot is in some forty, 5,000 people who
 * all read #shop, 2,000 user groups, and 300 people in @engineering-lead.
 */
export function bigWorkspace(): Workspace {
  const usual = sandboxWorkspace();
  const crowd = numbered(BIG.people, (no) => person(`p${no}`, `Person ${no}`, { id: `U0P${padded(no)}` }));
  const ids = crowd.map(({ id }) => id);
  const channels = numbered(BIG.channels, (no): SlackChannel => {
    const isOwn = no % Math.floor(BIG.channels / BIG.ownChannels) === 0;
    return { id: `C0N${padded(no)}`, name: `team-${no}`, members: isOwn ? [usual.botUserId] : [] };
  });
  const groups = numbered(BIG.groups, (no) => {
    const users = numbered(5, (nth) => ids[(no * 5 + nth) % ids.length] ?? '');
    return { id: `S0N${padded(no)}`, handle: `team-${no}`, name: `Team ${no}`, users };
  });
  const leads = ids.slice(0, BIG.approvers);
  return {
    ...usual,
    isLimited: true,
    users: [...usual.users, ...crowd],
    groups: [
      ...usual.groups.map((group) =>
        group.id === 'S0LEADS' ? { ...group, users: [...leads, ...group.users] } : group,
      ),
      ...groups,
    ],
    channels: [
      ...channels,
      ...usual.channels.map((one) => (one.name === 'shop' ? { ...one, members: [...one.members, ...ids] } : one)),
    ],
  };
}

function numbered<T>(count: number, make: (no: number) => T): T[] {
  return Array.from({ length: count }, (_none, no) => make(no));
}

function padded(no: number): string {
  return String(no).padStart(5, '0');
}

/** A workspace on Slack's free plan. */
export function freeWorkspace(): Workspace {
  return { ...sandboxWorkspace(), isFree: true };
}

/** A workspace whose owners forbid what can be forbidden: addresses are hidden, apps write to nobody, #releases is read-only. */
export function restrictedWorkspace(): Workspace {
  const usual = sandboxWorkspace();
  return {
    ...usual,
    forbids: ['emails', 'direct_messages'],
    channels: usual.channels.map((one) => (one.name === 'releases' ? { ...one, isReadOnly: true } : one)),
  };
}

/** What `npm run sandbox` can be tried in, by name. */
export const UNUSUAL: Readonly<Record<string, () => Workspace>> = {
  grid: () => gridWorkspace(),
  'grid-wide': () => gridWorkspace({ isOrgInstall: true }),
  big: bigWorkspace,
  free: freeWorkspace,
  restricted: restrictedWorkspace,
};
