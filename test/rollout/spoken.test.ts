import { describe, expect, test } from 'vitest';
import { readAdvance, readRollback } from '../../src/rollout/moves/orders.js';
import type { Place } from '../../src/rollout/plan/place.js';
import { asks, cautionIn, holdsBack } from '../../src/rollout/spoken/cautions.js';
import { growth, LINEAR } from '../support/growth.js';
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
    // Haste and manners are no reason.
    ['off now!', OFF, 'now!', undefined],
    ['off please', OFF, 'please', undefined],
    ['wave-1 pls', at(1), 'pls', undefined],
    ['to 3 please', percent(3), 'please', undefined],
    ['10 % asap', percent(10), 'asap', undefined],
    // All of it goes back: that is no place to go to.
    ['all', null, 'all', undefined],
    ['fully', null, 'fully', undefined],
    ['everything', null, 'everything', undefined],
    ['all the way', null, 'all the way', undefined],
    ['back to normal', null, 'back to normal', undefined],
    // A place further on is said, and not gone to.
    ['this to 10', null, 'this to 10', 'words_behind'],
    ['traffic to 10%', null, 'traffic to 10%', 'words_behind'],
    ['from 50 to 10', null, 'from 50 to 10', 'words_behind'],
    ['50->10', null, '50->10', 'words_behind'],
    ['auf 12,5 %', null, 'auf 12,5 %', 'words_behind'],
    ['à 10 %', null, 'à 10 %', 'words_behind'],
    ['up to 10% errors', null, 'up to 10% errors', 'words_behind'],
    ['due to 50% errors', null, 'due to 50% errors', undefined],
    ['users see 50% errors', null, 'users see 50% errors', undefined],
    ['Lea signed off', null, 'Lea signed off', undefined],
    [':fire:', null, ':fire:', undefined],
    ['https://x.example/?a=50', null, 'https://x.example/?a=50', undefined],
    ['to the previous wave', PREVIOUS, '', undefined],
    ['to stage one', at(1), '', undefined],
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
    // A place further on is where to go, too.
    ['please to 50', percent(50), 'please to 50'],
    ['now to half', at(3), 'now to half'],
    ['only to 50', percent(50), 'only to 50'],
    ['just 50', percent(50), 'just 50'],
    ['please 50', percent(50), 'please 50'],
    ['go 50', percent(50), 'go 50'],
    ['traffic to 50%', percent(50), 'traffic to 50%'],
    ['from 10 to 50', percent(50), 'from 10 to 50'],
    ['from wave-1 to wave-2', at(2), 'from wave-1 to wave-2'],
    ['jump to 100', percent(100), 'jump to 100'],
    ['auf 50 %', percent(50), 'auf 50 %'],
    ['à 50 %', percent(50), 'à 50 %'],
    ['al 50 %', percent(50), 'al 50 %'],
    ['→50', percent(50), ''],
    [':50:', percent(50), ''],
    ['all the way', percent(100), ''],
    ['everywhere', percent(100), ''],
    ['to wave-2 (12.5%)', at(2), '(12.5%)'],
    ['wave-2 12,5 %', at(2), '12,5 %'],
    ['12.5 - wave 1 looks good', percent(12.5), 'wave 1 looks good'],
    ['next please', NEXT, 'please'],
    ['the next stage', NEXT, 'the next stage'],
    ['next wave', NEXT, ''],
    ['stage two', at(2), ''],
    ['2nd stage', at(2), ''],
    // What is not there is good news, and numbers of a reason are no places.
    ['no errors', null, 'no errors'],
    ['bake done, no new complaints', null, 'bake done, no new complaints'],
    ['without issues', null, 'without issues'],
    ["don't see any errors", null, "don't see any errors"],
    ['not a single alert', null, 'not a single alert'],
    ['back to normal', null, 'back to normal'],
    ['once again', null, 'once again'],
    ['errors down to 0.1 %', null, 'errors down to 0.1 %'],
    ['p95 back to 200', null, 'p95 back to 200'],
    ['checked 50 orders', null, 'checked 50 orders'],
    ['Lea signed off', null, 'Lea signed off'],
    ['see https://x.example/?a=50', null, 'see https://x.example/?a=50'],
    ['one more stage', null, 'one more stage'],
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
    // Two places, or not quite one.
    ['wave-2 (25%)', 'ambiguous'],
    ['wave-2 50%', 'ambiguous'],
    ['wave-2 or half', 'ambiguous'],
    ['12.5 then 50', 'ambiguous'],
    ['10 → 50', 'ambiguous'],
    ['nearly all', 'place'],
    ['at least half', 'place'],
    ['about 12.5', 'place'],
    ['by 25', 'place'],
    ['past wave-2', 'place'],
    ['maybe 50', 'place'],
    ['two stages', 'place'],
    ['twice', 'place'],
    ['phase 3', 'place'],
    // No order at all, another order, or for some of the users only.
    ['cancelled', 'negation'],
    ['stopp', 'negation'],
    ['nein', 'negation'],
    ['nicht', 'negation'],
    ['nvm', 'negation'],
    ['oops', 'negation'],
    ['wrong button', 'negation'],
    ['on hold', 'negation'],
    ['blocked', 'negation'],
    ['too early', 'negation'],
    ['is not ready', 'negation'],
    ["isn't safe", 'negation'],
    ['skip', 'negation'],
    ['rollback', 'negation'],
    ['pause', 'negation'],
    ['--help', 'negation'],
    ['status', 'negation'],
    ['dry run', 'negation'],
    [':x:', 'negation'],
    [':octagonal_sign:', 'negation'],
    ['🛑', 'negation'],
    ['👎', 'negation'],
    ['only germany', 'negation'],
    ['internal only', 'negation'],
    ['except DE', 'negation'],
    ['everyone except germany', 'negation'],
    ['for staff', 'negation'],
    ['no errors, but not yet', 'negation'],
    ['no go because of errors', 'negation'],
    ['given CI is green', 'condition'],
    ['wenn CI grün ist', 'condition'],
    ['quand CI est vert', 'condition'],
    ['tmrw', 'time'],
    ['in a bit', 'time'],
    ['at five', 'time'],
    ['this evening', 'time'],
    ['on Mon', 'time'],
    ['on Dec 1', 'time'],
    ['morgen', 'time'],
    ['demain', 'time'],
    ['mañana', 'time'],
    ['can we', 'question'],
    ['is it safe', 'question'],
    ['why', 'question'],
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
    'no needed',
    'no',
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
    'no orders arrive',
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
    for (const part of ['"', '?', 'a ', '1', 'at ', '-', 'but ', '%']) {
      const read = (length: number) => {
        const text = `${part.repeat(length / part.length)}x`;
        readRollback(WAVES, text);
        readAdvance(WAVES, text);
        cautionIn(text);
        holdsBack(text);
      };
      expect(growth(200_000, read), part).toBeLessThan(LINEAR);
    }
  });
});
