import { describe, expect, test } from 'vitest';
import { showable, Tail } from '../../src/programs/last-words.js';

function lastLineOf(...chunks: string[]): string {
  const tail = new Tail();
  for (const chunk of chunks) tail.add(Buffer.from(chunk));
  return tail.lastLine();
}

describe('the last line', () => {
  test.each([
    ['of many', ['one\ntwo\nthree\n'], 'three'],
    ['with blank ones behind it', ['one\n  two \n\n \n'], 'two'],
    ['that was drawn over', ['10 %\r20 %\rfailed'], 'failed'],
    ['in pieces', ['fa', 'il', 'ed\n'], 'failed'],
    ['of nothing', [], ''],
    ['of blanks', ['\n \n'], ''],
    ['after much else', [`${'x'.repeat(100)}\n`.repeat(1_000), 'failed'], 'failed'],
  ])('%s', (_what, chunks, line) => {
    expect(lastLineOf(...chunks)).toBe(line);
  });

  test('is not told when only its end was kept, which may be half a secret', () => {
    expect(lastLineOf('one\n', 'x'.repeat(5_000))).toBe('');
    expect(lastLineOf('x'.repeat(5_000), '\nfailed')).toBe('failed');
  });
});

describe('what is shown of it', () => {
  test.each([
    ['a secret', 'no luck with s3cret, s3cret', ['s3cret'], 'no luck with ***, ***'],
    ['one inside another', 'key abcdef', ['abc', 'abcdef'], 'key ***'],
    ['a line of a secret', 'bad key MIIEabc', ['-----BEGIN-----\nMIIEabc\n-----END-----\n'], 'bad key ***'],
    ['a secret with a line break at its end', 'token s3cret.', ['s3cret\n'], 'token ***.'],
    ['a secret in an address', 'GET /?key=a%2Fb%3D', ['a/b='], 'GET /?key=***'],
    ['a secret in JSON', 'got {"key":"a\\"b"}', ['a"b'], 'got {"key":"***"}'],
    ['the password of an address', 'no entry with p@ss', ['postgres://me:p%40ss@db/x'], 'no entry with ***'],
    ['nothing that is empty', 'as it is', ['', ' '], 'as it is'],
  ])('hides %s', (_what, line, secrets, shown) => {
    expect(showable(line, secrets)).toBe(shown);
  });

  test('is short, and hides before it shortens', () => {
    expect(showable('x'.repeat(500), [])).toBe(`${'x'.repeat(200)}…`);
    expect(showable(`${'x'.repeat(195)}s3cret-and-more`, ['s3cret-and-more'])).toBe(`${'x'.repeat(195)}***`);
  });

  test('ends with a whole character', () => {
    expect(showable(`${'x'.repeat(199)}\u{1f525} and more`, [])).toBe(`${'x'.repeat(199)}…`);
  });

  test('has no colours and nothing invisible', () => {
    expect(showable('\u001b[31mfailed\u001b[0m \u0007\u202e', [])).toBe('failed ??');
  });
});
