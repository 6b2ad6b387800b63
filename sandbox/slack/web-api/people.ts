import { isHere } from '../deliveries/desk.js';
import type { SlackState } from '../state.js';
import type { Enterprise, SlackGroup, SlackUser } from '../types.js';
import type { Json } from '../values.js';
import { page } from './arguments.js';
import type { Method } from './method.js';
import { SlackError } from './slack-error.js';

function userJson(state: SlackState, user: SlackUser): Json {
  const { scopes, botId, appId } = state.workspace;
  const profile: Json = { real_name: user.realName, display_name: user.name, team: user.teamId };
  const hidesEmails = state.workspace.forbids?.includes('emails') ?? false;
  if (!user.isBot && !user.isStranger && !hidesEmails && scopes.includes('users:read.email'))
    profile.email = user.email;
  if (user.isBot) Object.assign(profile, { bot_id: botId, api_app_id: appId });
  const json: Json = {
    id: user.id,
    team_id: user.teamId,
    name: user.name,
    real_name: user.realName,
    deleted: user.deleted ?? false,
    tz: user.tz,
    is_bot: user.isBot ?? false,
    is_app_user: false,
    is_admin: false,
    is_owner: false,
    is_restricted: user.isGuest ?? false,
    is_ultra_restricted: false,
    updated: 0,
    profile,
  };
  const { enterprise } = state.workspace;
  if (user.isStranger) return { ...json, is_stranger: true };
  if (!enterprise || user.isBot) return json;
  return { ...json, enterprise_user: enterpriseUserJson(enterprise, user) };
}

function enterpriseUserJson(enterprise: Enterprise, { id, teams, teamId }: SlackUser): Json {
  return {
    id,
    enterprise_id: enterprise.id,
    enterprise_name: enterprise.name,
    is_admin: false,
    is_owner: false,
    teams: teams ?? [teamId],
  };
}

const info: Method = ({ args, state }) => {
  const user = state.user(args.required('user'));
  if (!user) throw new SlackError('user_not_found');
  return { user: userJson(state, user) };
};

const list: Method = ({ args, state }) => {
  const own = state.workspace.users.filter((user) => isHere(state, user));
  const { items, metadata } = page(own, args, own.length);
  const cacheTs = Math.floor(state.now() / 1000);
  return { members: items.map((user) => userJson(state, user)), cache_ts: cacheTs, response_metadata: metadata };
};

const lookupByEmail: Method = ({ args, state }) => {
  const email = args.required('email').toLowerCase();
  const user = state.workspace.users.find((one) => one.email.toLowerCase() === email);
  if (state.workspace.forbids?.includes('emails')) throw new SlackError('users_not_found');
  if (!user || user.deleted || user.isBot || !isHere(state, user)) throw new SlackError('users_not_found');
  return { user: userJson(state, user) };
};

function groupJson(state: SlackState, group: SlackGroup, withUsers: boolean): Json {
  const json: Json = {
    id: group.id,
    team_id: state.workspace.teamId,
    is_usergroup: true,
    name: group.name,
    handle: group.handle,
    description: '',
    is_external: false,
    date_create: 1,
    date_update: 1,
    date_delete: group.disabled ? 1 : 0,
    user_count: group.users.length,
  };
  return withUsers ? { ...json, users: group.users } : json;
}

function requireGroups({ workspace }: SlackState): void {
  if (workspace.isFree) throw new SlackError('plan_upgrade_required');
}

const groupList: Method = ({ args, state }) => {
  requireGroups(state);
  const shown = state.workspace.groups.filter((group) => args.flag('include_disabled') || !group.disabled);
  return { usergroups: shown.map((group) => groupJson(state, group, args.flag('include_users'))) };
};

const groupUsers: Method = ({ args, state }) => {
  requireGroups(state);
  const id = args.required('usergroup');
  const group = state.workspace.groups.find((one) => one.id === id);
  if (!group || (group.disabled && !args.flag('include_disabled'))) throw new SlackError('no_such_subteam');
  return { users: group.users };
};

export const peopleMethods: Record<string, Method> = {
  'users.info': info,
  'users.list': list,
  'users.lookupByEmail': lookupByEmail,
  'usergroups.list': groupList,
  'usergroups.users.list': groupUsers,
};
