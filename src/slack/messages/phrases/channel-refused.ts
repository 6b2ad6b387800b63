import { code } from '../../text.js';

/** Why a channel does not show a post, and what a person can do about it, by Slack's code for it. mrkdwn. */
export function channelRefused(error: string): string {
  switch (error) {
    case 'not_in_channel':
    case 'channel_not_found':
      return `I was removed. Invite me: ${code('/invite @rollout')}.`;
    case 'is_archived':
    case 'is_inactive':
      return 'it is archived. Unarchive it.';
    case 'restricted_action':
    case 'restricted_action_read_only_channel':
    case 'posting_to_channel_denied':
    case 'channel_is_limited_access':
      return `only some people may post there (${code(error)}). Ask an admin of Slack to let me.`;
    case 'restricted_action_thread_only_channel':
    case 'restricted_action_non_threadable_channel':
    case 'restricted_action_thread_locked':
    case 'cannot_reply_to_message':
      return `it takes no threads, or nothing but threads (${code(error)}). Ask an admin of Slack to allow both.`;
    case 'access_denied':
    case 'no_permission':
    case 'ekm_access_denied':
    case 'app_access_restricted':
    case 'message_limit_exceeded':
    case 'team_not_found':
      return `an admin of Slack does not allow it (${code(error)}). Ask one.`;
    case 'no_answer':
      return 'Slack has not answered for minutes. I go on trying.';
    case 'ratelimited':
      return 'Slack asks me to wait. I go on trying.';
    default:
      return `Slack does not take it (${code(error)}). I go on trying; whoever runs me finds more in the log.`;
  }
}
