import { expect, test } from 'vitest';
import type { Message } from '../../src/rollout/state/effects.js';
import type { Rollout } from '../../src/rollout/state/rollout.js';
import { renderBaselineNow, renderMessage } from '../../src/slack/words/messages/index.js';
import { alertOf, type Changes, heldFor, LEA, NOW, OPAL, PLAN, requestFor, rolloutAt } from '../support/rollouts.js';
import { readable } from './readable.js';

const MINUTE = 60_000;
const than = { of: { kind: 'baseline' }, times: 1.5, plus: 0 } as const;
const probe = { kind: 'manual', ask: 'How many complaints came in?', everyMs: 240 * MINUTE } as const;
const complaints = { name: 'complaints', title: 'Complaints', unit: '', probe };
const plan = {
  ...PLAN,
  baselineMs: 30 * MINUTE,
  checks: [
    ...PLAN.checks.map((check) =>
      check.name === 'p95-latency' ? { ...check, critical: { op: 'above', than } as const } : check,
    ),
    { ...complaints, critical: { op: 'at_least', value: 5, act: { kind: 'hold' } } as const },
  ],
};
const numbers = { 'error-rate': 0.31, 'p95-latency': 412.3456 };
const baseline = { no: 1, numbers, at: NOW, exposure: 0, by: OPAL, reason: '' };
const known: Changes = { plan, health: { baseline } };

function text(...lines: string[]): string {
  return lines.join('\n');
}

function said(message: Message, rollout: Rollout): string {
  return readable(renderMessage(message, { rollout, watch: null, now: NOW, lowering: null, byHand: [] }));
}

const measured = { template: 'baseline', no: 1, numbers, readings: 30, exposure: 0, by: OPAL, reason: '' } as const;

test('a baseline is a table with the limits that follow from it', () => {
  expect(said({ ...measured, missed: null }, rolloutAt('baking', known))).toBe(
    text(
      '*Baseline* over 30 m at 0 % · New checkout',
      'Error rate 0.31 % (limit 5)',
      'p95 latency 412 ms (limit 618.5)',
      'Means of 30 readings or more; limits follow them from here on',
    ),
  );
});

test('a baseline that could not be measured says what limits follow, and how to try again', () => {
  const missed = {
    ...measured,
    missed: { detail: { kind: 'few_windows', check: 'p95-latency', windows: 5 } as const },
  };
  expect(said(missed, rolloutAt('baking', known))).toBe(
    text(
      '*Baseline not captured*: p95 latency gave numbers for less than 5 windows',
      'Limits follow the one before. Again: `/rollout baseline new-checkout reason`',
    ),
  );
});

test('a limit says what it was reckoned from, where it is told', () => {
  const held = rolloutAt('held', {
    ...known,
    held: heldFor({ cause: 'check_holds', note: '', detail: { kind: 'subject', subject: 'p95-latency' } }),
    health: { ...known.health, holds: ['p95-latency'] },
  });
  const words = said(alertOf({ subject: 'p95-latency', kind: 'critical', value: 700 }), held);
  expect(words).toContain('*Critical*: p95 latency 700 ms is over its limit 618.5 ms (1.5 × baseline)');
  expect(words).toContain('The rollout is paused; users keep 50 %. This limit does not roll it back.');
});

test('a summary asks for a look and can be acted on', () => {
  const verdicts = { 'error-rate': 'pass', 'p95-latency': 'pass', complaints: 'unknown' } as const;
  const issues = { opened: 0, closed: 0 };
  const summary = {
    template: 'summary',
    stageNo: 2,
    exposure: 50,
    observedMs: 60 * MINUTE,
    verdicts,
    numbers,
    issues,
  } as const;
  expect(said(summary, rolloutAt('baking', known))).toBe(
    text(
      '*50 %: 1 h of 4 h baked* · New checkout',
      '2 of 3 fine, 1 unknown · Issues: none',
      'Error rate 0.31 % (limit 5) · p95 latency 412 ms (limit 618.5)',
      '○ *No data* Complaints',
      'Please have a look; the bake goes on by itself.',
      '[ Pause ] [ Roll back ] [ Details ]',
    ),
  );
});

test('a summary of a bake that was made longer says how long it is now', () => {
  const summary = { template: 'summary', stageNo: 2, exposure: 50, observedMs: 60 * MINUTE, numbers } as const;
  const more = { verdicts: {}, issues: { opened: 0, closed: 0 } };
  const longer = rolloutAt('baking', { ...known, bake: { extraMs: 60 * MINUTE } });
  expect(said({ ...summary, ...more }, longer)).toContain('*50 %: 1 h of 5 h baked*');
});

test('one number that decides nothing yet is no missing number in a summary', () => {
  const summary = { template: 'summary', stageNo: 2, exposure: 50, observedMs: 60 * MINUTE } as const;
  const unsure = { verdicts: { 'error-rate': 'unknown' }, issues: { opened: 0, closed: 0 } } as const;
  const shown = said({ ...summary, ...unsure, numbers: { 'error-rate': 8 } }, rolloutAt('baking', known));
  expect(shown).toContain('○ *Unsure yet* Error rate 8 %');
  expect(shown).not.toContain('*No data*');
});

test('a report that is due while nothing bakes does not say that a bake stands still', () => {
  const words = said({ template: 'report_due', check: 'complaints' }, rolloutAt('ready', known));
  expect(words).toContain('Until then it is unknown.');
});

test('a report that is due says what is asked and how to tell it; then who told it', () => {
  const due = { template: 'report_due', check: 'complaints' } as const;
  const words = said(due, rolloutAt('baking', known));
  expect(words).toContain('How many complaints came in?');
  expect(words).toContain('`/rollout report new-checkout complaints 0` with the number, every 4 h');
  expect(words).toContain('[ Report… ]');
  expect(words).toContain('Until then it is unknown, and the bake stands still.');
  const reports = { complaints: { value: 3, at: NOW, by: LEA, note: '' } };
  expect(said(due, rolloutAt('baking', { ...known, health: { ...known.health, reports } }))).toContain(
    'Last: 3, <@ULEA>',
  );
});

test('what is measured shows while it is, and that nothing was raised', () => {
  const capture = { no: 1, since: NOW, by: OPAL, reason: '' };
  const words = said(
    { template: 'live' },
    rolloutAt('starting', { plan, health: { capture }, exposure: { anchor: 0 } }),
  );
  expect(words).toContain('measuring the baseline for 30 m');
  expect(words).toContain('nothing was raised yet');
});

test('asked for, it is shown with its time; a plan without one says so', () => {
  expect(readable(renderBaselineNow({ rollout: rolloutAt('baking', known) }))).toContain('*Baseline* of');
  expect(readable(renderBaselineNow({ rollout: rolloutAt('baking') }))).toContain('its plan does not ask for one');
  expect(readable(renderBaselineNow({ rollout: rolloutAt('starting', { plan }) }))).toContain('*No baseline yet*');
});

test('a card keeps the limits it was asked with, and says which are others in that stage', () => {
  const stages = plan.stages.map((stage) =>
    stage.no === 2 ? { ...stage, checks: { 'error-rate': { critical: { op: 'above', value: 30 } as const } } } : stage,
  );
  const request = requestFor({ numbers: { 'error-rate': 0.31 }, verdicts: { 'error-rate': 'pass' } });
  const card = { template: 'approval_request', request, outcome: { kind: 'granted' } } as const;
  const about = { plan: { ...plan, stages }, baseline };
  for (const stageNo of [1, 2]) {
    const words = said(card, rolloutAt('baking', { ...about, stage: { no: stageNo } }));
    expect(words).toContain('Error rate 0.31 % (warn 1, limit 5)');
    expect(words).toContain('Error rate: rolls back above 5 % → rolls back above 30 %');
  }
});
