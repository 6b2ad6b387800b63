import { afterEach, describe, expect, test } from 'vitest';
import { GRID, gridWorkspace } from '../../sandbox/slack/unusual-workspaces.js';
import { SHOP, type Transport, WHO } from '../support/scene.js';
import { openRoom, planText, type Room } from './room.js';

/** Their home is the other workspace; they are in this one too. */
const OPAL = WHO.opal;
const LEA = 'W0LEA';
/** Of the other workspace alone: reads #shop, and is a stranger here. */
const NORA = 'W0NORA';

const PEOPLE = ['operators: ["@release-team"]', 'engineering-lead: ["@engineering-lead", U0OPAL, W0NORA]'];

let room: Room;
afterEach(() => room.close());

const open = (transport: Transport, words: Parameters<typeof planText>[0] = {}, isOrgInstall = false) =>
  openRoom({ transport, plan: planText({ people: PEOPLE, ...words }), workspace: gridWorkspace({ isOrgInstall }) });

const votes = async () => (await room.rollout()).request?.votes.map(({ teamId, userId }) => `${teamId} ${userId}`);
const requestId = async () => ({ request: (await room.rollout()).request?.id ?? '' });

describe.each([
  { transport: 'socket' as const, install: 'in one workspace', isOrgInstall: false },
  { transport: 'http' as const, install: 'for the whole organisation', isOrgInstall: true },
])('over $transport, installed $install, people whose home is another workspace', ({ transport, isOrgInstall }) => {
  test('take a change to 100 %', async () => {
    room = await open(transport, {}, isOrgInstall);
    await room.toRequest(OPAL);
    await room.press(LEA, 'rollout_approve');
    expect(room.target.exposure).toBe(50);
    await room.passUntil('the second bake is done', async () => (await room.phase()) === 'ready');
    await room.press(OPAL, 'rollout_advance');
    await room.press(LEA, 'rollout_approve');
    await room.passUntil('it is done', async () => (await room.phase()) === 'completed');
    expect(room.target.exposure).toBe(100);
  });

  test('see it taken back when a check breaks', async () => {
    room = await open(transport, {}, isOrgInstall);
    await room.toRequest(OPAL);
    await room.press(LEA, 'rollout_approve');
    room.errors.set(12);
    await room.passUntil('the checks took it back', async () => (await room.phase()) === 'rolled_back');
    expect(room.target.exposure).toBe(0);
  });

  test('are asked nothing when they roll back', async () => {
    room = await open(transport, {}, isOrgInstall);
    await room.ask(OPAL, 'start new-checkout');
    expect(room.target.exposure).toBe(10);
    await room.press('W0OSCAR', 'rollout_rollback');
    expect(room.target.exposure).toBe(0);
  });
});

test('everything they do, they do as one person: who asked cannot approve, and nobody votes twice', async () => {
  room = await open('http', { approve: '{ any: 2, of: [engineering-lead] }' });
  await room.toRequest(OPAL);
  const button = await requestId();
  const elsewhere = { team: { id: GRID.north }, enterprise: { id: GRID.enterpriseId } };
  const view = { id: 'V1', type: 'home', hash: '1', callback_id: '', state: { values: {} } };
  const atHome = { container: { type: 'view', view_id: 'V1' }, view, message: undefined, channel: undefined };
  const ways = [{}, elsewhere, { team: null, enterprise: elsewhere.enterprise }];
  for (const way of ways) {
    expect(await room.pressOld(OPAL, 'rollout_approve', button, way)).toContain('own_request');
    await room.pressOld(LEA, 'rollout_approve', button, way);
    await room.pressOld(LEA, 'rollout_approve', button, { ...atHome, ...way });
    expect(await votes()).toEqual([`T0SANDBOX ${LEA}`]);
  }
  expect(room.target.exposure).toBe(10);
  await room.press(LEA, 'rollout_withdraw');
  expect(await votes()).toEqual([]);
  expect((await room.events()).filter((type) => type === 'approval_recorded')).toHaveLength(1);
});

test('somebody of another workspace of the organisation is a stranger, also with a role of the plan', async () => {
  room = await open('socket');
  await room.toRequest(OPAL);
  const before = await room.standing();
  for (const action of ['rollout_approve', 'rollout_deny', 'rollout_status', 'rollout_pause', 'rollout_rollback'])
    expect(await room.press(NORA, action), action).toContain('guest_or_stranger');
  for (const text of ['status', 'rollback', 'deny no'])
    expect(await room.ask(NORA, text)).toContain('guest_or_stranger');
  expect(await room.mention(NORA, 'status')).toContain('guest_or_stranger');
  expect(await room.home(NORA)).not.toContain('new checkout');
  expect(await room.standing()).toEqual(before);
  expect(room.direct(NORA)).toEqual([]);
});

test('a form is sent by the person who filled it in, wherever their window says it was opened', async () => {
  room = await open('http');
  await room.toRequest(OPAL);
  await room.press(LEA, 'rollout_deny');
  await room.fill(LEA, { reason: 'numbers look odd' });
  expect(await room.events()).toContain('approval_denied');
});

test('a channel of two workspaces of the organisation is taken, one another company reads is not', async () => {
  room = await open('http');
  await room.ask(OPAL, 'start new-checkout');
  expect(room.target.exposure).toBe(10);
  await room.ask(OPAL, 'rollback');
  room.slack.setChannel(SHOP, { isExtShared: true });
  await room.addPlan('second-plan', { people: PEOPLE });
  await room.db.query(`update people set fetched_at = fetched_at - interval '61 seconds'`);
  expect(await room.ask(OPAL, 'start second-plan')).toContain('channel_shared');
});
