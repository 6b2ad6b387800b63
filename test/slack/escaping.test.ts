import fc from 'fast-check';
import { expect, test } from 'vitest';
import { code, escapeCode, escapeText, link } from '../../src/slack/words/text.js';
import { everyMessage, GROUPS } from './every-message.js';
import { everyView } from './every-view.js';
import { mrkdwnIn } from './readable.js';

const FRAGMENTS = [
  '<!channel>',
  '<!here|x>',
  '<@UEVIL>',
  '<#CEVIL>',
  '<!subteam^SEVIL>',
  '<!date^0^{time}|x>',
  '<https://evil.example|x>',
  '<',
  '>',
  '&',
  '&lt;',
  '&amp;lt;',
  '|',
  '`',
  '```',
  '*',
  '_',
  '~',
  '\n',
  '\r\n',
  '\t',
  '\u0000',
  '\u001b[31m',
  '\u202e',
  '\u2066',
  '\u200b',
  '\u200d',
  '\ufeff',
  '\u2028',
  '\u00ad',
  '\ud800',
  '\udfff',
  '\u{e0041}',
  '🚀',
  'é',
  'drift_up: ',
  'ok',
];
const hostile = fc.oneof(
  fc.array(fc.constantFrom(...FRAGMENTS), { maxLength: 40 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 400 }),
  fc.array(fc.constantFrom(...FRAGMENTS), { minLength: 100, maxLength: 200 }).map((parts) => parts.join('')),
);

/** Whoever starts a rollout may link to the change in the note: the address is theirs, the word on it is ours. */
const OWN =
  /<@(UOPAL|ULEA)>|<#CSHOP>|<!subteam\^(SLEAD|SREL)>|<!date\^\d+\^[{}a-z_ ]+\|[0-9:TUC -]+>|<https:\/\/x\.example\/[^<>|]*\|[^<>|]*>|<https?:\/\/[^<>|\s]+\|Change>/g;
const HIDDEN = /[\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}]|(?!\n)\p{Cc}/u;

/** What a text shows of other people's words that it must not; '' when nothing. Asked a million times, so no expectation each. */
function harm(text: string): string {
  const foreign = /[<>]/.exec(text.replaceAll(OWN, ''));
  if (foreign) return `a mark of Slack's that is not ours: ${text}`;
  if (HIDDEN.test(text)) return `a hidden character: ${JSON.stringify(text)}`;
  return text.includes('EVIL>') ? `a mention of EVIL: ${text}` : '';
}

test('10,000 hostile strings in every place for other people’s words mention, link and hide nothing', () => {
  const places = GROUPS.flatMap((group) => Object.keys(group('x')).map((kind) => ({ group, kind })));
  fc.assert(
    fc.property(hostile, fc.constantFrom(...places), (words, { group, kind }) => {
      const rendered = group(words)[kind]?.();
      if (!rendered) throw new Error(`no ${kind}`);
      expect(mrkdwnIn(rendered).map(harm).join('')).toBe('');
    }),
    { numRuns: 10_000 },
  );
});

test('hostile strings in forms and in the Home tab mention, link and hide nothing', () => {
  const kinds = Object.keys(everyView('x')).filter((kind) => kind !== 'home_full');
  fc.assert(
    fc.property(hostile, fc.constantFrom(...kinds), (words, kind) => {
      const { blocks = [] } = everyView(words)[kind]?.() ?? {};
      expect(mrkdwnIn({ text: '', blocks }).map(harm).join('')).toBe('');
    }),
    { numRuns: 1_000 },
  );
});

test('every text is marked so that Slack makes no link and no mention of plain words either', () => {
  for (const render of [...Object.values(everyMessage('x')), ...Object.values(everyView('x'))]) {
    const json = JSON.stringify(render().blocks);
    expect(json.split('"verbatim":true').length).toBe(json.split('"type":"mrkdwn"').length);
  }
});

test('hostile words open no code of their own: the code marks are those of a harmless message', () => {
  const marks = (words: string): Record<string, number> => {
    const all = Object.entries(everyMessage(words)).map(([kind, render]): [string, number] => {
      // What stands in a code block stays as it is: there only a run of three could do harm.
      const outside = mrkdwnIn(render())
        .slice(1)
        .join('')
        .replaceAll(/```\n[\s\S]*?\n```/g, '[code]');
      return [kind, outside.split('`').length];
    });
    return Object.fromEntries(all);
  };
  expect(marks('a`b```c')).toEqual(marks('harmless'));
});

test.each([
  ['a < b & c > d', 'a &lt; b &amp; c &gt; d'],
  ['<!channel> hi', '&lt;!channel&gt; hi'],
  ['two\n\nlines\tand a tab', 'two lines and a tab'],
  ['\u202eabc\u200b\u2066def\u0007', 'abcdef'],
  ['`x`', "'x'"],
  ['\ud800x', 'x'],
])('escapeText(%j) is %j', (text, safe) => {
  expect(escapeText(text)).toBe(safe);
});

test('long text is cut by characters, before it is escaped, so no entity is cut in half', () => {
  expect(escapeText('&'.repeat(20), 5)).toBe(`${'&amp;'.repeat(4)}…`);
  expect(escapeText('🚀'.repeat(5), 5)).toBe('🚀'.repeat(5));
  expect(escapeText('🚀'.repeat(6), 5)).toBe(`${'🚀'.repeat(4)}…`);
});

test('code stays code, and a block keeps its lines but cannot be closed from within', () => {
  expect(code('a`b')).toBe("`a'b`");
  expect(escapeCode("UPDATE t\nSET `a` = '<x>' ```")).toBe("UPDATE t\nSET `a` = '&lt;x&gt;' '''");
});

test('links: only to the web, their words and address unable to end them early', () => {
  expect(link('https://x.example/a|b>c?d=1&e', 'Go|here>')).toBe('<https://x.example/a%7Cb%3Ec?d=1&amp;e|Go/here&gt;>');
  expect(link('javascript:alert(1)', 'Runbook')).toBe('Runbook');
  expect(link('https://oncall:hunter2@x.example/a', 'Runbook')).toBe('<https://x.example/a|Runbook>');
  expect(link('not an address', 'Runbook')).toBe('Runbook');
});
