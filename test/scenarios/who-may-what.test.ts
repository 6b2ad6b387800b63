import { afterEach, describe, expect, test } from 'vitest';
import { type Transport, WHO } from '../support/scene.js';
import { openRoom, planText, type Room } from './room.js';

type Person = 'operator' | 'lead' | 'requester' | 'outsider' | 'guest' | 'stranger';

const PEOPLE: Readonly<Record<Person, string>> = {
  operator: WHO.oscar,
  lead: WHO.lea,
  /** Operator and lead at once, and whoever asked for the advance. */
  requester: WHO.opal,
  outsider: WHO.otto,
  guest: WHO.gina,
  stranger: WHO.stella,
};
const EVERYONE: readonly Person[] = ['operator', 'lead', 'requester', 'outsider', 'guest', 'stranger'];
const MEMBERS: readonly Person[] = ['operator', 'lead', 'requester', 'outsider'];

const PLAN = planText({ people: ['operators: ["@release-team"]', 'engineering-lead: ["@engineering-lead", U0OPAL]'] });

interface Verb {
  readonly verb: string;
  /** What is typed behind it. */
  readonly words?: string;
  readonly may: readonly Person[];
  /** Puts a fresh rollout where the verb makes sense; nothing for `start`. */
  readonly from?: 'baking' | 'ready' | 'request' | 'alert' | 'held';
  /** What users get after it was accepted. */
  readonly ends: number;
  /** The button that does it, where there is one. */
  readonly button?: boolean;
  /** Only the button does it. */
  readonly onlyButton?: boolean;
  readonly reads?: boolean;
}

const VERBS: readonly Verb[] = [
  { verb: 'start', words: 'new-checkout', may: ['operator', 'requester'], ends: 10 },
  { verb: 'status', may: MEMBERS, from: 'baking', ends: 10, button: true, reads: true },
  { verb: 'why', may: MEMBERS, from: 'baking', ends: 10, reads: true },
  { verb: 'list', may: MEMBERS, from: 'baking', ends: 10, reads: true },
  { verb: 'history', may: MEMBERS, from: 'baking', ends: 10, reads: true },
  { verb: 'help', may: MEMBERS, from: 'baking', ends: 10, reads: true },
  { verb: 'extend', words: '5m', may: ['operator', 'requester'], from: 'baking', ends: 10 },
  { verb: 'pause', may: ['operator', 'lead', 'requester'], from: 'baking', ends: 10, button: true },
  { verb: 'resume', may: ['operator', 'requester'], from: 'held', ends: 10, button: true },
  { verb: 'advance', may: ['operator', 'requester'], from: 'ready', ends: 10, button: true },
  { verb: 'approve', may: ['lead'], from: 'request', ends: 50, button: true, onlyButton: true },
  { verb: 'deny', may: ['lead', 'requester'], from: 'request', ends: 10, button: true },
  { verb: 'finish', may: ['operator', 'requester'], from: 'ready', ends: 10 },
  { verb: 'have', may: ['operator', 'lead', 'requester'], from: 'alert', ends: 10, button: true },
  { verb: 'rollback', may: ['operator', 'lead', 'requester'], from: 'baking', ends: 0, button: true },
];

const REFUSED = /not_allowed|own_request|guest_or_stranger/;

type Surface = (room: Room, user: string, verb: Verb) => Promise<string>;

/** Clicks what the button would carry, there or not: an attacker does not wait for a button to be shown. */
const byButton: Surface = async (room, user, { verb }) => {
  const { id, stageNo, attempt, request } = await room.rollout();
  const values: Readonly<Record<string, object>> = {
    approve: { request: request?.id ?? '' },
    deny: { request: request?.id ?? '' },
    advance: { rollout: id, stage: stageNo, attempt },
  };
  return room.pressOld(user, `rollout_${verb}`, values[verb] ?? { rollout: id });
};
const byCommand: Surface = (room, user, { verb, words = '' }) => room.ask(user, `${verb} ${words}`);
const byMention: Surface = (room, user, { verb, words = '' }) => room.mention(user, `${verb} ${words}`);

const TYPED = VERBS.filter((verb) => !verb.onlyButton);
const BY_MENTION = ['start', 'status', 'advance', 'rollback'];

const SURFACES: readonly { name: string; transport: Transport; does: Surface; verbs: readonly Verb[] }[] = [
  { name: 'command over HTTP', transport: 'http', does: byCommand, verbs: TYPED },
  { name: 'command over Socket Mode', transport: 'socket', does: byCommand, verbs: TYPED },
  { name: 'button', transport: 'socket', does: byButton, verbs: VERBS.filter((verb) => verb.button) },
  { name: 'mention', transport: 'http', does: byMention, verbs: TYPED.filter(({ verb }) => BY_MENTION.includes(verb)) },
];

describe.each(SURFACES)('by $name', ({ transport, does, verbs }) => {
  let room: Room;
  afterEach(() => room.close());

  test.each(verbs)('$verb is for $may alone', async (verb) => {
    room = await openRoom({ transport, plan: PLAN });
    await prepare(room, verb);
    for (const person of EVERYONE.filter((each) => !verb.may.includes(each))) {
      const before = await stands(room);
      expect(await does(room, PEOPLE[person], verb), person).toMatch(REFUSED);
      expect(await stands(room), person).toEqual(before);
      expect(room.target.exposure, person).toBe(verb.from === undefined ? 0 : 10);
    }
    for (const [nth, person] of verb.may.entries()) {
      if (nth > 0 && !verb.reads) {
        await room.close();
        room = await openRoom({ transport, plan: PLAN });
        await prepare(room, verb);
      }
      const before = await stands(room);
      expect(await does(room, PEOPLE[person], verb), person).not.toMatch(REFUSED);
      const after = await stands(room);
      expect(after.events > before.events, `${person} changes something`).toBe(!verb.reads);
      expect(room.target.exposure, person).toBe(verb.ends);
    }
  });
});

async function prepare(room: Room, { from }: Verb): Promise<void> {
  if (from === 'baking' || from === 'held' || from === 'alert') await room.command(WHO.opal, 'start new-checkout');
  if (from === 'held') await room.command(WHO.opal, 'pause');
  if (from === 'alert') {
    room.errors.set(3);
    await room.passUntil('people are told', async () => (await room.events()).includes('alert_opened'));
  }
  if (from === 'ready') await room.toReady(WHO.opal);
  if (from === 'request') await room.toRequest(WHO.opal);
}

async function stands(room: Room): Promise<{ events: number; exposure: number }> {
  return { events: (await room.events()).length, exposure: room.target.exposure };
}
