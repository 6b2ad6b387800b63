import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressedByMention, addressedDirectly, type HowAddressed, type Said } from '../../src/commands/addressed.js';

const BOT = 'U0ROLLOUT';
const ME = `<@${BOT}>`;
const command = (words: string): HowAddressed => ({ kind: 'command', words });
const NOT_FIRST: HowAddressed = { kind: 'hint', why: 'not_first' };
const EDITED: HowAddressed = { kind: 'hint', why: 'edited' };
const NOTHING: HowAddressed = { kind: 'nothing' };
const person = (text: string, more: Partial<Said> = {}): Said => ({ user: 'U0OPAL', text, ...more });
const edited = { user: 'U0OPAL', ts: '1.2' };

describe('a message in a channel that mentions the bot', () => {
  test.each<[string, HowAddressed]>([
    [`${ME} status`, command('status')],
    [`  ${ME}   status`, command('status')],
    [`\u00a0${ME}\u00a0status`, command('status')],
    [`\u200b${ME} status`, command('status')],
    [`\n${ME} status`, command('status')],
    [`${ME}`, command('')],
    [`${ME} `, command('')],
    [`${ME}status`, command('status')],
    [`${ME}: status`, command('status')],
    [`${ME}, status`, command('status')],
    [`${ME} - status`, command('status')],
    [`${ME} – status`, command('status')],
    [`<@${BOT}|rollout> status`, command('status')],
    [`<@${BOT}|rollout>: status`, command('status')],
    [`hey ${ME} status`, command('status')],
    [`Hey, ${ME} status`, command('status')],
    [`hi ${ME}, status`, command('status')],
    [`ok ${ME} advance 50`, command('advance 50')],
    [`OK. ${ME} advance`, command('advance')],
    [`hello ${ME}: rollback`, command('rollback')],
    [`please ${ME} rollback`, command('rollback')],
    [`${ME} advance\n&gt; as they said`, command('advance\n&gt; as they said')],
    [`${ME} rollback now <@U0LEA>`, command('rollback now <@U0LEA>')],
    [`${ME} ${ME} rollback`, command('rollback')],
    [`${ME} rollback, cc ${ME}`, command(`rollback, cc ${ME}`)],
    [`${ME} pause, ${ME} is too fast`, command(`pause, ${ME} is too fast`)],
    [`${ME} advance, said ${ME}`, NOT_FIRST],
    [`${ME} why does ${ME} wait`, NOT_FIRST],
    [`please don't ${ME} advance yet`, NOT_FIRST],
    [`don't ${ME} advance`, NOT_FIRST],
    [`we should ${ME} advance`, NOT_FIRST],
    [`thanks ${ME}`, NOT_FIRST],
    [`thanks ${ME} rollback was quick`, NOT_FIRST],
    [`&gt; ${ME} advance`, NOT_FIRST],
    [`&gt; ${ME} advance\nshould we?`, NOT_FIRST],
    [`> ${ME} advance`, NOT_FIRST],
    [`\`${ME} advance\``, NOT_FIRST],
    [`\`\`\`\n${ME} advance\n\`\`\``, NOT_FIRST],
    [`try \`${ME} advance\``, NOT_FIRST],
    [`“${ME} advance”`, NOT_FIRST],
    [`(${ME} advance)`, NOT_FIRST],
    [`*${ME} advance*`, NOT_FIRST],
    [`• ${ME} advance`, NOT_FIRST],
    [`1. ${ME} advance`, NOT_FIRST],
    [`<@U0LEA> ${ME} advance`, NOT_FIRST],
    [`<!here> ${ME} advance`, NOT_FIRST],
    [`<@U0OTHERBOT> advance ${ME}`, NOT_FIRST],
    ['<@U0OTHERBOT> advance', NOT_FIRST],
    [`<@${BOT}X> advance`, NOT_FIRST],
    ['', NOT_FIRST],
  ])('%j', (text, expected) => {
    expect(addressedByMention(person(text), BOT)).toEqual(expected);
  });

  test.each<[string, Partial<Said>, HowAddressed]>([
    ['edited', { edited }, EDITED],
    ['of a bot', { bot_id: 'B1' }, NOTHING],
    ['of an app', { bot_profile: { id: 'B1' } }, NOTHING],
    ['of nobody', { user: undefined }, NOTHING],
    ['that was changed', { subtype: 'message_changed' }, NOTHING],
    ['that was deleted', { subtype: 'message_deleted' }, NOTHING],
    ['of a bot by subtype', { subtype: 'bot_message' }, NOTHING],
    ['of a reminder', { subtype: 'reminder_add' }, NOTHING],
    ['that is hidden', { hidden: true }, NOTHING],
    ['with a file', { subtype: 'file_share' }, command('advance')],
    ['that is shown in the channel too', { subtype: 'thread_broadcast' }, command('advance')],
  ])('%s', (_what, more, expected) => {
    expect(addressedByMention(person(`${ME} advance`, more), BOT)).toEqual(expected);
  });

  test('that was edited is worth no word where it was none of ours', () => {
    expect(addressedByMention(person(`thanks ${ME}`, { edited }), BOT)).toEqual(NOTHING);
    expect(addressedByMention(person(`${ME} thanks`, { edited }), BOT)).toEqual(NOTHING);
  });

  test('is no command while nobody knows the bot’s own name', () => {
    expect(addressedByMention(person(`${ME} advance`), undefined)).toEqual(NOTHING);
  });

  test('is a command only when the bot’s name comes before every other word but a greeting', () => {
    const words = fc.constantFrom(
      'hey',
      'ok',
      'no',
      '&gt;',
      '`',
      ME,
      '<@U0LEA>',
      'advance',
      ' ',
      '\n',
      'don’t',
      ',',
      '.',
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 6 }), (parts) => {
        const text = parts.join(' ');
        const { kind } = addressedByMention(person(text), BOT);
        const before = text.split(ME)[0] ?? '';
        if (kind === 'command') expect(before).toMatch(/^[\s]*(?:(?:hey|ok)[\s,.]*)*$/);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a direct message', () => {
  test.each<[string, Partial<Said>, HowAddressed]>([
    ['status', {}, command('status')],
    [' /rollout status', {}, command('/rollout status')],
    [`${ME} status`, {}, command('status')],
    [`hey ${ME}: status`, {}, command('status')],
    ['please don’t advance yet', {}, command('please don’t advance yet')],
    ['&gt; advance', {}, NOT_FIRST],
    ['```advance```', {}, NOT_FIRST],
    ['advance', { edited }, EDITED],
    ['thanks', { edited }, NOTHING],
    ['advance', { subtype: 'message_changed' }, NOTHING],
    ['advance', { bot_id: 'B1' }, NOTHING],
    ['advance', { subtype: 'file_share' }, command('advance')],
    ['advance', { user: undefined }, NOTHING],
  ])('%j %j', (text, more, expected) => {
    expect(addressedDirectly(person(text, more), BOT)).toEqual(expected);
  });
});
