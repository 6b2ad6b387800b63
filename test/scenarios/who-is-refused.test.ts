import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { WHO } from '../support/scene.js';
import { openRoom, planText, type Room, withOthers } from './room.js';

/** Opal may also approve, but never what she asked for herself. */
const OPAL_LEADS_TOO = planText({
  people: ['operators: ["@release-team"]', 'engineering-lead: ["@engineering-lead", U0OPAL]'],
});

describe.each(['http'] as const)('refused over %s, in words only they see, with nothing changed', (transport) => {
  let room: Room;
  afterEach(() => room.close());

  test.each([
    ['the requester', WHO.opal, 'own_request', 'somebody else must approve it'],
    ['another operator', WHO.oscar, 'not_allowed', 'you do not have a role that may do this'],
    ['an outsider', WHO.otto, 'not_allowed', 'you do not have a role that may do this'],
    ['a guest', WHO.gina, 'guest_or_stranger', 'only full members of this workspace may'],
    ['a stranger', WHO.stella, 'guest_or_stranger', 'only full members of this workspace may'],
  ])('%s who clicks approve', async (_who, user, code, words) => {
    room = await openRoom({ transport, plan: OPAL_LEADS_TOO });
    await room.toRequest(WHO.opal);
    const before = await room.standing();
    const posts = room.posts();
    const answer = (await withOthers(room, () => room.press(user, 'rollout_approve'))).toLowerCase();
    expect(answer).toContain('not approved');
    expect(answer).toContain(words);
    expect(answer).toContain(code);
    expect(await room.standing()).toEqual(before);
    expect(room.posts()).toEqual(posts);
  });

  test('an approver is told which role is missing and who holds it', async () => {
    room = await openRoom({ transport });
    await room.toRequest(WHO.opal);
    expect(await room.press(WHO.otto, 'rollout_approve')).toContain(
      'engineering-lead (<!subteam^S0LEADS>) can do this',
    );
    expect(await room.ask(WHO.otto, 'rollback')).toContain('operators (<!subteam^S0RELEASE>) can do this');
    expect(room.target.exposure).toBe(10);
  });

  test('a guest and a stranger learn nothing: neither plans nor rollouts nor cards', async () => {
    room = await openRoom({ transport });
    await room.addPlan('broken', 'plan: broken\nsecretive: true\n');
    await room.toRequest(WHO.opal);
    const before = await room.standing();
    for (const user of [WHO.gina, WHO.stella]) {
      for (const text of [
        '',
        'status',
        'list',
        'why',
        'history',
        'help',
        'plans',
        'alerts',
        'check',
        'withdraw',
        'approve',
        'start',
        'start broken',
        'advance',
      ]) {
        const answer = await withOthers(room, () => room.ask(user, text));
        expect(answer, `${user}: ${text}`).toContain('guest_or_stranger');
        expect(answer, `${user}: ${text}`).not.toMatch(/new.checkout|broken|50/i);
      }
      expect(await withOthers(room, () => room.mention(user, 'status'))).toContain('guest_or_stranger');
    }
    expect(await room.standing()).toEqual(before);
  });

  test('a guest and a stranger who roll back learn nothing, whether it is clear what they mean or not', async () => {
    room = await openRoom({ transport });
    await room.addPlan('second-plan', { target: `second-${randomUUID()}` });
    await room.ask(WHO.opal, 'start new-checkout');
    const tried = ['rollback', 'rollback new-checkout', 'rollback new-checkout#9', 'rollback to 50'];
    const answers = new Set<string>();
    const refused = async () => {
      const before = await room.standing();
      for (const user of [WHO.gina, WHO.stella])
        for (const text of tried) {
          const answer = await withOthers(room, () => room.ask(user, text));
          expect(answer, `${user}: ${text}`).toContain('guest_or_stranger');
          expect(answer, `${user}: ${text}`).not.toMatch(/checkout|second|operators|%|C0SHOP|baking/i);
          answers.add(answer);
        }
      expect(await room.standing()).toEqual(before);
    };
    await refused();
    await room.ask(WHO.opal, 'start second-plan');
    await refused();
    // One answer for all of them: not even its form tells what there is.
    expect([...answers]).toHaveLength(1);
    expect(await room.ask(WHO.otto, 'rollback')).toContain('Which rollout?');
  });

  test('while Slack does not say who somebody is, one never seen here gets no list, and one who holds a role does', async () => {
    room = await openRoom({ transport });
    await room.addPlan('second-plan', { target: `second-${randomUUID()}` });
    await room.ask(WHO.opal, 'start new-checkout');
    await room.ask(WHO.opal, 'start second-plan');
    await room.db.query(`delete from people where kind = 'user'`);
    room.slack.fail({ method: 'users.info', times: Number.POSITIVE_INFINITY, error: 'internal_error' });
    const answer = await room.ask(WHO.gina, 'rollback');
    expect(answer).toContain('membership_unknown');
    expect(answer).not.toMatch(/checkout|second/);
    expect(await room.ask(WHO.opal, 'rollback')).toContain('Which rollout?');
  });

  test('a lead who was taken out of the group is refused once the minute is over', async () => {
    room = await openRoom({ transport });
    await room.toRequest(WHO.opal);
    await room.press(WHO.lea, 'rollout_approve');
    await room.passUntil('the second bake is done', async () => (await room.phase()) === 'ready');
    await room.ask(WHO.opal, 'advance');
    const group = room.slack.workspace.groups.find((each) => each.id === 'S0LEADS');
    group?.users.splice(0, 1);
    await room.db.query(`update people set fetched_at = fetched_at - interval '61 seconds'`);
    expect(await room.press(WHO.lea, 'rollout_approve')).toContain('not_allowed');
    expect(room.target.exposure).toBe(50);
  });
});
