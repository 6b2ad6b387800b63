import { expect, test } from 'vitest';
import { typedText } from '../../../sandbox/slack/deliveries/typed-text.js';
import { SlackState } from '../../../sandbox/slack/state.js';
import { sandboxWorkspace } from '../../../sandbox/slack/workspace.js';

const state = new SlackState(sandboxWorkspace(), () => 0);

test.each([
  ['ask @lea', 'ask <@U0LEA|lea>'],
  ['ask @release-team, now', 'ask <!subteam^S0RELEASE|@release-team>, now'],
  ['in #releases.', 'in <#C0RELEASES|releases>.'],
  ['ask @nobody in #nowhere', 'ask @nobody in #nowhere'],
  ['mail lea@example.com about plan#3', 'mail lea@example.com about plan#3'],
  ['a < b & c > d', 'a &lt; b &amp; c &gt; d'],
  ['@here and @channel, @everyone!', '<!here> and <!channel>, <!everyone>!'],
  ['mail here@channel.example', 'mail here@channel.example'],
  ['<!channel> <@U0LEA>', '&lt;!channel&gt; <@U0LEA>'],
  ['see https://example.com/a?b=1&c=2', 'see <https://example.com/a?b=1&amp;c=2>'],
  ['<https://example.com|here>', '<https://example.com|here>'],
])('a command %j arrives as %j', (typed, arrives) => {
  expect(typedText(state, 'command', typed)).toBe(arrives);
});

test('a message mentions people by id alone', () => {
  expect(typedText(state, 'message', 'ask @lea in #releases')).toBe('ask <@U0LEA> in <#C0RELEASES|releases>');
});
