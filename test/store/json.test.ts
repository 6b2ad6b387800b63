import { describe, expect, test } from 'vitest';
import { parseStored, toStored } from '../../src/store/json.js';

const AT = '2026-11-20T12:00:00.000Z';

describe('stored JSON', () => {
  test.each(['at', 'since', 'notAfter', 'notBefore', 'expiresAt', 'phaseSince', 'remindAt', 'confirmedAt'])(
    'makes the time under %s a time again',
    (key) => {
      expect(parseStored(JSON.stringify({ deep: [{ [key]: new Date(AT) }] }))).toEqual({
        deep: [{ [key]: new Date(AT) }],
      });
    },
  );

  test.each(['note', 'reason', 'detail', 'why', 'title', 'AT', 'format', 'that'])(
    'leaves words under %s words, even when they look like a time',
    (key) => {
      expect(parseStored(JSON.stringify({ [key]: AT }))).toEqual({ [key]: AT });
    },
  );

  test('leaves what is no time under the key of one', () => {
    expect(parseStored('{"at":"noon","since":null,"expiresAt":5}')).toEqual({ at: 'noon', since: null, expiresAt: 5 });
  });
});

describe('JSON that is stored', () => {
  test('has neither NUL nor half a character, in words or in keys', () => {
    const odd = { 'k\u0000': ['a\u0000b', 'cut \ud83d', '\ude00 off'] };
    expect(JSON.parse(toStored(odd))).toEqual({ 'k\ufffd': ['a\ufffdb', 'cut \ufffd', '\ufffd off'] });
  });

  test('keeps everything else, words that look like an escape too', () => {
    const plain = { a: '\\u0000', b: '\\ud83d', c: '😀 "\n\\', d: null, e: [1, true] };
    expect(toStored(plain)).toBe(JSON.stringify(plain));
  });
});
