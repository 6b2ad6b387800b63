import { type Inline, type Phrase, say, toMrkdwn } from '../inline.js';

/** A post that waits for the bot itself: for its budget, or for another process. In place of a code of Slack. */
export const WAITS = 'waits';
/** Slack said nothing. In place of a code of Slack. */
export const NO_ANSWER = 'no_answer';

/** Why a channel does not take a post, and what a person can do about it, by Slack's code for it. mrkdwn. */
export function channelRefusal(error: string): string {
  return sentences(channelClauses(error));
}

/** The same of a post that is tried again and again: where nobody has to do anything first, that is said. mrkdwn. */
export function channelRefused(error: string): string {
  return sentences(byPeople(error) ?? [...bySlack(error), say`I go on trying`]);
}

/** The same for any place, without the point at its end. */
export function channelSaid(error: string): Phrase {
  return channelClauses(error).flatMap((clause, at) => (at === 0 ? clause : say`. ${clause}`));
}

function channelClauses(error: string): readonly Phrase[] {
  return byPeople(error) ?? bySlack(error);
}

function sentences(clauses: readonly Phrase[]): string {
  return clauses.map((clause) => `${toMrkdwn(clause)}.`).join(' ');
}

function code(text: string): Inline {
  return { kind: 'code', text };
}

/** What only a person can change. */
function byPeople(error: string): readonly Phrase[] | null {
  switch (error) {
    case 'not_in_channel':
      return [say`I was removed`, say`Invite me: ${code('/invite @rollout')}`];
    case 'channel_not_found':
      return [say`I was removed, or it was deleted`, say`Invite me: ${code('/invite @rollout')}`];
    case 'is_archived':
    case 'is_inactive':
      return [say`it is archived`, say`Unarchive it`];
    case 'restricted_action':
    case 'restricted_action_read_only_channel':
    case 'posting_to_channel_denied':
    case 'channel_is_limited_access':
      return [say`only some people may post there (${code(error)})`, say`Ask an admin of Slack to let me`];
    case 'restricted_action_thread_only_channel':
    case 'restricted_action_non_threadable_channel':
    case 'restricted_action_thread_locked':
    case 'cannot_reply_to_message':
      return [
        say`it takes no threads, or nothing but threads (${code(error)})`,
        say`Ask an admin of Slack to allow both`,
      ];
    case 'access_denied':
    case 'no_permission':
    case 'ekm_access_denied':
    case 'app_access_restricted':
    case 'team_not_found':
      return [say`an admin of Slack does not allow it (${code(error)})`, say`Ask one`];
    default:
      return null;
  }
}

/** What may pass, or what nobody in the channel can change. */
function bySlack(error: string): readonly Phrase[] {
  switch (error) {
    case 'message_limit_exceeded':
      return [say`Slack takes no more messages of this workspace for now`];
    case NO_ANSWER:
      return [say`Slack has not answered for minutes`];
    case WAITS:
      return [say`it has to wait there, because there is much to say or Slack is slow`];
    case 'ratelimited':
      return [say`Slack asks me to wait`];
    default:
      return [say`Slack does not take it (${code(error)})`, say`Whoever runs me finds more in the log`];
  }
}
