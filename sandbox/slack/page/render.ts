import type { SlackMessage } from '../types.js';
import { memberOf } from '../values.js';
import { renderBlocks } from './blocks.js';
import { clock, dayHeading } from './dates.js';
import { attributes, escapeHtml, link } from './html.js';
import { isRecord, type Json, recordsIn, stringIn } from './json.js';
import { renderMrkdwn } from './mrkdwn.js';
import { displayName, initials, type Scene } from './scene.js';

/** How a message stands where it is shown. */
export interface Standing {
  /** Replies in its thread, when it is shown in a channel; 0 or unset: no thread yet. */
  replies?: number;
  /** `ts` of the last reply. */
  lastReply?: string | undefined;
  where: 'channel' | 'thread';
}

const atOf = (ts: string) => Number(ts) * 1000;

/** Only names and hex of Slack's own; anything else is grey. It lands in an SVG attribute: the page allows no inline style. */
function barColour(colour: string | undefined): string {
  const named: Record<string, string> = { good: '#2eb67d', warning: '#ecb22e', danger: '#e01e5a' };
  if (!colour) return '#dddddd';
  const hex = /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(colour)?.[1];
  return memberOf(named, colour) ?? (hex ? `#${hex}` : '#dddddd');
}

function attachmentText(attachment: Json, scene: Scene): string {
  const pretext = stringIn(attachment, 'pretext');
  const title = stringIn(attachment, 'title');
  const text = stringIn(attachment, 'text');
  const footer = stringIn(attachment, 'footer');
  const titleLink = stringIn(attachment, 'title_link');
  const titleHtml = title && renderMrkdwn(title, scene);
  const fields = recordsIn(attachment, 'fields').map(
    (field) =>
      `<div><strong>${escapeHtml(stringIn(field, 'title') ?? '')}</strong><br>${renderMrkdwn(stringIn(field, 'value') ?? '', scene)}</div>`,
  );
  return [
    pretext && `<div class="mrkdwn">${renderMrkdwn(pretext, scene)}</div>`,
    titleHtml && `<div class="attachment-title">${titleLink ? link(titleLink, titleHtml) : titleHtml}</div>`,
    text && `<div class="mrkdwn">${renderMrkdwn(text, scene)}</div>`,
    fields.length > 0 && `<div class="fields mrkdwn">${fields.join('')}</div>`,
    footer && `<div class="context"><span>${renderMrkdwn(footer, scene)}</span></div>`,
  ]
    .filter(Boolean)
    .join('');
}

function attachment(value: Json, index: number, scene: Scene): string {
  const blocks = recordsIn(value, 'blocks').map((block, place) => ({
    block_id: `attachment-${index}-${place}`,
    ...block,
  }));
  const fill = barColour(stringIn(value, 'color'));
  const bar = `<svg class="bar-stripe" aria-hidden="true" width="4"><rect width="4" height="100%" rx="2" fill="${fill}"/></svg>`;
  const inside = blocks.length > 0 ? renderBlocks(blocks, scene) : attachmentText(value, scene);
  return `<div${attributes({ class: 'attachment', 'data-key': `attachment-${index}` })}>${bar}<div class="attachment-body">${inside}</div></div>`;
}

function author(message: SlackMessage, standing: Standing, scene: Scene): string {
  const user = scene.workspace.users.find((each) => each.id === message.user);
  const isApp = Boolean(message.botId) || user?.isBot;
  const name = displayName(message.user, scene.workspace);
  const at = atOf(message.ts);
  const badge = isApp ? '<span class="badge">APP</span>' : '';
  const edited = message.editedTs ? '<span class="edited">(edited)</span>' : '';
  const when = `<time${attributes({ datetime: new Date(at).toISOString() })}>${clock(at, scene.viewer.tz)}</time>`;
  return `<div class="byline"><span class="author">${escapeHtml(name)}</span>${badge}${when}${edited}${replyButton(message, standing)}</div>`;
}

function avatar(message: SlackMessage, scene: Scene): string {
  const name = displayName(message.user, scene.workspace);
  const tone = [...message.user].reduce((sum, character) => sum + character.charCodeAt(0), 0) % 6;
  return `<div class="avatar tone-${tone}" aria-hidden="true">${escapeHtml(initials(name))}</div>`;
}

function notes(message: SlackMessage, standing: Standing): string {
  if (message.ephemeralTo) return '<p class="note"><span aria-hidden="true">👁</span> Only visible to you</p>';
  if (!message.broadcast) return '';
  return standing.where === 'channel'
    ? `<p class="note"><button${attributes({ type: 'button', class: 'quiet', 'data-key': 'parent', 'data-thread': message.threadTs })}>replied to a thread</button></p>`
    : '<p class="note">Also sent to the channel</p>';
}

function threadLink(message: SlackMessage, standing: Standing, scene: Scene): string {
  const count = standing.replies ?? 0;
  if (count === 0 || !startsThread(message, standing)) return '';
  const own = attributes({ type: 'button', class: 'thread-link', 'data-key': 'thread', 'data-thread': message.ts });
  const last = standing.lastReply
    ? ` <span class="muted">last at ${clock(atOf(standing.lastReply), scene.viewer.tz)}</span>`
    : '';
  return `<button${own}>${count} ${count === 1 ? 'reply' : 'replies'}${last}</button>`;
}

function startsThread(message: SlackMessage, standing: Standing): boolean {
  return standing.where === 'channel' && !message.ephemeralTo && !message.broadcast;
}

function replyButton(message: SlackMessage, standing: Standing): string {
  if ((standing.replies ?? 0) > 0 || !startsThread(message, standing)) return '';
  const own = { type: 'button', class: 'reply', 'data-key': 'reply', 'data-thread': message.ts };
  return `<button${attributes({ ...own, 'aria-label': 'Reply in thread' })}>Reply</button>`;
}

function content(message: SlackMessage, scene: Scene): string {
  const blocks = (message.blocks ?? []).filter(isRecord);
  const text = message.text ? `<div class="block mrkdwn">${renderMrkdwn(message.text, scene)}</div>` : '';
  const body = blocks.length > 0 ? renderBlocks(blocks, scene) : text;
  const attachments = (message.attachments ?? []).filter(isRecord).map((each, index) => attachment(each, index, scene));
  return body + attachments.join('');
}

/** The id its element has on the page; ephemerals and thread copies of one `ts` differ. */
function messageKey(message: SlackMessage, where: Standing['where']): string {
  return `${where}-${message.ephemeralTo ? 'ephemeral-' : ''}${message.ts}`;
}

/** One message as an `<article>` in a list: who, when, what it says, what can be clicked, and its thread. */
export function renderMessage(message: SlackMessage, scene: Scene, standing: Standing): string {
  const key = messageKey(message, standing.where);
  const own = attributes({
    id: key,
    class: message.ephemeralTo ? 'message ephemeral' : 'message',
    tabindex: '-1',
    'data-key': key,
    'data-ts': message.ts,
    'data-channel': message.channel,
    'data-ephemeral': Boolean(message.ephemeralTo),
  });
  const before = message.ephemeralTo || standing.where === 'channel' ? notes(message, standing) : '';
  const after = before === '' ? notes(message, standing) : '';
  const inside = `${before}${author(message, standing, scene)}${content(message, { ...scene, pane: standing.where })}${after}${threadLink(message, standing, scene)}`;
  const article = `<article${own}>${avatar(message, scene)}<div class="body">${inside}</div></article>`;
  return `<li${attributes({ 'data-key': `item-${key}` })}>${article}</li>`;
}

/** The heading before the first message of a day. */
export function renderDay(ts: string, scene: Scene): string {
  const heading = dayHeading({ at: atOf(ts), now: scene.now, tz: scene.viewer.tz });
  const own = attributes({ class: 'day', 'data-key': `day-${heading}` });
  return `<li${own}><h2>${escapeHtml(heading)}</h2></li>`;
}
