import { afterEach, expect, test, vi } from 'vitest';
import { bigWorkspace, freeWorkspace, restrictedWorkspace } from '../../sandbox/slack/unusual-workspaces.js';
import { PATIENCE } from '../support/patience.js';
import { SHOP, WHO } from '../support/scene.js';
import { openRoom, planText, type Room } from './room.js';

let room: Room;
afterEach(() => room.close());

const minuteLater = () => room.db.query(`update people set fetched_at = fetched_at - interval '61 seconds'`);
const refused = () => room.slack.calls.filter(({ error }) => error === 'ratelimited' || error === 'http_429');

/** Nobody of them in a group. */
const BY_ID = ['operators: [U0OPAL, oscar@example.com]', 'engineering-lead: [U0LEA, U0LOU]'];

test('in a big workspace a change goes to everybody within what Slack answers in a minute, and back', async () => {
  room = await openRoom({ transport: 'http', workspace: bigWorkspace() });
  // On a busy machine answers may come too late for this try; they are there for the next, once Slack is asked again.
  await vi.waitFor(
    async () => {
      const answer = await room.ask(WHO.opal, 'start new-checkout');
      expect(await room.events(), answer).not.toEqual([]);
    },
    { ...PATIENCE, interval: 250 },
  );
  await room.passUntil('the first bake is done', async () => (await room.phase()) === 'ready');
  await room.ask(WHO.opal, 'advance');
  expect(await room.phase()).toBe('awaiting_approval');
  await room.press(WHO.lea, 'rollout_approve');
  expect(room.target.exposure).toBe(50);
  // Looked up as the 300th of its group.
  await room.passUntil('the second bake is done', async () => (await room.phase()) === 'ready');
  await room.ask(WHO.oscar, 'advance');
  await room.press('U0P00299', 'rollout_approve');
  await room.passUntil('it is done', async () => (await room.phase()) === 'completed');
  await room.ask(WHO.oscar, 'rollback new-checkout');
  expect(room.target.exposure).toBe(0);
  expect(refused()).toEqual([]);
  expect(room.slack.calls.some(({ method }) => method === 'conversations.list')).toBe(false);
});

test('without user groups a plan that names some is refused with what to do, and one that names people runs', async () => {
  room = await openRoom({ transport: 'socket', workspace: freeWorkspace() });
  const answer = await room.ask(WHO.opal, 'start new-checkout');
  expect(answer).toContain('plan_upgrade_required');
  expect(answer).toContain('this workspace has no user groups; list people by id or e-mail address in the plan');
  expect(answer).not.toContain('try again');
  expect(await room.events()).toEqual([]);
  await room.addPlan('by-id', { people: BY_ID });
  await room.ask(WHO.oscar, 'start by-id');
  expect(room.target.exposure).toBe(10);
});

test('user groups that are taken away leave the last known roles for the way back, and nothing else', async () => {
  const workspace = freeWorkspace();
  workspace.isFree = false;
  room = await openRoom({ transport: 'http', workspace });
  await room.toRequest(WHO.opal);
  await room.ask(WHO.lea, 'status');
  workspace.isFree = true;
  await minuteLater();
  const before = await room.standing();
  for (const tried of [await room.press(WHO.lou, 'rollout_approve'), await room.ask(WHO.opal, 'advance')]) {
    expect(tried).toContain('slack_refuses');
    expect(tried).toContain('this workspace has no user groups');
  }
  expect(await room.standing()).toEqual(before);
  await room.ask(WHO.opal, 'rollback');
  expect(room.target.exposure).toBe(0);
});

test('an operator named by id is told, too, when those who approve cannot be known', async () => {
  const workspace = freeWorkspace();
  workspace.isFree = false;
  const people = ['operators: [U0OPAL]', 'engineering-lead: ["@engineering-lead"]'];
  room = await openRoom({ transport: 'http', workspace, plan: planText({ people }) });
  await room.toReady(WHO.opal);
  workspace.isFree = true;
  await minuteLater();
  const answer = await room.ask(WHO.opal, 'advance');
  expect(answer).toContain('slack_refuses');
  expect(answer).toContain('list people by id');
  await room.ask(WHO.opal, 'pause');
  expect(await room.phase()).toBe('held');
});

test('where addresses are hidden a plan says to name people by id; where nobody may be written to, nothing waits for that', async () => {
  const workspace = restrictedWorkspace();
  room = await openRoom({
    transport: 'http',
    workspace,
    plan: planText({ people: BY_ID }),
  });
  const answer = await room.ask(WHO.opal, 'start new-checkout');
  expect(answer).toContain('person_not_found');
  expect(answer).toContain('name the person by id');
  await room.addPlan('by-group', {});
  // An approver outside the channel would get the card in a direct message.
  room.slack.setChannel(SHOP, { members: [WHO.opal, WHO.oscar, WHO.lou, 'U0ROLLOUT'] });
  await room.ask(WHO.opal, 'start by-group');
  await room.passUntil('the first bake is done', async () => (await room.phase()) === 'ready');
  await room.ask(WHO.opal, 'advance');
  await room.press(WHO.lou, 'rollout_approve');
  expect(room.target.exposure).toBe(50);
});
