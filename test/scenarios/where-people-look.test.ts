import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { SHOP, WHO } from '../support/scene.js';
import { openRoom, planText, type Room } from './room.js';

let room: Room;
afterEach(() => room.close());

const directOf = (user: string): string => room.slack.directMessage(user).id;

describe('the Home tab', () => {
  test('says that nothing waits, and how to begin, when nothing does', async () => {
    room = await openRoom({ transport: 'socket' });
    await room.pass(86_400_000, 86_400_000);
    expect(await room.home(WHO.lea)).toMatch(/nothing/i);
    // By the same clock as with something under way, whatever this machine's shows.
    const { rows } = await room.db.query<{ s: string }>('select extract(epoch from rollout_now())::int::text as s');
    expect(JSON.stringify(room.slack.home(WHO.lea))).toContain(`<!date^${rows[0]?.s}^`);
  });

  test('shows an approver what waits for them, and approves from there', async () => {
    room = await openRoom({ transport: 'socket' });
    await room.toRequest(WHO.opal);
    const home = await room.home(WHO.lea);
    expect(home).toContain('10 % → 50 %');
    await room.slack.clickHome({ user: WHO.lea, actionId: 'rollout_approve' });
    await room.passUntil('half have it', () => room.target.exposure === 50);
    expect(await room.home(WHO.lea)).not.toContain('[ Approve ]');
  });

  test('offers the requester no approval, and an operator to pause', async () => {
    room = await openRoom({ transport: 'http' });
    await room.toRequest(WHO.opal);
    const home = await room.home(WHO.opal);
    expect(home).not.toContain('[ Approve ]');
    await room.slack.clickHome({ user: WHO.opal, actionId: 'rollout_pause' });
    await room.settle();
    expect(await room.phase()).toBe('held');
  });

  test('shows why a click there did nothing in a window, because there is no channel to say it in', async () => {
    room = await openRoom({ transport: 'http' });
    await room.toRequest(WHO.opal);
    await room.home(WHO.lea);
    await room.press(WHO.lou, 'rollout_approve');
    await room.slack.clickHome({ user: WHO.lea, actionId: 'rollout_approve' });
    await room.settle();
    expect(room.form(WHO.lea)).toContain('request_closed');
  });

  test('shows a guest and an outsider nothing of it', async () => {
    room = await openRoom({ transport: 'http' });
    await room.toRequest(WHO.opal);
    for (const user of [WHO.gina, WHO.otto]) expect(await room.home(user)).not.toMatch(/checkout|50 %/i);
  });
});

describe('bare /rollout', () => {
  test('in the channel shows its card and buttons', async () => {
    room = await openRoom({ transport: 'http' });
    await room.ask(WHO.opal, 'start new-checkout');
    const answer = await room.ask(WHO.lea, '');
    expect(answer).toContain('new checkout');
    expect(answer).toContain('[ Roll back ]');
  });

  test('in a direct message shows what concerns me, and takes my approval', async () => {
    room = await openRoom({ transport: 'http' });
    await room.toRequest(WHO.opal);
    const answer = await room.ask(WHO.lea, '', directOf(WHO.lea));
    expect(answer).toContain('10 % → 50 %');
    expect(answer).toContain('[ Approve ]');
    expect(await room.ask(WHO.otto, '', directOf(WHO.otto))).not.toContain('checkout');
  });
});

describe('what is said to the bot alone', () => {
  const said = async (user: string, text: string): Promise<string> => {
    const channel = directOf(user);
    await room.slack.say({ user, channel, text });
    await expect.poll(() => room.slack.ephemerals(channel, user).length, { timeout: 60_000 }).toBeGreaterThan(0);
    return room.read(room.slack.ephemerals(channel, user).at(-1));
  };

  test('is a command, with or without its slash', async () => {
    room = await openRoom({ transport: 'http' });
    await room.toRequest(WHO.opal);
    expect(await said(WHO.lea, 'why new-checkout')).toContain('50 %');
    expect(await said(WHO.opal, 'status new-checkout')).toContain('[ Roll back ]');
  });

  test('is refused where it makes no sense, with what does', async () => {
    room = await openRoom({ transport: 'socket' });
    expect(await said(WHO.lea, 'hello there')).toContain('/rollout help');
    expect(await said(WHO.gina, 'status')).toContain('guest_or_stranger');
  });
});

describe('a mention', () => {
  test('alone explains what this is, where nothing is running', async () => {
    room = await openRoom({ transport: 'http' });
    const answer = await room.mention(WHO.otto, '');
    expect(answer).toContain('/rollout help');
    expect(answer).toContain('new-checkout');
  });

  test('alone in the thread of a rollout shows its card', async () => {
    room = await openRoom({ transport: 'http' });
    await room.ask(WHO.opal, 'start new-checkout');
    expect(await room.mention(WHO.opal, '', room.live()?.ts ?? '')).toContain('[ Roll back ]');
  });
});

describe('looking again', () => {
  test('check reads now, and what it reads counts', async () => {
    const plan = planText().replace('name: $ERRORS }', 'name: $ERRORS }, window: 2s');
    room = await openRoom({ transport: 'http', plan });
    await room.toReady(WHO.opal);
    room.errors.set(3);
    await room.pass(3_000, 3_000);
    expect(await room.ask(WHO.opal, 'check')).toMatch(/Error rate 3 %/);
    await room.pass(3_000, 3_000);
    await room.ask(WHO.opal, 'check');
    expect(await room.events()).toContain('alert_opened');
  });

  test('check of a rollout that is not watched reads once, says so, and records nothing', async () => {
    room = await openRoom({ transport: 'http' });
    await room.toReady(WHO.opal);
    await room.finish(WHO.opal, 'enough');
    const before = await room.standing();
    expect(await room.ask(WHO.opal, 'check new-checkout#1')).toMatch(/not watched/i);
    expect(await room.standing()).toEqual(before);
  });

  test('plans lists what can be started, and the mistakes of the others by file and line', async () => {
    room = await openRoom({ transport: 'http' });
    await writeFile(
      join(room.config.plansDir, 'broken.yml'),
      planText({ name: 'broken' }).replace('bake: 20s', 'bake: soon'),
    );
    const answer = await room.ask(WHO.otto, 'plans');
    expect(answer).toMatch(/broken\.yml:\d+:\d+/);
    expect(answer).toContain('/rollout start new-checkout');
    expect(answer).not.toContain('/rollout start broken');
  });

  test('help says what makes sense now for me, with real names, and how this bot is set up', async () => {
    room = await openRoom({ transport: 'socket' });
    await room.toRequest(WHO.opal);
    const lea = await room.ask(WHO.lea, 'help');
    expect(lea).toContain('/rollout deny new-checkout');
    expect(lea).not.toContain('/rollout advance');
    expect(lea).toMatch(/every 4 h/);
    expect(lea).toMatch(/Europe\/Berlin/);
    expect(await room.ask(WHO.opal, 'help', directOf(WHO.opal))).toMatch(/Socket Mode/);
  });
});

describe('advance: auto', () => {
  const AUTO = planText()
    .replace('exposure: 10, bake: 20s', 'exposure: 10, advance: auto, bake: 20s')
    .replace(', approve: [engineering-lead]', '');

  test('goes on by itself when the bake has passed, in the name of who started', async () => {
    room = await openRoom({ transport: 'http', plan: AUTO });
    await room.ask(WHO.opal, 'start new-checkout');
    await room.passUntil('half have it', () => room.target.exposure === 50, { stepMs: 5_000, maxMs: 120_000 });
    expect(room.transcript().replaceAll('\u00a0', ' ')).toContain('10 % complete');
    const { rows } = await room.db.query<{ actor: string }>(
      `select actor from events where type = 'raise_ordered' order by seq desc limit 1`,
    );
    expect(rows[0]?.actor).toContain(WHO.opal);
  });

  test('waits for a person while a warning is open, and goes on when it is over', async () => {
    room = await openRoom({ transport: 'http', plan: AUTO });
    room.errors.set(3);
    await room.ask(WHO.opal, 'start new-checkout');
    await room.passUntil('the bake is over', async () => (await room.phase()) === 'ready', { maxMs: 120_000 });
    await room.pass(60_000, 10_000);
    expect(room.target.exposure).toBe(10);
    room.errors.set(0.3);
    await room.passUntil('half have it', () => room.target.exposure === 50, { maxMs: 120_000 });
  });
});

test('refused at once, by name, when nobody would be left to approve', async () => {
  const people = ['operators: ["@release-team"]', 'lead: [U0LEA]'];
  room = await openRoom({ transport: 'http', plan: planText({ people, approve: '[lead]' }) });
  await room.toReady(WHO.opal);
  room.slack.setUser(WHO.lea, { deleted: true });
  await room.db.query(`update people set fetched_at = now() - interval '1 hour'`);
  const answer = await room.ask(WHO.opal, 'advance');
  expect(answer).toContain('too_few_approvers');
  expect(await room.phase()).toBe('ready');
});

describe('an answer is where the person looks', () => {
  test('a refused click on a card in the channel is answered there and in its thread', async () => {
    room = await openRoom({ transport: 'http' });
    await room.toRequest(WHO.opal);
    await room.press(WHO.otto, 'rollout_approve');
    const told = room.slack.ephemerals(SHOP, WHO.otto);
    expect(told.map(({ threadTs }) => threadTs !== undefined).sort()).toEqual([false, true]);
    for (const message of told) expect(room.read(message)).toContain('not_allowed');
  });

  test('a card only I see is brought up to date when I click on it', async () => {
    room = await openRoom({ transport: 'http' });
    await room.toRequest(WHO.opal);
    await room.ask(WHO.lea, 'approve');
    const card = room.slack.ephemerals(SHOP, WHO.lea).at(-1);
    const where = { user: WHO.lea, channel: SHOP, ts: card?.ts ?? '', ephemeral: true };
    await room.slack.click({ ...where, actionId: 'rollout_approve' });
    await room.passUntil('half have it', () => room.target.exposure === 50);
    expect(
      room.slack
        .ephemerals(SHOP, WHO.lea)
        .map((message) => room.read(message))
        .join(),
    ).not.toContain('[ Approve ]');
  });

  test('rollback where nothing runs names what runs elsewhere, instead of saying that nothing does', async () => {
    room = await openRoom({ transport: 'http' });
    await room.ask(WHO.opal, 'start new-checkout');
    const answer = await room.ask(WHO.opal, 'rollback', directOf(WHO.opal));
    expect(answer).toContain('/rollout rollback new-checkout#1');
    expect(answer).not.toContain('/rollout start');
    expect(room.target.exposure).toBe(10);
    expect(await room.ask(WHO.gina, 'rollback', directOf(WHO.gina))).not.toContain('checkout');
  });

  test('the name first is understood, and what tired people type is met with what they meant', async () => {
    room = await openRoom({ transport: 'http' });
    await room.ask(WHO.opal, 'start new-checkout');
    for (const word of ['stop', 'undo', 'abort!']) expect(await room.ask(WHO.opal, word)).toContain('rollback');
    expect(room.target.exposure).toBe(10);
    await room.ask(WHO.opal, 'new-checkout rollback users complain');
    expect(room.target.exposure).toBe(0);
  });

  test('Home says what was rolled back today', async () => {
    room = await openRoom({ transport: 'http' });
    await room.ask(WHO.opal, 'start new-checkout');
    await room.ask(WHO.opal, 'rollback');
    expect(await room.home(WHO.oscar)).toMatch(/10 % → 0 %/);
    expect(await room.home(WHO.otto)).not.toMatch(/10 %/);
  });

  test('who started it is told when somebody else pauses it', async () => {
    room = await openRoom({ transport: 'http' });
    await room.ask(WHO.opal, 'start new-checkout');
    await room.ask(WHO.lea, 'pause the logs look odd');
    expect(
      room
        .direct(WHO.opal)
        .map((message) => room.read(message))
        .join(),
    ).toContain('the logs look odd');
    expect(room.direct(WHO.lea)).toEqual([]);
  });
});
