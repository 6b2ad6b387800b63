import { describe, expect, test } from 'vitest';
import { helpAbout, nearestVerb, readTyped } from '../../src/commands/grammar.js';
import { isSmallTalk } from '../../src/commands/typed.js';
import { renderHowToSayIt } from '../../src/slack/words/messages/index.js';

test.each(['--help', '-h', '-help', '--h', '—help', '–h', '?', '/?', '-?', ' ? ', '??', 'HELP', 'help?', '--HELP'])(
  '“/rollout %s” is help',
  (typed) => expect(readTyped(typed)).toMatchObject({ verb: 'help' }),
);

test.each([
  ['advance --help', 'advance'],
  ['advance -h', 'advance'],
  ['Advance —help', 'advance'],
  ['pause --help', 'pause'],
  ['pause help', 'pause'],
  ['deny help', 'deny'],
  ['finish help?', 'finish'],
  ['start new-checkout --help', 'start'],
  ['new-checkout resume --help', 'resume'],
  ['help extend', 'extend'],
  ['help `/rollout extend`', 'extend'],
  ['help “withdraw”', 'withdraw'],
  ['help roll back', 'rollback'],
  ['help rolback', 'rollback'],
  ['help abort', 'rollback'],
  ['help help', 'help'],
])('“%s” asks what one verb does', (typed, about) => {
  const { verb, rest } = readTyped(typed);
  expect([verb, helpAbout(rest)]).toEqual(['help', about]);
});

test.each(['help', 'help me', 'help please', 'help!', 'help, what now', 'commands', 'menu'])(
  '“%s” asks about no verb',
  (typed) => expect(helpAbout(readTyped(typed).rest)).toBeNull(),
);

test.each(['commands', 'menu', 'usage', 'how does it work', 'who may approve this'])('“%s” points to help', (typed) => {
  expect(nearestVerb(readTyped(typed).word)).toBe('help');
});

test.each([
  ['rollback --help', 'rollback'],
  ['rollback help', 'rollback'],
  ['roll back -h', 'rollback'],
  ['advance help is on its way', 'advance'],
  ['pause -hotfix first', 'pause'],
  ['deny no --help here yet', 'deny'],
])('“%s” is an order', (typed, verb) => expect(readTyped(typed).verb).toBe(verb));

describe('what is said to the bot and is no command', () => {
  test.each([
    'hello',
    'Hello!',
    'hi',
    'hi there',
    'hey bot',
    'good morning',
    'moin',
    'hallo',
    'hello 👋',
    'thanks',
    'Thanks a lot!',
    'thank you',
    'thx',
    'ty',
    'great work',
    'ok',
    'okay thanks',
    '👍',
    ':wave:',
    '🎉 🎉',
    '❤️',
    'test',
    'ping',
    'what can you do?',
    'hi there, what can you do?',
    'Hello bot, how does this work',
    'how do I start?',
    'what is this?',
    'guten Morgen',
    'Guten Tag zusammen',
    'servus',
    'hej',
    'Bonjour!',
    'buenos días',
    'cześć',
    'grazie',
  ])('“%s” is answered in kind', (said) => {
    expect(readTyped(said).verb).toBeNull();
    expect(isSmallTalk(said)).toBe(true);
  });

  test.each([
    'deploy',
    'hello world this is checkout',
    'rolback',
    'hi-checkout',
    'stop',
    'test-plan',
    'pong',
    '',
    'hi what is up with checkout',
    'what is this rollout at',
  ])('“%s” is not', (said) => expect(isSmallTalk(said)).toBe(false));

  test('the answer says what can be done', () => {
    expect(renderHowToSayIt({ why: 'greeting' }).text).toContain('/rollout help');
  });

  test.each(['thanks, rollback', 'hi rollback checkout', 'ok pause', '👍 rollback'])(
    '“%s” is still the command',
    (said) => {
      expect(['rollback', 'pause']).toContain(readTyped(said).verb);
    },
  );
});
