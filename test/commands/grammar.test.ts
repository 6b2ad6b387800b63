import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asTyped, firstWord, nearestVerb, readTyped, writable } from '../../src/commands/grammar.js';
import { readValue } from '../../src/commands/value.js';
import { VERBS } from '../../src/rollout/authority.js';

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

  test.each(['deploy', 'roll back', 'constructor', '__proto__', '/rollout', 'advance!'])('%j is no verb', (text) => {
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
        expect(asTyped(text).includes(rest)).toBe(true);
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
