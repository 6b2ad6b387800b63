import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asTyped, firstWord, nameAt, nearestVerb, readTyped, writable } from '../../src/commands/grammar.js';
import { readValue } from '../../src/commands/value.js';
import { VERBS } from '../../src/rollout/state/verbs.js';

describe('what is typed behind /rollout', () => {
  test.each([
    ['advance', 'advance', ''],
    ['ADVANCE half', 'advance', 'half'],
    ['  rollback   to  10   users complain ', 'rollback', 'to  10   users complain'],
    ['rollback\u00a0off', 'rollback', 'off'],
    ['`rollback` off', 'rollback', 'off'],
    ['“pause” it', 'pause', 'it'],
    ['pause\nlunch', 'pause', 'lunch'],
  ])('%j is a verb and the rest', (text, verb, rest) => {
    expect(readTyped(text)).toMatchObject({ verb, rest });
  });

  test.each(['', '   ', '\u00a0', '``'])('%j means the card of this channel', (text) => {
    expect(readTyped(text)).toEqual({ verb: 'status', word: '', rest: '' });
  });

  test.each([
    ['rollback!', 'rollback', ''],
    ['rollback.', 'rollback', ''],
    ['rollback,', 'rollback', ''],
    ['rollback:', 'rollback', ''],
    ['rollback;', 'rollback', ''],
    ['rollback…', 'rollback', ''],
    ['rollback?', 'rollback', ''],
    ['rollback!!! users complain', 'rollback', 'users complain'],
    ['rollback, users complain', 'rollback', 'users complain'],
    ['rollback,users complain', 'rollback', 'users complain'],
    ['rollback: 500s', 'rollback', '500s'],
    ['rollback→50', 'rollback', '→50'],
    ['rollback ->50', 'rollback', '->50'],
    ['roll back', 'rollback', ''],
    ['Roll back checkout', 'rollback', 'checkout'],
    ['roll-back', 'rollback', ''],
    ['roll_back', 'rollback', ''],
    ['roll\u00a0back now', 'rollback', 'now'],
    ['roll it back', 'rollback', ''],
    ['roll checkout back, 500s', 'rollback', 'checkout 500s'],
    ['Rollback', 'rollback', ''],
    ['ROLLBACK NOW', 'rollback', 'NOW'],
    ['ｒｏｌｌｂａｃｋ', 'rollback', ''],
    ['\u200brollback', 'rollback', ''],
    ['*rollback* now', 'rollback', 'now'],
    ['“rollback!” now', 'rollback', 'now'],
    ['please rollback', 'rollback', ''],
    ['ok, rollback checkout', 'rollback', 'checkout'],
    ['/rollout rollback', 'rollback', ''],
    ['rollout rollback checkout', 'rollback', 'checkout'],
    ['checkout rollback', 'rollback', 'checkout'],
    ['checkout: roll back!', 'rollback', 'checkout'],
    ['Checkout#3 rollback 500s', 'rollback', 'checkout#3 500s'],
    [':fire: rollback', 'rollback', ''],
    ['🚨🚨 rollback now', 'rollback', 'now'],
    ['1. rollback', 'rollback', ''],
    ['2) rollback to 10', 'rollback', 'to 10'],
    ['- rollback', 'rollback', ''],
    ['• rollback checkout', 'rollback', 'checkout'],
    ['@opal please rollback', 'rollback', ''],
    ['<@U0OPAL> rollback', 'rollback', ''],
    ['<!here> rollback', 'rollback', ''],
    ['can you please rollback checkout', 'rollback', 'checkout'],
    ['we need to rollback', 'rollback', ''],
    [':fire: checkout rollback', 'rollback', 'checkout'],
    ['🛑 pause', 'pause', ''],
    ['roll\u00adback', 'rollback', ''],
    ['rollb\u00adack off', 'rollback', 'off'],
    ['advance!', 'advance', ''],
    ['advance, 50', 'advance', '50'],
    ['advance?', 'advance', ''],
    ['Status.', 'status', ''],
    ['pause!', 'pause', ''],
    ['why?', 'why', ''],
  ])('%j is a verb, however it is written, and the rest', (text, verb, rest) => {
    expect(readTyped(text)).toMatchObject({ verb, rest });
  });

  test.each([
    'deploy',
    'constructor',
    '__proto__',
    '/rollout',
    'rollbacks',
    'rollback-ui',
    'advance-search is slow',
    'rollback2',
    'rolling back',
    'back',
    'roll',
    'please',
    'ok',
    "don't rollback",
    'do not advance',
    'please don’t advance',
    'can advance',
    'should we advance',
    'never advance',
    'when advance',
    ':fire: advance',
    '@opal advance',
    'can you advance',
    'we need to advance',
    ":fire: don't rollback",
    'we do not need to rollback',
    'should we rollback',
  ])('%j is no verb', (text) => {
    expect(readTyped(text).verb).toBeNull();
  });

  test('mentions, links and escaped signs are kept as the person saw them', () => {
    expect(asTyped('ask <@U0LEA|lea> or <!subteam^S0LEADS|@engineering-lead> in <#C0SHOP|shop>')).toBe(
      'ask @lea or @engineering-lead in #shop',
    );
    expect(asTyped('see <https://x.example/a?b=1&amp;c=2|x.example> &lt;now&gt; &amp;amp;')).toBe(
      'see https://x.example/a?b=1&c=2 <now> &amp;',
    );
  });

  test.each([
    ['broken \u0000 thing', 'broken  thing'],
    ['it is \ud83d odd', 'it is \ufffd odd'],
    ['odd \udc4e', 'odd \ufffd'],
    ['kept 👎 whole', 'kept 👎 whole'],
    ['a\u0007b\u001b[31mc\u0085d\u007f', 'ab[31mcd'],
    ['tab\tand\nlines\r\n stay\u000b', 'tab\tand\nlines\r\n stay\u000b'],
  ])('%j is kept as what can be stored and shown', (text, kept) => {
    expect(writable(text)).toBe(kept);
    expect(asTyped(text)).toBe(kept);
  });

  test('a character nobody sees does not part a verb from its letters', () => {
    expect(readTyped('roll\u0000back off')).toMatchObject({ verb: 'rollback', rest: 'off' });
  });

  test.each([
    ['checkout', 'checkout', null, ''],
    ['Checkout!', 'checkout', null, ''],
    ['Checkout: 500s', 'checkout', null, '500s'],
    ['Checkout:500s', 'checkout', null, '500s'],
    ['checkout, 500s', 'checkout', null, '500s'],
    ['checkout - 500s', 'checkout', null, '500s'],
    ['`checkout` 500s', 'checkout', null, '500s'],
    ['checkout→50', 'checkout', null, '→50'],
    ['checkout->50', 'checkout', null, '->50'],
    ['checkout=50', 'checkout', null, '=50'],
    ['checkout/50', 'checkout', null, '/50'],
    ['new_checkout', 'new-checkout', null, ''],
    ['new‑checkout', 'new-checkout', null, ''],
    ['checkout#3', 'checkout', 3, ''],
    ['Checkout#3, 500s', 'checkout', 3, '500s'],
    ['checkout #3 500s', 'checkout', 3, '500s'],
  ])('%j names a rollout', (text, plan, run, rest) => {
    expect(nameAt(text)).toMatchObject({ plan, run, rest });
  });

  test.each(['', '!', '#3', '50%', '→ 50', '...'])('%j names none', (text) => {
    expect(nameAt(text)).toBeNull();
  });

  test('quotes of any keyboard come off a name', () => {
    for (const word of ['`new-checkout`', '"new-checkout"', '“new-checkout”', '‘new-checkout’', "'new-checkout'"])
      expect(firstWord(word)).toEqual(['new-checkout', '']);
    expect(firstWord("it's fine")).toEqual(["it's", 'fine']);
  });
});

describe('the verb somebody probably meant', () => {
  test.each([
    ['advanc', 'advance'],
    ['advnace', 'advance'],
    ['aprove', 'approve'],
    ['rollbak', 'rollback'],
    ['rol', 'rollback'],
    ['rollback-off', 'rollback'],
    ['rollbackcheckout', 'rollback'],
    ['puase', 'pause'],
    ['statuss', 'status'],
    ['Lits', 'list'],
    // What tired people type.
    ['stop!', 'rollback'],
    ['undo', 'rollback'],
    ['hold', 'pause'],
    ['next', 'advance'],
  ])('%s: %s', (word, verb) => {
    expect(nearestVerb(word)).toBe(verb);
  });

  test.each(['deploy', 'x', '', 'hello', 'ro'])('%j is near none', (word) => {
    expect(nearestVerb(word)).toBeNull();
  });
});

describe('any text at all', () => {
  const pieces = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    fc.constantFrom(
      ...VERBS,
      ' ',
      '\n',
      '\u00a0',
      '<@U1|a>',
      '<#C1|b>',
      '<',
      '>',
      '&amp;',
      '`',
      '"',
      '#3',
      '50%',
      'to',
      '\u202e',
    ),
  );
  const typed = fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join(''));

  test('10,000 of them are read without an error, as a known verb or none', () => {
    const known = new Set<string | null>([...VERBS, null]);
    fc.assert(
      fc.property(typed, (text) => {
        const { verb, word, rest } = readTyped(text);
        expect(known.has(verb)).toBe(true);
        expect(/\s/u.test(word)).toBe(false);
        if (verb === null) expect(asTyped(text).includes(rest)).toBe(true);
        expect(rest.trim()).toBe(rest);
        expect(known.has(nearestVerb(word))).toBe(true);
        firstWord(rest);
      }),
      { numRuns: 10_000 },
    );
  });

  test('a button value is ours or nothing', () => {
    expect(readValue('{"rollout":3}')).toEqual({ rollout: 3 });
    expect(readValue('{"rollout":3,"stage":1,"attempt":2}')).toEqual({ rollout: 3, stage: 1, attempt: 2 });
    expect(readValue('{"request":"3.17"}')).toEqual({ request: '3.17' });
    for (const value of [
      '',
      '{',
      'null',
      '[]',
      '{"rollout":0}',
      '{"rollout":1.5}',
      '{"request":"3"}',
      '{"rollout":3,"x":1}',
    ])
      expect(readValue(value), value).toBeNull();
    fc.assert(
      fc.property(fc.oneof(typed, fc.json()), (value) => void readValue(value)),
      { numRuns: 2_000 },
    );
  });
});
