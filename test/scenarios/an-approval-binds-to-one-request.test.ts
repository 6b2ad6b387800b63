import { afterEach, describe, expect, test } from 'vitest';
import { WHO } from '../support/scene.js';
import { TARGETS } from '../support/scene-target.js';
import { openRoom, planText, type Room } from './room.js';

describe.each(['socket'] as const)('an approval over %s', (transport) => {
  let room: Room;
  afterEach(() => room.close());

  const card = (id: string) => room.posts().find((post) => post.metadata?.event_payload.slot === `request:${id}`);
  const openRequest = async () => (await room.rollout()).request;

  test('is void once a verdict is worse than the card showed: old and new clicks raise nothing', async () => {
    room = await openRoom({ transport });
    await room.toRequest(WHO.opal);
    const id = (await openRequest())?.id ?? '';
    room.latency.set(700);
    await room.passUntil('the request is void', async () => (await openRequest()) === undefined);
    expect(await room.events()).toContain('approval_voided');
    expect(room.read(card(id))).toContain('*No longer valid*');
    expect(room.read(card(id))).toContain('p95 latency became warning');
    expect(JSON.stringify(card(id)?.blocks)).not.toContain('rollout_approve');
    expect(await room.pressOld(WHO.lea, 'rollout_approve', { request: id })).toContain('request_closed');
    expect(room.target.exposure).toBe(10);
  });

  test('of the first of two people is void with it', async () => {
    room = await openRoom({ transport, plan: planText({ approve: '{ any: 2, of: [engineering-lead] }' }) });
    await room.toRequest(WHO.opal);
    const id = (await openRequest())?.id ?? '';
    await room.press(WHO.lea, 'rollout_approve');
    room.latency.set(700);
    await room.passUntil('the request is void', async () => (await openRequest()) === undefined);
    await room.pressOld(WHO.lou, 'rollout_approve', { request: id });
    expect(room.target.exposure).toBe(10);
    room.latency.set(400);
    await room.passUntil('it is well again', async () => (await room.rollout()).health.verdicts.latency === 'pass');
    await room.ask(WHO.opal, 'advance');
    expect((await openRequest())?.votes).toEqual([]);
    expect((await openRequest())?.id).not.toBe(id);
  });

  test('stands while numbers move without a worse verdict', async () => {
    room = await openRoom({ transport });
    await room.toRequest(WHO.opal);
    for (const [errors, latency] of [
      [0.9, 300],
      [1.9, 599],
      [0.1, 20],
    ] as const) {
      room.errors.set(errors);
      room.latency.set(latency);
      await room.pass(10_000, 5_000);
    }
    expect(await room.press(WHO.lea, 'rollout_approve')).toBe('');
    expect(room.target.exposure).toBe(50);
  });

  test.each(TARGETS)(
    'keeps what the approver saw, over a restart: numbers, plan hash, message; on %s',
    async (target) => {
      room = await openRoom({ transport, target });
      await room.toRequest(WHO.opal);
      await room.restart();
      const { request, planHash } = await room.rollout();
      await room.press(WHO.lea, 'rollout_approve');
      const { rows } = await room.db.query(
        'select team_id, user_id, role, vote, saw, message_ts, request_id from approvals',
      );
      expect(rows).toEqual([
        {
          team_id: 'T0SANDBOX',
          user_id: WHO.lea,
          role: 'engineering-lead',
          vote: 'approve',
          request_id: request?.id,
          saw: {
            from: 10,
            to: 50,
            planHash,
            verdicts: { 'error-rate': 'pass', latency: 'pass' },
            numbers: { 'error-rate': 0.3, latency: 412 },
          },
          message_ts: card(request?.id ?? '')?.ts,
        },
      ]);
      expect(room.target.exposure).toBe(50);
    },
  );
});

describe.each(['socket'] as const)('a request over %s', (transport) => {
  let room: Room;
  afterEach(() => room.close());

  const cardText = () =>
    room.read(room.posts().findLast((post) => String(post.metadata?.event_payload.slot).startsWith('request:')));

  test('typed approve shows its card to the one who asks; only the button on it records', async () => {
    room = await openRoom({ transport });
    await room.toRequest(WHO.opal);
    const before = await room.standing();
    const answer = await room.ask(WHO.lea, 'approve');
    expect(answer).toContain('10 % → 50 %');
    expect(answer).toContain('[ Approve ]');
    expect(await room.standing()).toEqual(before);
    const shown = room.slack.ephemerals('C0SHOP', WHO.lea).at(-1);
    const at = { user: WHO.lea, channel: 'C0SHOP', ts: shown?.ts ?? '', actionId: 'rollout_approve', ephemeral: true };
    await room.slack.click(at);
    await expect.poll(() => room.target.exposure, { timeout: 60_000 }).toBe(50);
    await room.settle();
    expect(await room.ask(WHO.lea, 'approve')).toContain('request_closed');
  });

  test('denied with a reason stays where it is, and the card says who and why', async () => {
    room = await openRoom({ transport });
    await room.toRequest(WHO.opal);
    expect(await room.ask(WHO.lea, 'deny not before the sale')).toContain('denied');
    expect(await room.phase()).toBe('ready');
    expect(cardText()).toContain('✖ *Denied* by <@U0LEA>');
    expect(cardText()).toContain('“not before the sale”');
    expect(cardText()).not.toContain('[ Approve ]');
    expect(room.target.exposure).toBe(10);
  });

  test('denied by button is closed for the approval that comes after', async () => {
    room = await openRoom({ transport });
    await room.toRequest(WHO.opal);
    const request = (await room.rollout()).request?.id ?? '';
    expect(await room.press(WHO.lea, 'rollout_deny')).toBe('');
    expect(await room.fill(WHO.lea, { reason: 'not before the sale' })).toBe('');
    expect(await room.pressOld(WHO.lou, 'rollout_approve', { request })).toContain('request_closed');
    expect(room.target.exposure).toBe(10);
  });

  test('is withdrawn by a pause, and resume asks nobody again by itself', async () => {
    room = await openRoom({ transport });
    await room.toRequest(WHO.opal);
    const request = (await room.rollout()).request?.id ?? '';
    await room.ask(WHO.oscar, 'pause somebody looks at the logs');
    expect(await room.phase()).toBe('held');
    expect(cardText()).toContain('*Withdrawn*');
    expect(cardText()).toContain('<@U0OSCAR> paused the rollout');
    expect(await room.pressOld(WHO.lea, 'rollout_approve', { request })).toContain('request_closed');
    await room.ask(WHO.oscar, 'resume');
    expect(await room.phase()).toBe('ready');
    expect((await room.rollout()).request).toBeUndefined();
    expect(room.target.exposure).toBe(10);
  });
});
