import { validateBlocks } from '../block-kit.js';
import { isRecord, type Json } from '../values.js';
import { validateView } from '../view-kit.js';
import { channelFor } from './channels.js';
import type { Method } from './method.js';
import { SlackError } from './slack-error.js';

const authTest: Method = ({ state, teamUrl }) => {
  const { teamName, teamId, botUserId, botId, enterprise } = state.workspace;
  const isOrgInstall = enterprise?.isOrgInstall ?? false;
  return {
    url: teamUrl,
    team: isOrgInstall ? enterprise?.name : teamName,
    user: state.user(botUserId)?.name ?? '',
    team_id: isOrgInstall ? enterprise?.id : teamId,
    user_id: botUserId,
    bot_id: botId,
    ...(enterprise && { enterprise_id: enterprise.id }),
    is_enterprise_install: isOrgInstall,
  };
};

/** The workspaces the app was added to. */
const authTeamsList: Method = ({ state }) => {
  const { teamId, teamName, enterprise } = state.workspace;
  const ids = enterprise?.addedTo ?? [teamId];
  const teams = ids.map((id) => ({ id, name: id === teamId ? teamName : id }));
  return { teams, response_metadata: { next_cursor: '' } };
};

const apiTest: Method = ({ args }) => {
  const error = args.text('error');
  const { token: _secret, ...rest } = args.values;
  if (error) throw new SlackError(error, { args: rest });
  return { args: rest };
};

const connectionsOpen: Method = ({ openSocketUrl }) => ({ url: openSocketUrl() });

const teamInfo: Method = ({ state }) => {
  const { teamId, teamName } = state.workspace;
  return { team: { id: teamId, name: teamName, domain: teamName.toLowerCase(), email_domain: '', icon: {} } };
};

const reactionsAdd: Method = ({ args, state }) => {
  const channel = channelFor(state, args.required('channel'));
  args.required('name');
  if (!state.find(channel.id, args.required('timestamp'))) throw new SlackError('message_not_found');
  return {};
};

/** Slack's own checker: exactly one of blocks, message and view. */
const blocksValidate: Method = ({ args }) => {
  const given = ['blocks', 'message', 'view'].filter((name) => args.has(name));
  const [kind] = given;
  if (given.length !== 1 || kind === undefined) throw new SlackError('invalid_arguments');
  const value = args.structure(kind);
  const problems = kind === 'view' ? validateView(value) : validateBlocks(blocksOf(kind, value), 'message');
  if (problems.length === 0) return {};
  const errors: Json[] = problems.map((problem) => ({ ...problem, code: 'failed_constraint' }));
  throw new SlackError(`invalid_${kind}`, { errors });
};

function blocksOf(kind: string, value: unknown): unknown {
  return kind === 'message' && isRecord(value) ? (value.blocks ?? []) : value;
}

export const appMethods: Record<string, Method> = {
  'api.test': apiTest,
  'auth.test': authTest,
  'auth.teams.list': authTeamsList,
  'apps.connections.open': connectionsOpen,
  'team.info': teamInfo,
  'reactions.add': reactionsAdd,
  'blocks.validate': blocksValidate,
};
