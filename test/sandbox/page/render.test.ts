import { describe, expect, it } from 'vitest';
import { renderDay, renderMessage } from '../../../sandbox/slack/page/render.js';
import type { SlackMessage } from '../../../sandbox/slack/types.js';
import { fromBot, NOON, sceneOf } from './scene.js';

const inChannel = (message: SlackMessage) => renderMessage(message, sceneOf(), { where: 'channel' });
const inThread = (message: SlackMessage) => renderMessage(message, sceneOf(), { where: 'thread' });

describe('a message', () => {
  it('says who wrote it, when in the viewer’s zone, and that it is an app', () => {
    const html = inChannel(fromBot({ text: 'Hello' }));
    expect(html).toContain('<span class="author">rollout</span><span class="badge">APP</span>');
    expect(html).toContain('>13:00</time>');
    const { botId, ...fromLea } = fromBot({ user: 'U0LEA', text: 'Hi' });
    expect(botId).toBeDefined();
    expect(inChannel(fromLea)).not.toContain('APP');
  });

  it('of Slack itself is signed Slackbot', () => {
    const { botId, ...words } = fromBot({ user: 'USLACKBOT', text: 'no such command', ephemeralTo: 'U0OPAL' });
    expect(botId).toBeDefined();
    expect(inChannel(words)).toContain('<span class="author">Slackbot</span>');
  });

  it('says that it was edited', () => {
    expect(inChannel(fromBot({ text: 'a' }))).not.toContain('(edited)');
    expect(inChannel(fromBot({ text: 'a', editedTs: '1.0' }))).toContain('(edited)');
  });

  it('shows its blocks instead of its text', () => {
    const html = inChannel(fromBot({ text: 'the fallback', blocks: [{ type: 'divider' }] }));
    expect(html).toContain('<hr>');
    expect(html).not.toContain('the fallback');
  });

  it('says that only the viewer sees an ephemeral, and offers no thread', () => {
    const html = inChannel(fromBot({ text: 'No.', ephemeralTo: 'U0OPAL' }));
    expect(html).toContain('Only visible to you');
    expect(html).toContain('data-ephemeral');
    expect(html).not.toContain('data-thread');
  });

  it('counts the replies of its thread', () => {
    const replies = (count: number) =>
      renderMessage(fromBot({ text: 'a' }), sceneOf(), { where: 'channel', replies: count });
    expect(replies(0)).toContain('aria-label="Reply in thread"');
    expect(replies(1)).toContain('1 reply');
    expect(replies(2)).toContain('2 replies');
  });

  it('says where a broadcast reply also stands', () => {
    const reply = fromBot({ text: 'a', threadTs: '5.000000', broadcast: true });
    expect(inThread(reply)).toContain('Also sent to the channel');
    expect(inChannel(reply)).toMatch(/data-thread="5.000000">replied to a thread/);
  });

  it.each([
    ['danger', '#e01e5a'],
    ['#2EB67D', '#2EB67D'],
    ['2eb67d', '#2eb67d'],
    ['red" onload="x', '#dddddd'],
  ])('an attachment of colour %j has a bar of %s and its blocks', (color, fill) => {
    const html = inChannel(fromBot({ attachments: [{ color, blocks: [{ type: 'divider' }] }] }));
    expect(html).toContain(`fill="${fill}"`);
    expect(html).toContain('<hr>');
  });

  it('an attachment without blocks shows title, text and fields', () => {
    const attachment = {
      title: 'Alert',
      title_link: 'https://example.com/',
      text: '*hot*',
      fields: [{ title: 'p95', value: '412' }],
    };
    const html = inChannel(fromBot({ attachments: [attachment] }));
    expect(html).toContain('<a href="https://example.com/"');
    expect(html).toContain('<strong>hot</strong>');
    expect(html).toContain('<strong>p95</strong><br>412');
  });

  it.each([
    [0, 'Today'],
    [1, 'Yesterday'],
    [4, 'Monday, November 16'],
  ])('the day %i days ago is headed %s', (days, heading) => {
    expect(renderDay(String(NOON / 1000 - days * 86_400), sceneOf())).toContain(heading);
  });
});
