import { describe, expect, test } from 'vitest';
import { KEPT_BYTES, LOOKED_AT_BYTES, masked, OutputEnd } from '../../src/actions/kept-output.js';

const SECRET = 'canary-Se3ret/with+signs';

describe('what is kept of an output holds no secret', () => {
  test.each<[string, string]>([
    ['as it is', `token ${SECRET} end`],
    ['as a part of a word', `x${SECRET}y`],
    ['over the end of a line', `token canary-Se3\nret/with+signs end`],
    ['over the end of a line of another system', `token canary-Se3\r\nret/with+signs end`],
    ['one sign to a line', [...SECRET].join('\n')],
    ['as part of an address', `https://x/?t=${encodeURIComponent(SECRET)}`],
    ['as JSON', JSON.stringify({ token: SECRET })],
    ['twice, one behind the other', SECRET + SECRET],
  ])('%s', (_, text) => {
    const shown = masked(text, [SECRET], false);
    expect(shown).toContain('***');
    expect(shown.replace(/\s/g, '')).not.toMatch(/canary|Se3ret|with\+signs|with%2Bsigns/);
  });

  test.each<[string, string, string]>([
    ['a token of Slack', 'xoxb-123456789012-abcdefghij', 'xoxb'],
    ['a token of GitHub', 'ghp_abcdefghijklmnopqrstuvwxyz0123456789', 'ghp_a'],
    ['a key of a cloud', 'AKIAIOSFODNN7EXAMPLE', 'AKIA'],
    ['a signed token', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dBjftJeZ4CVP', 'eyJ'],
    ['a header', 'Authorization: Basic dXNlcjpwYXNzd29yZA==', 'dXNl'],
    ['a header as JSON', '{"authorization":"Token abcdef123456"}', 'abcdef'],
    ['a bearer', 'curl -H "x: Bearer abcdef.123456"', 'abcdef'],
    ['a password in an address', 'postgres://app:hunter2hunter2@db/shop', 'hunter2'],
    ['a key in a file', '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkq\n-----END PRIVATE KEY-----', 'MIIE'],
  ])('%s that nobody told the bot', (_, text, part) => {
    const shown = masked(`before ${text} after`, [], false);
    expect(shown).toContain('***');
    expect(shown).not.toContain(part);
    expect(shown).toMatch(/^before /);
  });

  test('ordinary words stay', () => {
    const text = 'Build passed: 12 of 12, https://ci.example/run/7, sha 4fb46e7\n';
    expect(masked(text, [SECRET, 'no'], false)).toBe(text);
  });

  test('half a secret at its beginning, where more stood in front', () => {
    const tail = SECRET.slice(8);
    expect(masked(`${tail} ${'x'.repeat(100)}`, [SECRET], true)).not.toContain('with+signs');
    expect(masked(`${tail} end`, [SECRET], false)).toContain('with+signs');
  });

  test('in pieces of any size, also where 100 MB are printed', () => {
    const end = new OutputEnd();
    const line = Buffer.from(`line with ${SECRET} in it\n`);
    const megabyte = Buffer.concat(Array.from({ length: Math.ceil(1_000_000 / line.length) }, () => line));
    for (let count = 0; count < 100; count += 1) end.add(megabyte);
    for (const sign of `last ${SECRET}`) end.add(Buffer.from(sign));
    const kept = end.masked([SECRET]);
    expect(Buffer.byteLength(kept)).toBeLessThanOrEqual(KEPT_BYTES);
    expect(kept).not.toMatch(/canary|Se3ret|signs/);
    expect(kept).toMatch(/last \*\*\*$/);
  });

  test('cut anywhere: no half of a secret is left, whatever place it begins at', () => {
    for (let shift = 0; shift < SECRET.length + 2; shift += 1) {
      const end = new OutputEnd();
      end.add(
        Buffer.from(`${'a'.repeat(shift)}${SECRET}`.repeat(Math.ceil((2 * LOOKED_AT_BYTES) / (SECRET.length + shift)))),
      );
      expect(end.masked([SECRET])).not.toMatch(/canary|Se3ret|signs|\+si/);
    }
  });

  test('characters of several bytes are not cut in two', () => {
    const end = new OutputEnd();
    end.add(Buffer.from('ä'.repeat(LOOKED_AT_BYTES)));
    expect(end.masked([])).toMatch(/^ä+$/);
  });
});
