import { describe, expect, test } from 'vitest';
import type { Message } from '../../src/rollout/state/effects.js';
import { codeBlock, compose, lines } from '../../src/slack/words/blocks.js';
import { asPlainText } from '../../src/slack/words/plain-text.js';
import { requestFor, rolloutAt } from '../support/rollouts.js';

const LIVE: Message = { template: 'live' };
const HEAD = '*ROLLBACK NOT YET APPLIED*, New checkout from 50 % to 0 %';
const rollout = rolloutAt('baking');

function plain(code: string, more: readonly string[] = [], message: Message = LIVE): string {
  const parts = [lines(HEAD, 'Do this by hand if it cannot wait.'), codeBlock(code), lines(...more)];
  return asPlainText(compose('incident:1', parts), { message, rollout }).text;
}

describe('a message that Slack refused, as plain text', () => {
  test('keeps what people copy by hand in one piece, set as code, whatever else is cut', () => {
    const sql = `update flags\n   set percent = 0, note = '_by_hand_ *now*'\n${' '.repeat(1_100)}\n where key = 'checkout';`;
    const said = plain(sql, ['*Who* <!subteam^S0ONCALL>', 'x'.repeat(900), 'y'.repeat(900)]);
    expect(said).toContain(`\`\`\`\n${sql}\n\`\`\``);
    expect(said).toContain('<!subteam^S0ONCALL>');
    expect(said).toContain('…');
    expect(said).not.toContain('yyy');
    expect(said.length).toBeLessThan(4_000);
  });

  test('has the code also where the plain words of the message were too short for it', () => {
    const sql = 'update flags set percent = 0;';
    const parts = compose('incident:1', [lines(HEAD), codeBlock(sql)]);
    const said = asPlainText({ ...parts, text: HEAD }, { message: LIVE, rollout }).text;
    expect(said).toContain(sql);
  });

  test('cuts a first line that is too long beside a mention and an entity, not inside them', () => {
    for (const tail of ['&amp;', '<@U0OPAL>', '🙂'])
      for (let pad = 1_190; pad < 1_203; pad += 1) {
        const text = `${'a'.repeat(pad)}${tail} and more`;
        const [first = ''] = asPlainText({ text, blocks: [] }, { message: LIVE, rollout }).text.split('\n');
        expect(first.replaceAll(tail, '')).toMatch(/^a+( [a-z ]*)?$/);
      }
  });

  test('of a request says the command that shows the buttons it lacks', () => {
    const request = requestFor({ stageNo: 3, from: 10, to: 50 });
    const open: Message = { template: 'approval_request', request, outcome: { kind: 'open' } };
    expect(plain('', [], open)).toContain('with its buttons: /rollout approve new-checkout');
    const over: Message = { template: 'approval_request', request, outcome: { kind: 'granted' } };
    expect(plain('', [], over)).toContain('/rollout status new-checkout');
  });
});
