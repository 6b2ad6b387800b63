import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isStage } from '../../src/rollout/plan/place.js';
import { readPlace } from '../../src/rollout/spoken/read-place.js';
import { nextStage } from '../../src/rollout/state/rollout.js';
import { OLGA, PLAN } from './fixture.js';
import { bakingStage, inPhase } from './phases.js';

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

/** Told once: words are tried on forks. */
const BAKING = [1, 2, 3, 4].map((no) => bakingStage(no));
const READY = inPhase('ready');

function inStage(no: number) {
  const story = BAKING[no - 1];
  if (!story) throw new Error(`no stage ${no}`);
  return story.fork();
}

describe('any words at all', () => {
  test('behind rollback go down: never refused, never up, never nothing while users are exposed', () => {
    fc.assert(
      fc.property(ANY_WORDS, fc.constantFrom(1, 2, 3, 4), (text, no) => {
        const story = inStage(no);
        const before = story.rollout.exposure.confirmed;
        story.rollsBack(text);
        expect(story.answer).toBe('accepted');
        expect(story.rollout.exposure.wanted).toBeLessThan(before);
        expect(story.rollout.phase).toBe('rolling_back');
      }),
      { numRuns: 3_000 },
    );
  });

  test('behind advance go to the place that was named, or to the next where none was, and nowhere else', () => {
    fc.assert(
      fc.property(ANY_WORDS, (text) => {
        const story = READY.fork();
        const next = nextStage(story.rollout);
        const read = readPlace(PLAN, text);
        story.advances(OLGA, text);
        if (story.answer !== 'accepted') {
          expect(story.rollout.request).toBeUndefined();
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
        const story = READY.fork();
        story.advances(OLGA, text + ending);
        expect(story.rollout.request ?? story.rollout.raise).toBeUndefined();
      }),
      { numRuns: 2_000 },
    );
  });
});
