import { expect, test } from 'vitest';
import type { ReadingCode, WhyUnknown } from '../../src/rollout/health/why-unknown.js';
import { unknownWords } from '../../src/slack/words/phrases/why-unknown.js';

const WORDS = {
  not_read: [{ kind: 'not_read' }, 'not read yet'],
  reading: [{ kind: 'reading', code: 'timeout', said: 'metrics: ETIMEDOUT' }, 'metrics: ETIMEDOUT'],
  said: [{ kind: 'said', text: 'connection refused' }, 'connection refused'],
  not_a_number: [{ kind: 'not_a_number' }, 'no value'],
  not_a_share: [{ kind: 'not_a_share', value: 140 }, '140 is no share: it is not between 0 and 100'],
  no_limit: [{ kind: 'no_limit' }, 'no limit holds in this stage'],
  baseline_under_way: [{ kind: 'baseline_under_way' }, 'the baseline is being measured'],
  no_baseline: [{ kind: 'no_baseline' }, 'no baseline was captured'],
  stage_not_measured: [{ kind: 'stage_not_measured', stage: 'wave-1' }, 'nothing is known of stage wave-1'],
  no_part: [{ kind: 'no_part', value: 0 }, 'it measured 0 before: no part of that is a limit'],
  nothing_below: [{ kind: 'nothing_below', value: 1.23456 }, 'it measured 1.235 before: nothing can be below that'],
} satisfies { readonly [K in WhyUnknown['kind']]: readonly [Extract<WhyUnknown, { kind: K }>, string] };

test.each(Object.values(WORDS))('$kind is said in people’s words', (why: WhyUnknown, words: string) => {
  expect(unknownWords(why)).toBe(words);
});

const CODES = {
  unreachable: 0,
  timeout: 0,
  bad_status: 0,
  too_large: 0,
  not_json: 0,
  no_value: 0,
  not_a_number: 0,
  incomplete: 0,
  refused_address: 0,
  refused_role: 0,
  internal: 0,
  not_measured: 0,
  not_reported: 0,
  reported_before: 0,
  report_too_old: 0,
} satisfies Record<ReadingCode, 0>;

test('a reading whose probe said nothing more is never shown as a code', () => {
  for (const code of Object.keys(CODES) as ReadingCode[]) {
    const words = unknownWords({ kind: 'reading', code, said: '' });
    expect(words).not.toMatch(/_/);
    expect(words).not.toBe(code);
    expect(words).toMatch(/^[a-z]+ .+[^.]$/);
  }
});
