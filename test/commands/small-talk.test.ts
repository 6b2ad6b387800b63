import { describe, expect, test } from 'vitest';
import { readTyped } from '../../src/commands/grammar.js';
import { isSmallTalk } from '../../src/commands/typed.js';
import { renderHowToSayIt } from '../../src/slack/messages/index.js';

test.each(['--help', '-h', '-help', '--h', '—help', '–h', '?', '/?', '-?', ' ? ', '??', 'HELP', 'help?', '--HELP'])(
  '“/rollout %s” is help',
  (typed) => expect(readTyped(typed)).toMatchObject({ verb: 'help' }),
);

describe('what is said to the bot and is no command', () => {
  test.each([
    ...[
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
    ],
    ...[
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
    ],
  ])('“%s” is answered in kind', (said) => {
    expect(readTyped(said).verb).toBeNull();
    expect(isSmallTalk(said)).toBe(true);
  });

  test.each(['deploy', 'hello world this is checkout', 'rolback', 'hi-checkout', 'stop', 'test-plan', 'pong', ''])(
    '“%s” is not',
    (said) => expect(isSmallTalk(said)).toBe(false),
  );

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
