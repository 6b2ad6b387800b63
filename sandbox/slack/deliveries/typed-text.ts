import type { SlackState } from '../state.js';

/** Commands get the name beside the id of a person, messages do not. */
export type Place = 'command' | 'message';

/** What Slack already wrote itself: mentions and links. */
const TOKEN = /<(?:@[UW]\w+|#C\w+|!subteam\^S\w+|https?:\/\/[^\s<>|]+)(?:\|[^<>]*)?>/;
const TYPED = /(?<=^|[\s(])([@#])([\w.-]*\w)/g;
/** Words that call everybody who is there, in the channel, or in the workspace. */
const BROADCASTS = ['here', 'channel', 'everyone'];
const LINK = /(?<=^|[\s(])https?:\/\/[^\s<>]+/g;

function escapeEntities(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function mention(state: SlackState, place: Place, sign: string, name: string): string | undefined {
  const { users, groups, channels } = state.workspace;
  if (sign === '#') {
    const channel = channels.find((one) => one.im === undefined && one.name === name);
    return channel && `<#${channel.id}|${name}>`;
  }
  if (BROADCASTS.includes(name)) return `<!${name}>`;
  const user = users.find((one) => one.name === name);
  const group = groups.find((one) => one.handle === name);
  if (user) return place === 'command' ? `<@${user.id}|${name}>` : `<@${user.id}>`;
  return group && `<!subteam^${group.id}|@${name}>`;
}

/**
 * What a person typed, as an app gets it: @name, @group and #channel become ids, @here and its like what calls
 * everybody, addresses become links, and `&`, `<` and `>` are escaped. Mentions that come in their final form stay as they are.
 */
export function typedText(state: SlackState, place: Place, text: string): string {
  let rest = text;
  let out = '';
  for (let match = TOKEN.exec(rest); match; match = TOKEN.exec(rest)) {
    out += plain(state, place, rest.slice(0, match.index)) + match[0];
    rest = rest.slice(match.index + match[0].length);
  }
  return out + plain(state, place, rest);
}

function plain(state: SlackState, place: Place, text: string): string {
  return escapeEntities(text)
    .replace(LINK, (link) => `<${link}>`)
    .replace(TYPED, (typed, sign: string, name: string) => mention(state, place, sign, name) ?? typed);
}
