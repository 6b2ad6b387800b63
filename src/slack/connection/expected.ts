/**
 * Which requests from Slack the bot handles. An app also receives some that it never asked for: from a shortcut that somebody added
 * in the app's settings, from buttons copied out of another app's message, and from whatever Slack adds later.
 */

/** Null: the bot listens to it. Otherwise what it is, in a few fixed words for the log, and what it is answered with. */
export interface Unexpected {
  readonly what: string;
  /** The body of the acknowledgement; undefined: an empty one. */
  readonly answer?: unknown;
}

const COMMAND = '/rollout';
/** Buttons and forms of the bot. */
export const OURS = /^rollout_/;

/** The events of `manifest.yml`; every other is left. */
export const EVENTS: ReadonlySet<unknown> = new Set([
  'app_home_opened',
  'app_mention',
  'app_uninstalled',
  'message',
  'tokens_revoked',
  'channel_archive',
  'channel_deleted',
  'channel_id_changed',
  'channel_left',
  'channel_rename',
  'channel_unarchive',
  'group_archive',
  'group_deleted',
  'group_left',
  'group_rename',
  'group_unarchive',
  'member_joined_channel',
]);

/** Those that are named in the log by their type; others could be anything. */
const KNOWN: ReadonlySet<string> = new Set([
  'block_actions',
  'block_suggestion',
  'dialog_cancellation',
  'dialog_submission',
  'dialog_suggestion',
  'interactive_message',
  'message_action',
  'shortcut',
  'view_closed',
  'view_submission',
  'workflow_step_edit',
]);

export function unexpected(body: unknown): Unexpected | null {
  const given = recordOf(body);
  if (!given) return { what: 'no object' };
  if (given.command !== undefined) return command(given);
  const { type } = given;
  if (type === 'event_callback') return event(given);
  if (type === 'block_actions') return click(given);
  if (type === 'view_submission') return form(given);
  // A menu that asks for its options shows none, instead of an error.
  if (type === 'block_suggestion' || type === 'dialog_suggestion') return { what: type, answer: { options: [] } };
  return { what: typeof type === 'string' && KNOWN.has(type) ? type : 'another type' };
}

function command(given: Fields): Unexpected | null {
  if (!isText(given.user_id) || !isText(given.channel_id)) return { what: 'a command of nobody' };
  if (given.command === COMMAND) return null;
  return { what: 'another command', answer: `This app answers to ${COMMAND}, and to no other command.` };
}

function event({ event }: Fields): Unexpected | null {
  const told = recordOf(event);
  if (!told) return { what: 'no event' };
  return EVENTS.has(told.type) ? null : { what: 'another event' };
}

function click({ actions, user }: Fields): Unexpected | null {
  const first = recordOf(Array.isArray(actions) ? actions[0] : null);
  if (!isText(recordOf(user)?.id)) return { what: 'a click of nobody' };
  return isOurs(first?.action_id) ? null : { what: 'another button' };
}

function form({ view, user }: Fields): Unexpected | null {
  if (!isText(recordOf(user)?.id)) return { what: 'a form of nobody' };
  return isOurs(recordOf(view)?.callback_id) ? null : { what: 'another form' };
}

type Fields = Readonly<Record<string, unknown>>;

function recordOf(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isOurs(name: unknown): boolean {
  return typeof name === 'string' && OURS.test(name);
}
