import { afterEach, describe, expect, test } from 'vitest';
import { WHO } from '../support/scene.js';
import { TARGETS } from '../support/scene-target.js';
import { openRoom, planText, type Room } from './room.js';

describe.each(['socket'] as const)('start over %s is refused', (transport) => {
  let room: Room;
  afterEach(() => room.close());

  /** Nothing began: no rollout, no post, no user with more than before. */
  const refused = async (user: string, text: string): Promise<string> => {
    const posts = room.posts().length;
    const events = await room.events();
    const { exposure } = room.target;
    const answer = await room.ask(user, text);
    expect(answer).toContain('Not started');
    expect(room.posts()).toHaveLength(posts);
    expect(await room.events()).toEqual(events);
    expect(room.target.exposure).toBe(exposure);
    return answer;
  };

  test('for an unknown plan, with the plans there are', async () => {
    room = await openRoom({ transport });
    const answer = await refused(WHO.opal, 'start new-chekout');
    expect(answer).toContain('no_such_plan');
    expect(answer).toContain('plans here: new-checkout');
    // Where no form can open, the plans are named.
    expect(await room.mention(WHO.opal, 'start')).toContain('no_such_plan');
    expect(await refused(WHO.opal, 'start ../../etc/passwd')).toContain('no_such_plan');
  });

  test('for a broken plan, with file, line and column of each mistake', async () => {
    room = await openRoom({ transport });
    await room.addPlan(
      'broken',
      planText({ name: 'broken' }).replace('exposure: 10', 'exposure: 400').replace('timezone', 'time_zone'),
    );
    const answer = await refused(WHO.opal, 'start broken');
    expect(answer).toContain('plan_invalid');
    expect(answer).toMatch(/broken\.yml:4:1/);
    expect(answer).toMatch(/broken\.yml:1[0-9]:\d+ stages\[0\]\.exposure/);
  });

  test('while the plan is rolling out already, with where it stands', async () => {
    room = await openRoom({ transport });
    await room.ask(WHO.opal, 'start new-checkout');
    const answer = await refused(WHO.oscar, 'start new-checkout');
    expect(answer).toContain('already_running');
    expect(answer).toContain('baking');
    expect(answer).toContain('`/rollout status new-checkout`');
  });

  test.each(TARGETS)('while another plan moves the same target, with its key; on %s', async (target) => {
    room = await openRoom({ transport, target });
    await room.addPlan('second-plan', {});
    await room.ask(WHO.opal, 'start new-checkout');
    const answer = await refused(WHO.oscar, 'start second-plan');
    expect(answer).toContain('target_locked');
    expect(answer).toContain('new-checkout#1 has ');
    expect(answer).toMatch(target === 'memory' ? /memory:target-/ : /postgres:\S+feature_flags/);
  });

  test('until the target has settled after a rollback, with the seconds left', async () => {
    room = await openRoom({ transport });
    await room.addPlan('second-plan', {});
    await room.ask(WHO.opal, 'start new-checkout');
    await room.ask(WHO.opal, 'rollback');
    expect(await room.phase()).toBe('rolled_back');
    await room.pass(10_000, 5_000);
    for (const plan of ['new-checkout', 'second-plan']) {
      const answer = await refused(WHO.opal, `start ${plan}`);
      expect(answer).toContain('target_settling');
      expect(answer).toMatch(/Try again in 2\d s/);
    }
    await room.pass(40_000, 5_000);
    await room.ask(WHO.opal, 'start second-plan');
    expect(room.target.exposure).toBe(10);
  });

  test('when only the requester could approve, with the stage and the role', async () => {
    const people = ['operators: ["@release-team"]', 'engineering-lead: [U0OPAL]'];
    room = await openRoom({ transport, plan: planText({ people }) });
    const answer = await refused(WHO.opal, 'start new-checkout');
    expect(answer).toContain('too_few_approvers');
    expect(answer).toContain('stage half needs engineering-lead');
    expect(await room.ask(WHO.oscar, 'start new-checkout')).toContain('starting');
  });

  test('when the other approvers are a guest, a bot and a person who left', async () => {
    const people = ['operators: ["@release-team"]', 'engineering-lead: [U0GINA, U0ROLLOUT, U0LOU]'];
    room = await openRoom({ transport, plan: planText({ people }) });
    Object.assign(room.slack.userByName('lou'), { deleted: true });
    expect(await refused(WHO.opal, 'start new-checkout')).toContain('too_few_approvers');
  });

  test.each([
    ['a channel', { channel: '#nowhere' }, 'channel_not_found', '#nowhere'],
    [
      'a group',
      { people: ['operators: ["@release-team"]', 'engineering-lead: ["@gone"]'] },
      'person_not_found',
      'gone',
    ],
    [
      'an address',
      { people: ['operators: ["@release-team"]', 'engineering-lead: [x@example.com]'] },
      'person_not_found',
      'x@example.com',
    ],
  ])('when %s of the plan is not there, by its name', async (_what, words, code, name) => {
    room = await openRoom({ transport, plan: planText(words) });
    const answer = await refused(WHO.opal, 'start new-checkout');
    expect(answer).toContain(code);
    expect(answer).toContain(name);
  });

  test('for a lead and an outsider, who are told who may', async () => {
    room = await openRoom({ transport });
    for (const user of [WHO.lea, WHO.otto]) {
      const answer = await refused(user, 'start new-checkout');
      expect(answer).toContain('not_allowed');
      expect(answer).toContain('operators can do this');
    }
  });
});

describe('a start that is accepted', () => {
  let room: Room;
  afterEach(() => room.close());

  test.each([
    ['a check is beyond its limit', (at: Room) => at.errors.set(9), 'health_critical', 'Error rate is critical at 9 %'],
    [
      'a target is only partly set',
      (at: Room) => Object.assign(at.target, { partial: true }),
      'target_partial',
      'in part',
    ],
    [
      'users already get more',
      (at: Room) => Object.assign(at.target, { exposure: 30 }),
      'target_above_first_stage',
      '30 %',
    ],
  ])('ends as not started, and says so in the thread, when %s', async (_what, spoil, code, words) => {
    room = await openRoom({ transport: 'http' });
    spoil(room);
    const { exposure } = room.target;
    await room.ask(WHO.opal, 'start new-checkout');
    expect(await room.phase()).toBe('not_started');
    expect((await room.rollout()).failure?.reason).toBe(code);
    const said = room.posts().find((post) => post.metadata?.event_payload.slot === 'not_started');
    expect(said?.threadTs).toBe(room.live()?.ts);
    expect(room.read(said)).toContain(words);
    expect(room.target.exposure).toBe(exposure);
    expect(room.target.calls.filter((call) => call.operation === 'set')).toEqual([]);
  });

  test('begins although a check has no number yet, and shows it as unknown', async () => {
    room = await openRoom({ transport: 'http' });
    room.latency.set({ unknown: 'timeout' });
    await room.ask(WHO.opal, 'start new-checkout');
    expect((await room.rollout()).health.verdicts.latency).toBe('unknown');
    expect(room.read(room.live())).toMatch(/p95 latency/);
    expect(['baking', 'held']).toContain(await room.phase());
  });
});
