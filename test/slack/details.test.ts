import { expect, test } from 'vitest';
import { LEAST_PERCENT } from '../../src/rollout/plan/exposure.js';
import { REASONS } from '../../src/rollout/plan/reasons.js';
import type { Detail } from '../../src/rollout/state/detail.js';
import { toPlain } from '../../src/slack/words/inline.js';
import { renderMessage } from '../../src/slack/words/messages/index.js';
import { detailSaid, detailWords } from '../../src/slack/words/phrases/details.js';
import { causeSaid, causeWords } from '../../src/slack/words/phrases/reasons.js';
import { alertOf, changed, episodeOf, LEA, NOW, rolloutAt } from '../support/rollouts.js';
import { readable } from './readable.js';

/** Numbers keep to their units by a space that does not break. */
function plain(words: string): string {
  return words.replaceAll('\u00a0', ' ').replaceAll('\u202f', ' ');
}

/** One of each kind, and its words. */
const WORDS = {
  said: [{ kind: 'said', text: 'connection refused', target: 'flag' }, 'flag: connection refused'],
  channel: [{ kind: 'channel', code: 'is_archived' }, 'it is archived. Unarchive it'],
  unknown: [
    { kind: 'unknown', why: { kind: 'not_a_share', value: 140 } },
    '140 is no share: it is not between 0 and 100',
  ],
  no_target: [{ kind: 'no_target' }, 'no target answered'],
  subject: [{ kind: 'subject', subject: '@target' }, 'the targets'],
  check: [{ kind: 'check', check: 'error-rate', verdict: 'critical', value: 12 }, 'Error rate is critical at 12 %'],
  became: [{ kind: 'became', check: 'error-rate', verdict: 'warning' }, 'Error rate became warning'],
  pauses: [{ kind: 'pauses', check: 'error-rate' }, 'Error rate is beyond a limit that pauses the rollout'],
  on_and_off: [{ kind: 'on_and_off' }, 'on and off'],
  rolled_back: [{ kind: 'rolled_back' }, 'rolled back'],
  read: [{ kind: 'read', expected: 50, found: 60 }, 'expected 50 %, read 60 %'],
  above_first: [{ kind: 'above_first', found: 30, first: 10 }, 'users have 30 %, the first stage is 10 %'],
  not_lowered: [{ kind: 'not_lowered', to: 10, text: 'timeout' }, 'not read back at 10 %: timeout'],
  late_raise: [{ kind: 'late_raise', to: 50, elsewhere: false }, 'a raise to 50 % ended after it was over'],
  read_after: [
    { kind: 'read_after', what: 'lowering', found: 50, wanted: 10 },
    '50 % was read after it had been lowered to 10 %',
  ],
  item: [{ kind: 'item', title: 'Build passes', to: 'failed' }, 'Build passes: failed'],
  few_windows: [
    { kind: 'few_windows', check: 'error-rate', windows: 5 },
    'Error rate gave numbers for less than 5 windows',
  ],
  raised_meanwhile: [{ kind: 'raised_meanwhile' }, 'exposure was raised meanwhile'],
  not_in_time: [{ kind: 'not_in_time', what: 'checks' }, 'the checks were not measured in time'],
} satisfies { readonly [K in Detail['kind']]: readonly [Extract<Detail, { kind: K }>, string] };

test.each(Object.values(WORDS))('$kind is said in people’s words', (detail: Detail, words: string) => {
  expect(plain(detailWords(rolloutAt('baking'), detail))).toBe(words);
});

test.each<[Detail, string]>([
  [{ kind: 'said', text: 'connection refused' }, 'connection refused'],
  [{ kind: 'check', check: 'error-rate', verdict: 'unknown', value: null }, 'Error rate is unknown'],
  [{ kind: 'check', check: 'gone', verdict: 'critical', value: 12 }, 'gone is critical at 12'],
  [
    { kind: 'read', expected: 50, found: 60, said: 'flag: 50 %, other: 60 %' },
    'expected 50 %, read flag: 50 %, other: 60 %',
  ],
  [
    { kind: 'above_first', found: LEAST_PERCENT / 2, first: 10 },
    'users have named users, the first stage is 10 %: named users have it already',
  ],
  [
    { kind: 'late_raise', to: 50, elsewhere: true },
    'the raise to 50 % ended after it was over, and another rollout moves these targets now; nothing was written, see what users have',
  ],
  [
    { kind: 'read_after', what: 'raise', found: 50, wanted: 10 },
    '50 % was read after the raise was over, 10 % is wanted',
  ],
  [{ kind: 'not_in_time', what: 'targets' }, 'the targets did not answer in time'],
])('%j is said as what it is', (detail, words) => {
  expect(plain(detailWords(rolloutAt('baking'), detail))).toBe(words);
});

test('what a target said that reads like a code of ours stays what the target said', () => {
  const rollout = rolloutAt('baking');
  for (const reason of REASONS) {
    const subject = { subject: '@target', kind: 'drift', value: 60 } as const;
    const alert = alertOf({ ...subject, reason: 'drift_up', detail: { kind: 'said', text: `${reason}: timeout` } });
    const post = plain(readable(renderMessage(alert, { rollout, watch: null, now: NOW, lowering: null, byHand: [] })));
    expect(post).toContain(`somebody else raised the exposure (${reason}: timeout)`);
  }
});

test('a lowering that is not read back is not called somebody else’s raise', () => {
  const detail = { kind: 'not_lowered', to: 10, text: 'timeout' } as const;
  const episode = episodeOf({ subject: '@target', kind: 'drift', value: null, reason: null, detail });
  const rollout = rolloutAt('held', { alerts: { episodes: { '@target': episode } } });
  const post = plain(
    readable(renderMessage(alertOf(episode), { rollout, watch: null, now: NOW, lowering: null, byHand: [] })),
  );
  expect(post).toContain('Not lowered yet*: the targets are not read back at 10 %: timeout');
  expect(post).not.toContain('somebody else');
});

test('a place on the way that the targets refuse is not put into the mouth of who asked for the rollback', () => {
  const cause = { reason: 'person', by: LEA, note: 'calls', refused: { to: 25, text: 'flag: no such step' } } as const;
  expect(plain(causeWords(rolloutAt('rolling_back'), cause))).toBe(
    '<@ULEA> asked for it: “calls”. The targets did not take 25 %: flag: no such step',
  );
});

test('a cause reaches a terminal as it was written, entities and all', () => {
  const rollout = rolloutAt('rolling_back');
  const checks = rollout.plan.checks.map((check) => ({ ...check, title: 'R&amp;D <errors>' }));
  const named = changed(rollout, { plan: { ...rollout.plan, checks } });
  const broken = { reason: 'check_critical', check: 'error-rate', value: 12, by: { kind: 'bot' }, note: '' } as const;
  expect(toPlain(causeSaid(named, broken))).toBe('R&amp;D <errors> 12 % is over its limit 5 %');
  const ordered = { reason: 'person', by: LEA, note: 'a &lt; b' } as const;
  expect(toPlain(causeSaid(rollout, ordered))).toBe('@ULEA asked for it: “a &lt; b”');
  expect(toPlain(detailSaid(rollout, { kind: 'channel', code: 'not_in_channel' }))).toBe(
    'I was removed. Invite me: /invite @rollout',
  );
});
