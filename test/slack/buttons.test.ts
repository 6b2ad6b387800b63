import { expect, test } from 'vitest';
import { PHASES, type Phase } from '../../src/rollout/state/rollout.js';
import { renderMessage, renderStatus } from '../../src/slack/words/messages/index.js';
import { alertOf, NOW, OPAL, PLAN, requestFor, rollbackFrom, rolloutAt, watchAt } from '../support/rollouts.js';
import { buttonNamed, buttonsIn, readable } from './readable.js';

function ctxOf(rollout: ReturnType<typeof rolloutAt>) {
  return { rollout, watch: watchAt(), now: NOW, lowering: null, byHand: [] };
}

function live(rollout: ReturnType<typeof rolloutAt>) {
  return renderMessage({ template: 'live' }, ctxOf(rollout));
}

const LIVE_BUTTONS: Readonly<Record<Phase, readonly string[]>> = {
  starting: ['rollout_rollback', 'rollout_status'],
  ready: ['rollout_advance', 'rollout_pause', 'rollout_rollback', 'rollout_status'],
  awaiting_approval: ['rollout_pause', 'rollout_rollback', 'rollout_status'],
  applying: ['rollout_pause', 'rollout_rollback', 'rollout_status'],
  baking: ['rollout_pause', 'rollout_rollback', 'rollout_status'],
  held: ['rollout_resume', 'rollout_rollback', 'rollout_status'],
  rolling_back: ['rollout_rollback', 'rollout_status'],
  rolled_back: ['rollout_status'],
  completed: ['rollout_rollback', 'rollout_status'],
  not_started: ['rollout_status'],
};

test.each(PHASES)('the live message in %s has the buttons that are legal there', (phase) => {
  expect(buttonsIn(live(rolloutAt(phase))).map((button) => button.action_id)).toEqual(LIVE_BUTTONS[phase]);
});

const MORE_BUTTONS: Readonly<Record<Phase, readonly string[]>> = {
  starting: [],
  ready: ['Check now', 'Roll back to…', 'Extend…', 'Finish…'],
  awaiting_approval: ['Check now', 'Roll back to…'],
  applying: ['Check now', 'Roll back to…'],
  baking: ['Check now', 'Roll back to…', 'Extend…'],
  held: ['Check now', 'Roll back to…', 'Extend…', 'Finish…'],
  rolling_back: ['Check now', 'Roll back to…'],
  rolled_back: [],
  completed: ['Roll back to…'],
  not_started: [],
};

test.each(PHASES)('Details of one that is %s has a second row, with what is legal there', (phase) => {
  // Rolled back by a person: a run that the bot rolled back has the ways on as well.
  const rollback = rollbackFrom(50, { cause: { reason: 'person', by: OPAL, note: '' } });
  const rollout = rolloutAt(phase, phase === 'rolled_back' ? { rollback } : {});
  const rows = renderStatus(ctxOf(rollout)).blocks.filter((block) => block.type === 'actions');
  const [, more] = rows.map((block) => buttonsIn({ text: '', blocks: [block] }).map((button) => button.text.text));
  expect(more ?? []).toEqual(MORE_BUTTONS[phase]);
});

test('the second row asks back: each button carries its form, but Check now, which is done at once', () => {
  const row = renderStatus(ctxOf(rolloutAt('ready')))
    .blocks.filter((block) => block.type === 'actions')
    .at(-1);
  const values = buttonsIn({ text: '', blocks: row ? [row] : [] }).map((button) => JSON.parse(button.value ?? ''));
  expect(values).toEqual([
    { rollout: 12 },
    { rollout: 12, form: 'to' },
    { rollout: 12, form: 'extend' },
    { rollout: 12, form: 'finish' },
  ]);
});

test('with nothing below where users are there is no Roll back to', () => {
  const shown = renderStatus(ctxOf(rolloutAt('ready', { stage: { no: 1 }, exposure: { confirmed: 10, anchor: 10 } })));
  expect(readable(shown)).not.toContain('Roll back to…');
  expect(
    readable(renderStatus(ctxOf(rolloutAt('ready', { stage: { no: 0 }, exposure: { confirmed: 0 } })))),
  ).not.toContain('Extend…');
});

test('there is no Advance where there is no next stage', () => {
  expect(buttonNamed(live(rolloutAt('ready', { stage: { no: 3 } })), 'rollout_advance')).toBeUndefined();
});

test('advance carries the stage and try it was shown for, the others only the rollout', () => {
  const shown = live(rolloutAt('ready', { stage: { attempt: 4 } }));
  expect(buttonNamed(shown, 'rollout_advance')?.value).toEqual({ rollout: 12, stage: 2, attempt: 4 });
  expect(buttonNamed(shown, 'rollout_advance')?.button).toMatchObject({
    style: 'primary',
    text: { text: 'Advance to 100\u00a0%' },
  });
  for (const action of ['rollout_pause', 'rollout_rollback', 'rollout_status'])
    expect(buttonNamed(shown, action)?.value).toEqual({ rollout: 12 });
  expect(buttonNamed(live(rolloutAt('held')), 'rollout_resume')?.value).toEqual({ rollout: 12 });
});

test('approve and deny carry the request and say in full what they do; only approve is primary, neither asks again', () => {
  const message = { template: 'approval_request', request: requestFor(), outcome: { kind: 'open' } } as const;
  const shown = renderMessage(message, ctxOf(rolloutAt('awaiting_approval')));
  const approve = buttonNamed(shown, 'rollout_approve');
  const deny = buttonNamed(shown, 'rollout_deny');
  expect([approve?.value, deny?.value]).toEqual([{ request: '12.118' }, { request: '12.118' }]);
  expect(approve?.button.accessibility_label).toBe('Approve raising new-checkout from 10\u00a0% to 50\u00a0%');
  expect(deny?.button.accessibility_label).toBe('Deny raising new-checkout from 10\u00a0% to 50\u00a0%');
  expect([approve?.button.style, deny?.button.style]).toEqual(['primary', undefined]);
  expect([approve?.button.confirm, deny?.button.confirm]).toEqual([undefined, undefined]);
});

const confirmOf = (rollout: ReturnType<typeof rolloutAt>): string | undefined =>
  buttonNamed(live(rollout), 'rollout_rollback')?.button.confirm?.text.text.replaceAll('\u00a0', ' ');

test('Roll back is red and asks once, saying from where to where', () => {
  expect(buttonNamed(live(rolloutAt('baking')), 'rollout_rollback')?.button.style).toBe('danger');
  expect(confirmOf(rolloutAt('baking'))).toBe('New checkout: from 50 % to 0 % (off) at once.');
});

test('a raise under way counts as exposed in what Roll back says', () => {
  expect(confirmOf(rolloutAt('applying'))).toBe('New checkout: from 50 % to 0 % (off) at once.');
});

test('Roll back to a stage says that it is held there', () => {
  const plan = { ...PLAN, rollback: { ...PLAN.rollback, to: { kind: 'previous' as const } } };
  expect(confirmOf(rolloutAt('baking', { plan }))).toBe('New checkout: from 50 % to 10 % at once, and paused there.');
});

test('Roll back before anything is exposed says that it ends the rollout', () => {
  expect(confirmOf(rolloutAt('starting'))).toBe(
    'New checkout: users get 0 % now. This ends the rollout and makes sure of 0 % (off).',
  );
});

test('an alert can be taken, paused and rolled back; an incident taken and looked into', () => {
  const shown = renderMessage(alertOf({ subject: 'memory', value: 60 }), ctxOf(rolloutAt('baking')));
  expect(buttonsIn(shown).map((button) => button.action_id)).toEqual([
    'rollout_have',
    'rollout_pause',
    'rollout_rollback',
  ]);
  expect(buttonNamed(shown, 'rollout_have')?.value).toEqual({ rollout: 12 });
});
