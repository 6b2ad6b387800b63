import { describe, expect, test } from 'vitest';
import { parseStored } from '../../src/store/json.js';

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
