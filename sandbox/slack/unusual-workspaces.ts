/** Workspaces that are not as most are; each begins as the usual one. */
import type { SlackUser, Workspace } from './types.js';
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
