/** What the code asks of Slack, found in the code: Web API methods, commands, events, and the scopes they need. */
import { argumentsOf, isNode, literal, type Node, nameOf, type Source } from './sources.js';

/** Bot scopes per Web API method, as Slack documents them, for public and private channels alike. */
const METHOD_SCOPES: Readonly<Record<string, readonly string[]>> = {
  'apps.connections.open': [],
  'auth.teams.list': [],
  'auth.test': [],
  'chat.delete': ['chat:write'],
  'chat.getPermalink': [],
  'chat.postEphemeral': ['chat:write'],
  'chat.postMessage': ['chat:write'],
  'chat.update': ['chat:write'],
  'conversations.history': ['channels:history', 'groups:history', 'im:history'],
  'conversations.info': ['channels:read', 'groups:read'],
  'conversations.members': ['channels:read', 'groups:read'],
  'conversations.open': ['im:write'],
  'conversations.replies': ['channels:history', 'groups:history'],
  'usergroups.list': ['usergroups:read'],
  'usergroups.users.list': ['usergroups:read'],
  'users.conversations': ['channels:read', 'groups:read'],
  'users.info': ['users:read'],
  'users.lookupByEmail': ['users:read.email'],
  'views.open': [],
  'views.publish': [],
  'views.push': [],
  'views.update': [],
};

const EVENT_SCOPES: Readonly<Record<string, readonly string[]>> = {
  app_home_opened: [],
  app_mention: ['app_mentions:read'],
  'message.im': ['im:history'],
  app_uninstalled: [],
  tokens_revoked: [],
  channel_archive: ['channels:read'],
  channel_deleted: ['channels:read'],
  // Of private channels alone.
  channel_id_changed: ['groups:read'],
  channel_left: ['channels:read'],
  channel_rename: ['channels:read'],
  channel_unarchive: ['channels:read'],
  group_archive: ['groups:read'],
  group_deleted: ['groups:read'],
  group_left: ['groups:read'],
  group_rename: ['groups:read'],
  group_unarchive: ['groups:read'],
  member_joined_channel: ['channels:read', 'groups:read'],
};
/** Messages are subscribed to by the kind of place; the bot reads what is said to it alone. */
const SUBSCRIBED: Readonly<Record<string, string>> = { message: 'message.im' };

/** Parts of the Web API; a call of one of their methods on anything called `client` is a call to Slack. */
const FAMILIES = new Set(
  'admin api apps assistant auth bots calls canvases chat conversations dialog dnd emoji files functions im oauth pins reactions reminders search slackLists stars team usergroups users views workflows'.split(
    ' ',
  ),
);

export interface SlackSurface {
  readonly methods: string[];
  readonly commands: string[];
  readonly events: string[];
  /** Buttons, menus or modals. */
  readonly interactive: boolean;
}

/** Everything these files ask of Slack; each list sorted, each thing once. */
export function slackSurface(sources: readonly Source[]): SlackSurface {
  const calls = sources.flatMap(({ nodes }) => nodes.filter(({ type }) => type === 'CallExpression'));
  return {
    methods: sorted(calls.flatMap(webApiMethod)),
    commands: sorted(calls.flatMap((call) => listened(call, 'command'))),
    events: sorted(calls.flatMap((call) => listened(call, 'event')).map((name) => SUBSCRIBED[name] ?? name)),
    interactive: calls.some((call) => /^(app|bolt)\.(action|view|shortcut|options)$/.test(nameOf(call.callee))),
  };
}

/** The scopes all of this needs, sorted. Throws for a method or event of which it is not known what it needs. */
export function scopesFor(surface: SlackSurface): string[] {
  return sorted([
    ...(surface.commands.length > 0 ? ['commands'] : []),
    ...surface.methods.flatMap((method) => known(METHOD_SCOPES, method)),
    ...surface.events.flatMap((event) => known(EVENT_SCOPES, event)),
  ]);
}

function known(table: Readonly<Record<string, readonly string[]>>, name: string): readonly string[] {
  const scopes = table[name];
  if (!scopes) throw new Error(`which scopes does ${name} need? Say it in test/project/slack-surface.ts`);
  return scopes;
}

function webApiMethod(call: Node): string[] {
  const name = nameOf(call.callee);
  const [, rest = ''] = /(?:^|\.)\w*client\.(.+)$/i.exec(name) ?? [];
  if (rest === 'apiCall') return [literal(argumentsOf(call)[0]) || '(computed)'];
  const [family = '', ...method] = rest.split('.');
  return FAMILIES.has(family) && method.length > 0 && isApiMember(method) ? [rest] : [];
}

/** `.catch(…)` and the like on the promise of a call are not methods of the Web API. */
function isApiMember(method: readonly string[]): boolean {
  return !['then', 'catch', 'finally'].includes(method.at(-1) ?? '');
}

function listened(call: Node, what: 'command' | 'event'): string[] {
  if (!/^(app|bolt)\.\w+$/.test(nameOf(call.callee)) || !nameOf(call.callee).endsWith(`.${what}`)) return [];
  const [first] = argumentsOf(call);
  return [literal(first) || (isNode(first) ? `(${first.type})` : '(nothing)')];
}

function sorted(values: readonly string[]): string[] {
  return [...new Set(values)].sort();
}
