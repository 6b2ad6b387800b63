import { describe, expect, test } from 'vitest';
import { marked, type Phrase, say, toMarkdown, toMrkdwn, toPlain, toSpoken } from '../../src/slack/words/inline.js';
import { theirs } from '../../src/slack/words/text.js';

const AT = new Date('2026-11-24T19:19:20Z');
const time = { kind: 'time', at: AT, form: 'moment' } as const;

/** What is said, and how each place writes it. */
const CASES: readonly (readonly [what: string, said: Phrase, places: readonly [string, string, string, string]])[] = [
  ['our words', say`50\u00a0% is fine`, ['50\u00a0% is fine', '50\u00a0% is fine', '50 % is fine', '50 % is fine']],
  [
    'somebody else’s text, with what could mention, link, quote or end a cell',
    say`note: “${theirs('<!channel> & `rm -rf` | *all*_of_it_', 60)}”`,
    [
      "note: “&lt;!channel&gt; &amp; 'rm -rf' | *all*_of_it_”",
      "note: “&lt;!channel&gt; &amp; 'rm -rf' | *all*_of_it_”",
      "note: “<!channel> & 'rm -rf' | *all*_of_it_”",
      "note: “\\<!channel\\> \\& 'rm -rf' \\| \\*all\\*\\_of\\_it\\_”",
    ],
  ],
  [
    'a person in a channel, and a time',
    say`${{ kind: 'person', id: 'UOPAL' }} in ${{ kind: 'channel', id: 'CSHOP' }}, ${time}`,
    [
      '<@UOPAL> in <#CSHOP>, <!date^1795547960^{date_short_pretty} at {time}|2026-11-24 19:19 UTC>',
      '<@UOPAL> in <#CSHOP>, 2026-11-24 19:19 UTC',
      '@UOPAL in #CSHOP, 2026-11-24 19:19 UTC',
      '`@UOPAL` in `#CSHOP`, 2026-11-24 19:19 UTC',
    ],
  ],
  [
    'emphasis and code',
    say`${{ kind: 'bold', words: say`Paused` }}: ${{ kind: 'code', text: '/rollout resume a|b' }}`,
    [
      '*Paused*: `/rollout resume a|b`',
      'Paused: /rollout resume a|b',
      'Paused: /rollout resume a|b',
      '**Paused**: `/rollout resume a\\|b`',
    ],
  ],
  [
    'a phrase that is still mrkdwn',
    say`why: ${marked('*Error rate* 12\u00a0% &gt; 5, <@UOPAL> and <!subteam^SLEAD>')}`,
    [
      'why: *Error rate* 12\u00a0% &gt; 5, <@UOPAL> and <!subteam^SLEAD>',
      'why: Error rate 12\u00a0% &gt; 5, <@UOPAL> and <!subteam^SLEAD>',
      'why: Error rate 12 % > 5, @UOPAL and @SLEAD',
      'why: Error rate 12 % \\> 5, @UOPAL and @SLEAD',
    ],
  ],
];

describe('one thing said, in the words of', () => {
  test.each(CASES)('Slack, a notification, a terminal and Markdown: %s', (_, said, places) => {
    expect([toMrkdwn(said), toSpoken(said), toPlain(said), toMarkdown(said)]).toEqual(places);
  });
});

test('words within words are one row, and an id cannot end its mention early', () => {
  const inner = say`by ${{ kind: 'person', id: 'U1> <!here' }}`;
  expect(toMrkdwn(say`paused ${inner}, twice ${inner}`)).toBe('paused by <@U1here>, twice by <@U1here>');
});
