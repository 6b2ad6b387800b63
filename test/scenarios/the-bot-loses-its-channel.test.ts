import { afterEach, describe, expect, test } from 'vitest';
import { SHOP, WHO } from '../support/scene.js';
import { breach, posts, slotOf } from './on-stage.js';
import { BOT, buttonsOf, directSlot, directWords, enter, leave } from './people-and-places.js';
import { openRoom, planText, type Room } from './room.js';

let room: Room;
afterEach(() => room.close());

const PLAN = planText().replace('people:', 'contact: [engineering-lead]\npeople:');

const WAYS = [
  {
    way: 'removed from it',
    says: `I cannot post in <#${SHOP}>: I was removed. Invite me: \`/invite @rollout\`.`,
    lose: () => leave(room, BOT),
    back: () => enter(room, BOT),
  },
  {
    way: 'it was archived',
    says: `I cannot post in <#${SHOP}>: it is archived. Unarchive it.`,
    lose: () => room.slack.setChannel(SHOP, { isArchived: true }),
    back: () => room.slack.setChannel(SHOP, { isArchived: false }),
  },
];

/** Where the bot is lost, people are still where they can write to it. */
const inPerson = (user: string, text: string) => room.ask(user, text, room.slack.directMessage(user).id);

describe.each(WAYS)('the bot loses its channel, $way, while users have it', ({ says, lose, back }) => {
  test('who started gets the request, with the contacts the incident; back again, its thread catches up, each post once', async () => {
    room = await openRoom({ transport: 'http', plan: PLAN });
    await room.toReady(WHO.opal);
    lose();
    await inPerson(WHO.opal, 'advance new-checkout');
    expect(await room.phase()).toBe('awaiting_approval');
    const request = directSlot(room, WHO.opal, 'request:');
    expect(room.read(request).split('\n')[0]).toBe(says);

    await breach(room);
    expect(room.target.exposure).toBe(0);
    await room.pass(5_000);
    for (const user of [WHO.opal, WHO.lea, WHO.lou]) {
      const incident = room.read(directSlot(room, user, 'incident:'));
      expect(incident, user).toContain(says);
      expect(incident, user).toContain('*ROLLED BACK new checkout*');
    }
    expect(directWords(room, WHO.oscar)).toBe('');
    expect(posts(room, 'incident:')).toEqual([]);

    back();
    await room.pass(70_000, 10_000);
    const root = room.live();
    for (const slot of ['request:', 'incident:']) {
      const [post, ...more] = posts(room, slot);
      expect(more, slot).toEqual([]);
      expect(post?.threadTs, slot).toBe(root?.ts);
    }
    expect(room.read(root)).toContain('Rolled back');
    // The request is over by now: nothing there may be approved any more.
    expect(buttonsOf(posts(room, 'request:')[0])).not.toContain('rollout_approve');
    expect(buttonsOf(directSlot(room, WHO.opal, 'request:'))).not.toContain('rollout_approve');
    for (const user of [WHO.opal, WHO.lea, WHO.lou])
      expect(room.read(directSlot(room, user, 'incident:')), user).not.toContain('I cannot post');
    const slots = posts(room, '').map(slotOf);
    expect(new Set(slots).size, slots.join(' ')).toBe(slots.length);
  });

  test('who started is told that it is completed', async () => {
    room = await openRoom({ transport: 'socket', plan: PLAN });
    await room.toReady(WHO.opal);
    lose();
    await inPerson(WHO.opal, 'finish new-checkout enough for today');
    await room.fill(WHO.opal, {});
    expect(await room.phase()).toBe('completed');
    const completed = room.read(directSlot(room, WHO.opal, 'completed'));
    expect(completed).toContain(says);
    expect(completed).toContain('“enough for today”');
    expect(directWords(room, WHO.lea)).toBe('');
    back();
    await room.pass(40_000, 10_000);
    expect(posts(room, 'completed')).toHaveLength(1);
  });
});
