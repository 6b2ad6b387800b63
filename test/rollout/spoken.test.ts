import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asks, cautionIn, holdsBack } from '../../src/rollout/cautions.js';
import { isStage, type Place } from '../../src/rollout/place.js';
import { readPlace } from '../../src/rollout/read-place.js';
import { nextStage } from '../../src/rollout/rollout.js';
import { readAdvance, readRollback } from '../../src/rollout/spoken.js';
import { OLGA, PLAN } from './fixture.js';
import { bakingStage, inPhase } from './phases.js';
import { at, NEXT, OFF, PREVIOUS, percent, WAVES } from './waves.js';

describe('the words behind rollback', () => {
  test.each<[string, Place | null, string, string | undefined]>([
    ['', null, '', undefined],
    ['off', OFF, '', undefined],
    ['to off', OFF, '', undefined],
    ['to wave-1', at(1), '', undefined],
    ['to wave-1 errors are up', at(1), 'errors are up', undefined],
    ['back to previous, too slow', PREVIOUS, 'too slow', undefined],
    ['10', percent(10), '', undefined],
    ['to 10 customers complain', percent(10), 'customers complain', undefined],
    ['to 3 %', percent(3), '', undefined],
    ['to 3', percent(3), '', undefined],
    ['to 3 % of the users, slow', percent(3), 'slow', undefined],
    ['to 3 customers', null, 'to 3 customers', 'words_behind'],
    ['5xx errors on checkout', null, '5xx errors on checkout', undefined],
    ['500s everywhere', null, '500s everywhere', undefined],
    ['to be safe', null, 'to be safe', 'no_such_place'],
    ['3 customers report empty carts', null, '3 customers report empty carts', 'words_behind'],
    ['12 % errors', null, '12 % errors', 'words_behind'],
    ['wave-1 is broken', null, 'wave-1 is broken', 'words_behind'],
    ['wave-9', null, 'wave-9', 'no_such_place'],
    ['to wave-9', null, 'to wave-9', 'no_such_place'],
    ['off by one in totals', null, 'off by one in totals', 'words_behind'],
    ['previous version was better', null, 'previous version was better', 'words_behind'],
    ['now', null, 'now', undefined],
    ['users complain', null, 'users complain', undefined],
    ['?', null, '?', undefined],
  ])('%j', (text, to, reason, because) => {
    const read = readRollback(WAVES, text);
    expect({ to: read.to, reason: read.reason, because: read.instead?.because }).toEqual({ to, reason, because });
  });
});

describe('the words behind advance', () => {
  const plain = (text: string) => {
    const read = readAdvance(WAVES, text);
    if ('unclear' in read) return read.unclear.kind;
    return { to: read.to, reason: read.reason };
  };

  test.each<[string, Place | null, string]>([
    ['', null, ''],
    ['numbers look good', null, 'numbers look good'],
    ['all good', null, 'all good'],
    ['once more', null, 'once more'],
    ['error rate at 0.3, nothing odd', null, 'error rate at 0.3, nothing odd'],
    ['p95 looked fine after the bake', null, 'p95 looked fine after the bake'],
    ['see https://wiki.example/x?a=1 for numbers', null, 'see https://wiki.example/x?a=1 for numbers'],
    ['next', NEXT, ''],
    ['to 50', percent(50), ''],
    ['50, numbers look good', percent(50), 'numbers look good'],
    ['Half', at(3), ''],
    ['to everyone', at(4), ''],
    ['12.50', percent(12.5), ''],
    ['back to 10', percent(10), ''],
  ])('%j is an order', (text, to, reason) => {
    expect(plain(text)).toEqual({ to, reason });
  });

  test.each([
    ["don't", 'negation'],
    ['don’t', 'negation'],
    ['dont do it', 'negation'],
    ['do not', 'negation'],
    ['not yet', 'negation'],
    ['50 not yet', 'negation'],
    ['never', 'negation'],
    ['no', 'negation'],
    ['wait', 'negation'],
    ['please stop', 'negation'],
    ['when CI is green', 'condition'],
    ['50 when CI is green', 'condition'],
    ['50, but only when CI is green', 'condition'],
    ['if the numbers look good', 'condition'],
    ['numbers fine, unless Lea says otherwise', 'condition'],
    ['once the bake is done', 'condition'],
    ['after lunch', 'condition'],
    ['as soon as possible', 'condition'],
    ['later', 'time'],
    ['tomorrow 9am', 'time'],
    ['tonight', 'time'],
    ['in 10 minutes', 'time'],
    ['in an hour', 'time'],
    ['at 5pm', 'time'],
    ['at 17:00', 'time'],
    ['at noon', 'time'],
    ['on monday', 'time'],
    ['next week', 'time'],
    ['17:00', 'place'],
    ['9am', 'place'],
    ['to be safe', 'place'],
    ['5xx are gone', 'place'],
    ['wave-9', 'place'],
    ['hlaf', 'place'],
    ['+15', 'place'],
    ['50-75', 'place'],
    ['?', 'question'],
    ['50?', 'question'],
    ['50 ?', 'question'],
    ['50？', 'question'],
    ['50?!', 'question'],
    ['50? numbers look good', 'question'],
    ['numbers ok?', 'question'],
    ['ready :question:', 'question'],
  ])('%j is none: %s', (text, kind) => {
    expect(plain(text)).toBe(kind);
  });
});

describe('words that hold something back', () => {
  test.each([
    'if it breaks',
    'when you see errors',
    'unless Lea says no',
    'once the job is done',
    'after lunch',
    'should it fail',
    'in case of errors',
    'don’t',
    'do not',
    'not yet',
    'please don’t',
    'only if it breaks',
    'tomorrow',
  ])('%j holds a rollback back', (text) => {
    expect(holdsBack(text)).toBe(true);
  });

  test.each([
    '',
    'users complain',
    'now',
    'iffy numbers',
    '5xx errors if you log in',
    'off',
    'to 10',
    'notifications fail',
    'oncall asked',
  ])('%j does not', (text) => {
    expect(holdsBack(text)).toBe(false);
  });

  test.each([
    ['why not?', true],
    ['why not', false],
    ['see https://x.example/a?b=1', false],
    ['see https://x.example/a?b=1?', true],
    ['really ❓', true],
    ['advance؟', true],
  ])('%j asks: %s', (text, asked) => {
    expect(asks(text)).toBe(asked);
  });

  test('is found in time whatever is pasted', () => {
    for (const text of [
      '"'.repeat(200_000),
      '?'.repeat(200_000),
      `${'a '.repeat(100_000)}x`,
      '1'.repeat(200_000),
      'at '.repeat(70_000),
      '-'.repeat(200_000),
      'but '.repeat(50_000),
      '%'.repeat(200_000),
    ]) {
      const began = performance.now();
      readRollback(WAVES, text);
      readAdvance(WAVES, text);
      cautionIn(text);
      holdsBack(text);
      expect(performance.now() - began, text.slice(0, 5)).toBeLessThan(1_000);
    }
  });
});

const WORDS = fc.constantFrom(
  ...[
    'to',
    'back',
    'off',
    'previous',
    'next',
    'wave-1',
    'to-25',
    'to-50',
    'to-100',
    '50',
    '25',
    '10',
    '0',
    '100',
    '%',
    '3',
  ],
  ...[
    'half',
    'everyone',
    'all',
    '5xx',
    '12.5',
    '12,5',
    '->',
    '→',
    '=',
    'errors',
    'good',
    'not yet',
    'if',
    '?',
    '!',
    ',',
    '.',
    '`',
    '“',
    '-',
  ],
  ...['stage', '1', '2', 'the', 'of', 'users', 'checkout', '\u00a0', '\u200b', '５０', '％', 'be', 'safe'],
);
const ANY_WORDS = fc
  .array(
    fc.oneof({ weight: 4, arbitrary: WORDS }, { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 12 }) }),
    { maxLength: 8 },
  )
  .chain((words) => fc.constantFrom(' ', '', '  ').map((space) => words.join(space)));

describe('any words at all', () => {
  test('behind rollback go down: never refused, never up, never nothing while users are exposed', () => {
    fc.assert(
      fc.property(ANY_WORDS, fc.constantFrom(1, 2, 3, 4), (text, no) => {
        const story = bakingStage(no);
        const before = story.rollout.confirmed;
        story.rollsBack(text);
        expect(story.answer).toBe('accepted');
        expect(story.rollout.wanted).toBeLessThan(before);
        expect(story.rollout.phase).toBe('rolling_back');
      }),
      { numRuns: 3_000 },
    );
  });

  test('behind advance go to the place that was named, or to the next where none was, and nowhere else', () => {
    fc.assert(
      fc.property(ANY_WORDS, (text) => {
        const story = inPhase('ready');
        const next = nextStage(story.rollout);
        const read = readPlace(PLAN, text);
        story.advances(OLGA, text);
        if (story.answer !== 'accepted') {
          expect(story.rollout.request).toBeNull();
          return;
        }
        expect(story.rollout.request?.to).toBe(next?.exposure);
        if (read.kind === 'place') expect(next && isStage(read.place, next)).toBe(true);
        else expect(read.kind).toBe('none');
      }),
      { numRuns: 3_000 },
    );
  });

  test('with a question mark at their end raise nothing', () => {
    const endings = fc.constantFrom('?', ' ?', '??', '?!', '？', '? ', '?)', '?"', '؟', '❓', '⁉');
    fc.assert(
      fc.property(ANY_WORDS, endings, (text, ending) => {
        const story = inPhase('ready');
        story.advances(OLGA, text + ending);
        expect(story.rollout).toMatchObject({ request: null, raise: null });
      }),
      { numRuns: 2_000 },
    );
  });
});
