import { pino } from 'pino';
import { afterEach, describe, expect, test } from 'vitest';
import { SHOP, WHO } from '../support/scene.js';
import { openRoom, planText, type Room, withButton } from './room.js';

const REASON = 'not before the sale is over';

describe('a form', () => {
  const transport = 'socket';
  let room: Room;
  afterEach(() => room.close());

  test('that is opened and closed again changes nothing, and the log does not call it a refusal', async () => {
    const logged: string[] = [];
    room = await openRoom({ transport, log: pino({ level: 'info' }, { write: (line) => void logged.push(line) }) });
    await room.toRequest(WHO.opal);
    const before = await room.standing();
    await room.press(WHO.lea, 'rollout_deny');
    expect(room.form(WHO.lea)).toContain('10 %');
    expect(room.form(WHO.lea)).toContain('50 %');
    await room.slack.closeView({ user: WHO.lea });
    await room.settle();
    expect(await room.standing()).toEqual(before);
    expect(logged.join()).not.toContain('command refused');
  });

  test('to deny asks for the reason, marks it when it is missing, and then denies with it', async () => {
    room = await openRoom({ transport });
    await room.toRequest(WHO.opal);
    await room.press(WHO.lea, 'rollout_deny');
    expect(await room.fill(WHO.lea, { reason: '   ' })).toContain('reason: ');
    expect(await room.phase()).toBe('awaiting_approval');
    expect(await room.fill(WHO.lea, { reason: REASON })).toBe('');
    expect(await room.phase()).toBe('ready');
    expect(room.transcript()).toContain(`“${REASON}”`);
  });

  test('submitted twice is done once', async () => {
    room = await openRoom({ transport });
    await room.toRequest(WHO.opal);
    await room.press(WHO.lea, 'rollout_deny');
    const delivery = await room.slack.submit({ user: WHO.lea, values: { reason: { reason: REASON } } });
    await Promise.all([delivery.again('retry'), delivery.again('replay')]);
    await room.settle();
    expect((await room.events()).filter((event) => event === 'approval_denied')).toHaveLength(1);
  });

  test('opened before somebody else decided says so, and shows what was written', async () => {
    room = await openRoom({ transport });
    await room.toRequest(WHO.opal);
    await room.press(WHO.lea, 'rollout_deny');
    await room.press(WHO.lou, 'rollout_approve');
    const before = await room.standing();
    const answer = await room.fill(WHO.lea, { reason: REASON });
    expect(answer).toContain('request_closed');
    expect(answer).toContain(REASON);
    expect(await room.standing()).toEqual(before);
    expect(room.target.exposure).toBe(50);
  });

  test('to deny lets an approver have it baked longer, and calls who acts next', async () => {
    room = await openRoom({ transport });
    await room.toRequest(WHO.opal);
    await room.press(WHO.lea, 'rollout_deny');
    expect(room.form(WHO.lea)).toContain('It stays at 10 %');
    const asked = { reason: REASON, after: 'extend', next: 'operators' };
    expect(await room.fill(WHO.lea, { ...asked, duration: 'a bit' })).toContain('How much longer? For example 30m');
    expect(await room.fill(WHO.lea, { ...asked, after: 'stay', duration: '30m' })).toContain('leave this empty');
    expect(await room.phase()).toBe('awaiting_approval');
    expect(await room.fill(WHO.lea, { ...asked, duration: '30m' })).toBe('');
    expect((await room.events()).slice(-2)).toEqual(['approval_denied', 'bake_extended']);
    expect(await room.phase()).toBe('baking');
    const said = room.transcript();
    expect(said).toMatch(/^The bake takes 30\sm longer · next: operators \(<!subteam\^S0RELEASE>\)$/m);
    expect(said).toMatch(/^\*Denied\* by <@U0LEA> .* · next: operators$/m);
  });

  test('to deny and switch off does that, whoever granted it meanwhile', async () => {
    room = await openRoom({ transport });
    await room.toRequest(WHO.opal);
    await room.press(WHO.lea, 'rollout_deny');
    await room.press(WHO.lou, 'rollout_approve');
    expect(room.target.exposure).toBe(50);
    expect(await room.fill(WHO.lea, { reason: REASON, after: 'to:off' })).toBe('');
    await room.passUntil('it is off', async () => (await room.phase()) === 'rolled_back');
    expect(room.target.exposure).toBe(0);
    expect(room.transcript()).toContain(REASON);
  });

  test('opened by somebody without the role is refused when it is submitted', async () => {
    room = await openRoom({ transport });
    await room.toRequest(WHO.opal);
    await room.press(WHO.otto, 'rollout_deny');
    expect(await room.fill(WHO.otto, { reason: REASON })).toContain('not_allowed');
    expect(await room.phase()).toBe('awaiting_approval');
  });

  test('is not opened for a guest, who is told that only members may', async () => {
    room = await openRoom({ transport });
    await room.toRequest(WHO.opal);
    expect(await room.press(WHO.gina, 'rollout_deny')).toContain('guest_or_stranger');
    expect(room.form(WHO.gina)).toBe('');
  });

  test('takes a reason of three thousand characters, and keeps all of it', async () => {
    room = await openRoom({ transport });
    await room.toRequest(WHO.opal);
    await room.press(WHO.lea, 'rollout_deny');
    const long = 'because '.repeat(374).trim();
    expect(await room.fill(WHO.lea, { reason: long })).toBe('');
    const { rows } = await room.db.query<{ line: string }>(`select line from events where type = 'approval_denied'`);
    expect(rows[0]?.line).toContain(long);
  });
});

describe('a form that is filled in', () => {
  let room: Room;
  afterEach(() => room.close());

  test('of start offers the plans, and starts the one that is chosen', async () => {
    room = await openRoom({ transport: 'http' });
    await room.addPlan('second-plan', { target: 'another-target' });
    await room.ask(WHO.opal, 'start');
    expect(room.form(WHO.opal)).toContain('second plan');
    expect(await room.events()).toEqual([]);
    expect(await room.fill(WHO.opal, { plan: 'new-checkout', note: 'quiet night' })).toBe('');
    await room.passUntil('it is started', async () => (await room.phase()) === 'baking');
    expect((await room.rollout()).note).toBe('quiet night');
    const told = room.slack.ephemerals(SHOP, WHO.opal).map((message) => room.read(message));
    expect(told.join('\n')).toContain('<@U0LEA>');
  });

  test('of extend asks for what is missing, and says how a duration is written', async () => {
    room = await openRoom({ transport: 'http' });
    await room.ask(WHO.opal, 'start new-checkout');
    await room.ask(WHO.opal, 'extend 30m');
    expect(await room.fill(WHO.opal, { duration: 'soon', reason: 'quiet night' })).toContain('for example 30m');
    expect(await room.fill(WHO.opal, { duration: '10m', reason: 'quiet night' })).toBe('');
    expect((await room.rollout()).bake.extraMs).toBe(600_000);
  });

  test('of finish, opened in one stage and submitted in the next, ends nothing', async () => {
    room = await openRoom({ transport: 'http' });
    await room.toReady(WHO.opal);
    await room.ask(WHO.opal, 'finish enough');
    await room.ask(WHO.oscar, 'advance');
    await room.press(WHO.lea, 'rollout_approve');
    await room.passUntil('the second bake is done', async () => (await room.phase()) === 'ready');
    const answer = await room.fill(WHO.opal, {});
    expect(answer).toContain('stale_button');
    expect(answer).toContain('enough');
    expect(await room.phase()).toBe('ready');
  });

  test('of a way back to a stage goes there with its reason, and only down', async () => {
    room = await openRoom({ transport: 'http' });
    await room.toRequest(WHO.opal);
    await room.press(WHO.lea, 'rollout_approve');
    await room.passUntil('the second bake is done', async () => (await room.phase()) === 'ready');
    await room.pressOld(WHO.opal, 'rollout_rollback', { rollout: (await room.rollout()).id, form: 'to' });
    expect(room.form(WHO.opal)).not.toContain('Everyone');
    expect(room.target.exposure).toBe(50);
    expect(await room.fill(WHO.opal, { to: 'early', reason: 'half of them complain' })).toBe('');
    await room.passUntil('it is back at 10 %', async () => (await room.phase()) === 'held');
    expect(room.target.exposure).toBe(10);
    expect(room.transcript()).toContain('“half of them complain”');
  });

  test('chosen from behind ⋯ opens as by a button of its own, and what only looks is answered', async () => {
    room = await openRoom({ transport: 'socket' });
    await room.toReady(WHO.opal);
    await room.ask(WHO.opal, 'status');
    const { id: rollout } = await room.rollout();
    const choose = async (value: string) => {
      const shown = room.slack.ephemerals(SHOP, WHO.opal);
      const ts = shown.findLast(({ blocks }) => JSON.stringify(blocks).includes('rollout_menu'))?.ts ?? '';
      await room.slack.click({ user: WHO.opal, channel: SHOP, ts, actionId: 'rollout_menu', value, ephemeral: true });
      await room.settle();
      return room.slack.ephemerals(SHOP, WHO.opal).length - shown.length;
    };
    expect(await choose(`status {"rollout":${rollout}}`)).toBe(1);
    expect(await choose(`extend {"rollout":${rollout},"form":"extend"}`)).toBe(0);
    expect(room.form(WHO.opal)).toContain('New checkout'.toLowerCase());
    const before = await room.standing();
    await room.fill(WHO.opal, { duration: '10m', reason: REASON });
    expect((await room.events()).slice(before.events.length)).toEqual(['bake_extended']);
  });

  test('of an override asks another operator, and goes on before the bake is over', async () => {
    room = await openRoom({ transport: 'http', plan: planText().replaceAll(', approve: [engineering-lead]', '') });
    await room.ask(WHO.opal, 'start new-checkout');
    expect(await room.phase()).toBe('baking');
    expect(await room.ask(WHO.opal, 'advance')).toContain('override');
    const {
      id,
      stage: { no: stage, attempt },
    } = await room.rollout();
    await room.pressOld(WHO.opal, 'rollout_advance', { rollout: id, stage, attempt, form: 'override' });
    expect(room.form(WHO.opal)).not.toBe('');
    expect(await room.fill(WHO.opal, { reason: 'the fix has to reach everybody' })).toBe('');
    expect(await room.phase()).toBe('awaiting_approval');
    expect(room.read(await withButton(room, 'rollout_approve'))).toMatch(/OVERRIDE/);
    expect(await room.press(WHO.opal, 'rollout_approve')).toContain('own_request');
    await room.press(WHO.oscar, 'rollout_approve');
    await room.passUntil('half have it', () => room.target.exposure === 50);
  });

  test('that Slack does not open leaves the words that can be typed instead', async () => {
    room = await openRoom({ transport: 'http' });
    await room.toRequest(WHO.opal);
    room.slack.fail({ method: 'views.open', error: 'internal_error' });
    expect(await room.ask(WHO.lea, 'deny')).toContain('/rollout deny new-checkout');
    expect(await room.phase()).toBe('awaiting_approval');
  });

  test('of another version says so, instead of doing something else', async () => {
    room = await openRoom({ transport: 'http' });
    await room.toRequest(WHO.opal);
    const before = await room.standing();
    expect(await room.pressOld(WHO.lea, 'rollout_celebrate', { rollout: 1 })).toContain('/rollout status');
    expect(await room.pressOld(WHO.lea, 'rollout_approve', { request: '1.1', version: 9 })).toContain(
      '/rollout status',
    );
    expect(await room.standing()).toEqual(before);
  });
});
