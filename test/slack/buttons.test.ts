import { expect, test } from 'vitest';
import { PHASES, type Phase } from '../../src/rollout/state/rollout.js';
import { buttonsAndMenu, compose } from '../../src/slack/words/blocks.js';
import { renderMessage, renderStatus } from '../../src/slack/words/messages/index.js';
import { detailsButton, pauseButton, rollbackButton } from '../../src/slack/words/phrases/buttons.js';
import { alertOf, NOW, OPAL, PLAN, requestFor, rollbackFrom, rolloutAt, watchAt } from '../support/rollouts.js';
import { everyMessage } from './every-message.js';
import { withItems } from './items-saying.js';
import { buttonNamed, buttonsIn, menuIn, readable } from './readable.js';

function ctxOf(rollout: ReturnType<typeof rolloutAt>) {
  return { rollout, watch: watchAt(), now: NOW, lowering: null, byHand: [] };
}

function live(rollout: ReturnType<typeof rolloutAt>) {
  return renderMessage({ template: 'live' }, ctxOf(rollout));
}

const LIVE_BUTTONS: Readonly<Record<Phase, readonly string[]>> = {
  planned: ['rollout_advance', 'rollout_rollback', 'rollout_status'],
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

test('advancing is offered where it would be done: not while something is in the way and nobody has to approve', () => {
  const list = (met: number) => withItems('x', 5).rollout.lists.map((one) => ({ ...one, required: 1, met }));
  const offered = (met: number, approve: boolean) => {
    const { plan } = rolloutAt('ready');
    const stages = plan.stages.map(({ approve: _none, ...stage }) =>
      approve ? { ...stage, approve: { kind: 'each' as const, roles: ['engineering-lead'] } } : stage,
    );
    const rollout = rolloutAt('ready', { plan: { ...plan, stages }, lists: list(met) });
    return buttonsIn(live(rollout)).some((button) => button.action_id === 'rollout_advance');
  };
  expect([offered(1, false), offered(0, false), offered(1, true), offered(0, true)]).toEqual([true, false, true, true]);
});

const STATUS_BUTTONS: Readonly<Record<Phase, string>> = {
  planned: '[ Go ] [ Cancel ] [ Refresh ]',
  starting: '[ Roll back ] [ Refresh ]',
  ready: '[ Advance to 100 % ] [ Pause ] [ Roll back ] [ Check now ] [ ⋯ Roll back to… | Extend… | Finish… | Refresh ]',
  awaiting_approval: '[ Pause ] [ Roll back ] [ Check now ] [ ⋯ Roll back to… | Refresh ]',
  applying: '[ Pause ] [ Roll back ] [ Check now ] [ ⋯ Roll back to… | Refresh ]',
  baking: '[ Pause ] [ Roll back ] [ Check now ] [ ⋯ Roll back to… | Extend… | Refresh ]',
  held: '[ Resume ] [ Roll back ] [ Check now ] [ ⋯ Roll back to… | Extend… | Finish… | Refresh ]',
  rolling_back: '[ Roll back ] [ Check now ] [ ⋯ Roll back to… | Refresh ]',
  rolled_back: '',
  completed: '[ Roll back ] [ ⋯ Roll back to… ]',
  not_started: '',
};

test.each(PHASES)('status of one that is %s has everything that is legal there, the rest behind a menu', (phase) => {
  // Rolled back by a person: a run that the bot rolled back has the ways on as well.
  const rollback = rollbackFrom(50, { cause: { reason: 'person', by: OPAL, note: '' } });
  const rollout = rolloutAt(phase, phase === 'rolled_back' ? { rollback } : {});
  const rows = renderStatus(ctxOf(rollout)).blocks.filter((block) => block.type === 'actions');
  expect(readable({ text: '', blocks: rows })).toBe(STATUS_BUTTONS[phase]);
});

test.each(PHASES)('no row of the status of one that is %s has an action twice, which Slack refuses', (phase) => {
  for (const block of renderStatus(ctxOf(rolloutAt(phase))).blocks) {
    const actions = buttonsIn({ text: '', blocks: [block] }).map((button) => button.action_id);
    expect(actions).toEqual([...new Set(actions)]);
  }
});

test('a choice of the menu carries its verb and what its button would: those that ask back their form', () => {
  expect(menuIn(renderStatus(ctxOf(rolloutAt('ready'))))).toEqual([
    { label: 'Roll back to…', verb: 'rollback', value: { rollout: 12, form: 'to' } },
    { label: 'Extend…', verb: 'extend', value: { rollout: 12, form: 'extend' } },
    { label: 'Finish…', verb: 'finish', value: { rollout: 12, form: 'finish' } },
    { label: 'Refresh', verb: 'status', value: { rollout: 12 } },
  ]);
});

test('what asks once before it is done never goes into a menu, which could only ask for all of its choices', () => {
  const rollout = rolloutAt('ready');
  const part = buttonsAndMenu([], [rollbackButton(rollout), pauseButton(rollout), detailsButton(rollout)]);
  expect(readable(compose('x', [part]))).toBe('[ Roll back ] [ ⋯ Pause | Details ]');
});

test('no message has more than five buttons in view, but lists: those have three under each entry', () => {
  const lists = /^(mine|choice|last_run_rolled_back|status_rolled_back|why_rolled_back)/;
  for (const [name, render] of Object.entries(everyMessage('x'))) {
    const rows = render().blocks.map((block) => buttonsIn({ text: '', blocks: [block] }).length);
    const most = lists.test(name) ? Math.max(...rows) : rows.reduce((all, row) => all + row, 0);
    expect(most, name).toBeLessThanOrEqual(lists.test(name) ? 3 : 5);
  }
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
