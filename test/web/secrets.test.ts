import { describe, expect, test } from 'vitest';
import { withoutSecrets } from '../../src/web/secrets.js';

describe('given a text and what must not be shown of it', () => {
  test.each([
    ['a long one is taken out wherever it stands', 'key=s3cretsX', ['s3crets'], 'key=***X'],
    ['one inside another', 'key abcdef-long', ['abcdef', 'abcdef-long'], 'key ***'],
    ['one letter, within words', 'cannot read the table', ['a'], 'cannot read the table'],
    ['one letter, as a word', 'password a is wrong', ['a'], 'password *** is wrong'],
    ['one letter in an address', 'at postgres://bot:x@xhost/x1', ['x'], 'at postgres://bot:***@xhost/x1'],
    ['one letter that is the user as well', 'postgres://a:a@db/x', ['a'], 'postgres://***:***@db/x'],
    ['a short one in quotes', 'role "shop" said "shop"', ['shop'], 'role "***" said "***"'],
    ['a short one at the end of a sentence', 'no luck with abc.', ['abc'], 'no luck with ***.'],
    ['a short one within a name', 'db-1.example.com and prod-db', ['db'], 'db-1.example.com and prod-db'],
    ['a short one within a column', 'column rollout_pct of pct_x', ['pct'], 'column rollout_pct of pct_x'],
    ['letters that are not English', 'Tür für ü', ['ü'], 'Tür für ***'],
    ['what a pattern would read otherwise', 'is .* here, and a+b', ['.*', 'a+b'], 'is *** here, and ***'],
    ['a dollar in the secret and in the text', 'is $& it', ['$&'], 'is *** it'],
    ['a short one with an @', 'postgres://u:p@x@db', ['p@x'], 'postgres://u:***@db'],
    ['nothing', 'all of it', ['', ' ', '\n'], 'all of it'],
    ['digits within a number', 'port 54321', ['4', '543'], 'port 54321'],
    ['digits by themselves', 'pin 4321 in 54321', ['4321'], 'pin *** in 54321'],
  ])('%s', (_, text, secrets, shown) => expect(withoutSecrets(text, secrets)).toBe(shown));

  test('what stands in its place can be chosen', () => {
    expect(withoutSecrets('pass s3crets', ['s3crets'], '…')).toBe('pass …');
  });
});
