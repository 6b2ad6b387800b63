import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { RunningSlack } from '../../sandbox/slack/index.js';
import { SHOP, TRANSPORTS, WHO } from '../support/scene.js';
import { openRoom, planText, type Room } from './room.js';

/** No stage asks for an approval: whatever is taken for an order goes out at once. */
const PLAN = planText({ channel: '#shop' }).replaceAll(', approve: [engineering-lead]', '');
const ME = '<@U0ROLLOUT>';
const SOON = { timeout: 60_000, interval: 10 };

let room: Room;
afterEach(() => room.close());

/** Writes a message as it is; what only this person was told in answer. */
async function say(text: string, channel = SHOP): Promise<string> {
  const before = room.slack.ephemerals(channel, WHO.opal).length;
  const told = () => room.slack.ephemerals(channel, WHO.opal).slice(before);
  await room.slack.say({ user: WHO.opal, channel, text });
  await vi.waitFor(() => expect(told().length).toBeGreaterThan(0), SOON);
  await room.settle();
  return told()
    .map((message) => room.read(message))
    .join('\n');
}

/** Clicks the button of the newest answer to this person. */
async function clickOffered(actionId: string, channel = SHOP): Promise<void> {
  const offered = room.slack
    .ephemerals(channel, WHO.opal)
    .findLast(({ blocks }) => JSON.stringify(blocks).includes(actionId));
  expect(offered).toBeDefined();
  await room.slack.click({ user: WHO.opal, channel, ts: offered?.ts ?? '', actionId, ephemeral: true });
  await room.settle();
}

describe.each(TRANSPORTS)('over %s', (transport) => {
  test('start, advance, resume and finish by a mention answer with the button that does it', async () => {
    room = await openRoom({ transport, plan: PLAN });
    expect(await say(`${ME} start new-checkout numbers look good`)).toContain('With the reason: “numbers look good”');
    expect(await room.events()).toEqual([]);
    await clickOffered('rollout_start');
    expect(room.target.exposure).toBe(10);
    expect(await room.rollout()).toMatchObject({ note: 'numbers look good' });

    expect(await say(`${ME} advance`)).toContain('bake_incomplete');
    await room.passUntil('the first bake is done', async () => (await room.phase()) === 'ready');
    const before = await room.standing();
    expect(await say(`${ME} advance 50, p95 is fine`)).toContain('With the reason: “p95 is fine”');
    expect(await say(`${ME} advance 100`)).toContain('100 % is not the next stage');
    expect(await room.standing()).toEqual(before);
    await say(`${ME} advance 50, p95 is fine`);
    await clickOffered('rollout_advance');
    expect(room.target.exposure).toBe(50);

    expect(await say(`${ME} pause look`)).toContain('paused at 50 %');
    expect(await say(`${ME} resume, all is well`)).toContain('takes a click');
    expect(await room.phase()).toBe('held');
    expect(await say(`${ME} finish we are done`)).toContain('Ending it also ends the watching');
    expect(await room.phase()).toBe('held');
    await say(`${ME} resume, all is well`);
    await clickOffered('rollout_resume');
    expect(await room.phase()).toBe('baking');

    expect(await say(`${ME} rollback if it breaks`)).toContain('said with a condition or a negation');
    expect(await say(`${ME} never rollback`)).toContain('said with a condition or a negation');
    expect(room.target.exposure).toBe(50);
    await clickOffered('rollout_rollback');
    expect(room.target.exposure).toBe(0);
  });

  test('an old button of a mention is refused once the rollout has moved on', async () => {
    room = await openRoom({ transport, plan: PLAN });
    await room.toReady(WHO.opal);
    await say(`${ME} advance`);
    await room.ask(WHO.opal, 'advance');
    await room.passUntil('the second bake is done', async () => (await room.phase()) === 'ready');
    await clickOffered('rollout_advance');
    expect(room.target.exposure).toBe(50);
  });

  test('words that are not addressed to the bot, and edited ones, do nothing and are answered once, privately', async () => {
    room = await openRoom({ transport, plan: PLAN });
    await room.toReady(WHO.opal);
    const before = await room.standing();
    for (const text of [
      `please don't ${ME} advance yet`,
      `> ${ME} advance\nshould we?`,
      `\`${ME} advance\``,
      `\`\`\`${ME} rollback\`\`\``,
      `did ${ME} rollback yesterday?`,
    ])
      expect(await say(text), text).toContain('only where a new message begins with it');
    const message = await room.slack.say({ user: WHO.opal, channel: SHOP, text: `${ME} advnace` });
    await room.settle();
    const told = () => room.slack.ephemerals(SHOP, WHO.opal).length;
    const answered = told();
    await room.slack.editMessage({ channel: SHOP, ts: message.ts, text: `${ME} rollback` });
    await vi.waitFor(() => expect(told()).toBe(answered + 1), SOON);
    await room.slack.editMessage({ channel: SHOP, ts: message.ts, text: `${ME} thanks` });
    await room.settle();
    expect(told()).toBe(answered + 1);
    expect(room.read(room.slack.ephemerals(SHOP, WHO.opal).at(-1))).toContain('I do not read an edited message again');
    expect(await room.standing()).toEqual(before);
  });

  test('rollback by a mention is carried out, and once, however often Slack tells of the message', async () => {
    room = await openRoom({ transport, plan: PLAN });
    await room.toReady(WHO.opal);
    const before = room.slack.ephemerals(SHOP, WHO.opal).length;
    await room.slack.say({ user: WHO.opal, channel: SHOP, text: `hey ${ME}: rollback 5xx errors on checkout` });
    await vi.waitFor(() => expect(room.slack.ephemerals(SHOP, WHO.opal).length).toBe(before + 1), SOON);
    await room.settle();
    expect(room.target.exposure).toBe(0);
    const slack = room.slack as RunningSlack;
    const event = slack.deliveries.findLast(({ body }) => JSON.stringify(body).includes('app_mention'));
    await event?.again();
    await room.settle();
    expect((await room.events()).filter((type) => type === 'rollback_ordered')).toHaveLength(1);
  });

  test('a direct message is read like a mention', async () => {
    room = await openRoom({ transport, plan: PLAN });
    await room.toReady(WHO.opal);
    const { id } = room.slack.directMessage(WHO.opal);
    const before = await room.standing();
    expect(await say('advance new-checkout', id)).toContain('takes a click');
    expect(await room.standing()).toEqual(before);
    const message = await room.slack.say({ user: WHO.opal, channel: id, text: 'status new-checkout' });
    await room.slack.editMessage({ channel: id, ts: message.ts, text: 'rollback new-checkout' });
    await room.settle();
    expect(await room.standing()).toEqual(before);
    await say('advance new-checkout', id);
    await clickOffered('rollout_advance', id);
    expect(room.target.exposure).toBe(50);
    await say('rollback new-checkout', id);
    expect(room.target.exposure).toBe(0);
  });
});

test('no text behind a mention raises', async () => {
  room = await openRoom({ transport: 'http', plan: PLAN });
  await room.toReady(WHO.opal);
  const word = fc.constantFrom(
    ...[
      'advance',
      'start',
      'resume',
      'approve',
      'finish',
      'extend',
      '1h',
      'new-checkout',
      'to',
      '50',
      '%',
      'half',
      'everyone',
    ],
    ...[
      'please',
      'ok',
      'again',
      'false-alarm',
      'now',
      '!',
      ',',
      '?',
      ME,
      '&gt;',
      '`',
      'numbers',
      'good',
      'baseline',
      'check',
    ],
  );
  await fc.assert(
    fc.asyncProperty(fc.array(word, { maxLength: 6 }), async (words) => {
      await say(`${ME} ${words.join(' ')}`);
      expect(room.target.exposure).toBe(10);
    }),
    { numRuns: 60 },
  );
  const ordered = (await room.events()).filter((type) => type === 'raise_ordered');
  expect(ordered).toHaveLength(1);
});
