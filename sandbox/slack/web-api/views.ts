import { randomBytes } from 'node:crypto';
import type { SlackState } from '../state.js';
import type { OpenView } from '../types.js';
import { isRecord, type Json, textIn } from '../values.js';
import { validateView } from '../view-kit.js';
import { withBlockIds } from './content.js';
import type { Call, Method } from './method.js';
import { SlackError } from './slack-error.js';

const MOST_BYTES = 250 * 1024;
const DEEPEST_STACK = 3;

function newHash(state: SlackState): string {
  return `${Math.floor(state.now() / 1000)}.${randomBytes(4).toString('hex')}`;
}

/** Checks a view definition and gives it what Slack adds. Throws Slack's error codes. */
export function checkedView(state: SlackState, given: unknown, type: 'modal' | 'home'): Json {
  const problems = validateView(given);
  if (isRecord(given) && given.type !== type) problems.push({ pointer: '/type', message: `must be ${type}` });
  if (problems.length > 0 || !isRecord(given)) {
    const messages = problems.map(({ pointer, message }) => `[ERROR] ${message} [json-pointer:/view${pointer}]`);
    throw new SlackError('invalid_arguments', { response_metadata: { messages } });
  }
  if (Buffer.byteLength(JSON.stringify(given)) > MOST_BYTES) throw new SlackError('view_too_large');
  const blocks = Array.isArray(given.blocks) ? given.blocks : [];
  return { ...given, blocks: withBlockIds(blocks, () => state.nextId('b')) };
}

/** A view as answers and payloads show it. */
export function viewJson(state: SlackState, open: OpenView, stack: OpenView[], values: Json = {}): Json {
  const { teamId, appId, botId } = state.workspace;
  const at = stack.findIndex((one) => one.id === open.id);
  return {
    private_metadata: '',
    callback_id: '',
    external_id: '',
    title: null,
    submit: null,
    close: null,
    clear_on_close: false,
    notify_on_close: false,
    ...open.view,
    id: open.id,
    hash: open.hash,
    team_id: teamId,
    app_id: appId,
    app_installed_team_id: teamId,
    bot_id: botId,
    root_view_id: stack[0]?.id ?? open.id,
    previous_view_id: stack[at - 1]?.id ?? null,
    state: { values },
  };
}

/** A person's Home tab in the form of a view; undefined before the app has published one. */
export function homeView(state: SlackState, user: string): OpenView | undefined {
  const home = state.homes.get(user);
  return home && { ...home, callbackId: textIn(home.view.callback_id) };
}

/** Lays a view on top of a person's screen. */
export function pushView(state: SlackState, user: string, view: Json, stack = state.stack(user)): Json {
  const open: OpenView = { id: state.nextId('V'), hash: newHash(state), callbackId: textIn(view.callback_id), view };
  const next = [...stack, open];
  if (next.length > DEEPEST_STACK) throw new SlackError('push_limit_reached');
  state.stacks.set(user, next);
  state.emit({ type: 'view', user, view: open });
  return viewJson(state, open, next);
}

/** Replaces the content of an open view; field errors of the last submission are gone with it. */
export function replaceView(state: SlackState, user: string, id: string, view: Json): Json {
  const open: OpenView = { id, hash: newHash(state), callbackId: textIn(view.callback_id), view };
  const next = state.stack(user).map((one) => (one.id === id ? open : one));
  state.stacks.set(user, next);
  state.emit({ type: 'view', user, view: open });
  return viewJson(state, open, next);
}

/** Takes views off a person's screen, topmost first. */
export function closeViews(state: SlackState, user: string, ids: string[]): void {
  const rest = state.stack(user).filter((open) => !ids.includes(open.id));
  state.stacks.set(user, rest);
  for (const viewId of ids) state.emit({ type: 'view_closed', user, viewId });
}

function triggered({ args, triggers, state }: Call): { user: string; view: Json } {
  const trigger = args.text('trigger_id') ?? args.required('interactivity_pointer');
  const view = checkedView(state, args.structure('view'), 'modal');
  return { user: triggers.redeem(trigger), view };
}

const open: Method = (call) => {
  const { user, view } = triggered(call);
  return { view: pushView(call.state, user, view, []) };
};

const push: Method = (call) => {
  const { user, view } = triggered(call);
  if (call.state.stack(user).length === 0) throw new SlackError('not_found');
  return { view: pushView(call.state, user, view) };
};

function findOpen({ args, state }: Call): { user: string; open: OpenView } {
  const id = args.text('view_id');
  const externalId = args.text('external_id');
  for (const [user, stack] of state.stacks) {
    const found = stack.find((one) => (id ? one.id === id : one.view.external_id === externalId));
    if (found && (id || externalId)) return { user, open: found };
  }
  throw new SlackError('not_found');
}

const update: Method = (call) => {
  const { args, state } = call;
  const { user, open } = findOpen(call);
  const hash = args.text('hash');
  if (hash && hash !== open.hash) throw new SlackError('hash_conflict');
  return { view: replaceView(state, user, open.id, checkedView(state, args.structure('view'), 'modal')) };
};

const publish: Method = ({ args, state }) => {
  const user = args.required('user_id');
  if (!state.user(user)) throw new SlackError('invalid_arguments');
  const hash = args.text('hash');
  const known = state.homes.get(user);
  if (hash && known && hash !== known.hash) throw new SlackError('hash_conflict');
  const view = checkedView(state, args.structure('view'), 'home');
  const home = { id: known?.id ?? state.nextId('V'), hash: newHash(state), view };
  state.homes.set(user, home);
  state.emit({ type: 'home', user });
  const shown: OpenView = { ...home, callbackId: textIn(view.callback_id) };
  return { view: viewJson(state, shown, [shown]) };
};

export const viewMethods: Record<string, Method> = {
  'views.open': open,
  'views.push': push,
  'views.update': update,
  'views.publish': publish,
};
