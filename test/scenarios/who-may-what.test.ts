import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isTerminal } from '../../src/rollout/state/rollout.js';
import { VERBS as ALL_VERBS } from '../../src/rollout/state/verbs.js';
import { SHOP, type Transport, WHO } from '../support/scene.js';
import { openRoom, planText, type Room, withOthers } from './room.js';

const MINUTE = 60_000;

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

const PEOPLE_LINES = ['operators: ["@release-team"]', 'engineering-lead: ["@engineering-lead", U0OPAL]'];
const PLAN = planText({ people: PEOPLE_LINES });
/** One approval is not enough, so that it can be taken back. */
const TWO_APPROVE = planText({ people: PEOPLE_LINES, approve: '{ any: 2, of: [engineering-lead] }' });

interface Verb {
  readonly verb: string;
  /** What is typed behind it. */
  readonly words?: string;
  readonly may: readonly Person[];
  /** Puts a fresh rollout where the verb makes sense; nothing for `start`. */
  readonly from?: 'baking' | 'ready' | 'request' | 'voted' | 'alert' | 'held';
  /** What users get after it was accepted. */
  readonly ends: number;
  /** The button that does it, where there is one. */
  readonly button?: boolean;
  /** Only the button does it. */
  readonly onlyButton?: boolean;
  readonly reads?: boolean;
  /** What is filled in where it opens a form. */
  readonly fields?: Readonly<Record<string, string>>;
  /** The form its button opens. */
  readonly form?: string;
}

const VERBS: readonly Verb[] = [
  { verb: 'start', words: 'new-checkout', may: ['operator', 'requester'], ends: 10 },
  {
    verb: 'start',
    may: ['operator', 'requester'],
    ends: 10,
    button: true,
    form: 'start',
    fields: { plan: 'new-checkout' },
  },
  { verb: 'status', may: MEMBERS, from: 'baking', ends: 10, button: true, reads: true },
  { verb: 'why', may: MEMBERS, from: 'baking', ends: 10, reads: true },
  { verb: 'list', may: MEMBERS, from: 'baking', ends: 10, reads: true },
  { verb: 'history', may: MEMBERS, from: 'baking', ends: 10, reads: true },
  { verb: 'help', may: MEMBERS, from: 'baking', ends: 10, reads: true },
  { verb: 'alerts', may: MEMBERS, from: 'baking', ends: 10, reads: true },
  { verb: 'plans', may: MEMBERS, from: 'baking', ends: 10, reads: true },
  { verb: 'baseline', may: MEMBERS, from: 'baking', ends: 10, reads: true },
  {
    verb: 'check',
    may: ['operator', 'lead', 'requester'],
    from: 'baking',
    ends: 10,
    button: true,
    reads: true,
  },
  { verb: 'extend', words: '5m late start', may: ['operator', 'requester'], from: 'baking', ends: 10 },
  {
    verb: 'extend',
    may: ['operator', 'requester'],
    from: 'baking',
    ends: 10,
    button: true,
    form: 'extend',
    fields: { duration: '5m', reason: 'late start' },
  },
  { verb: 'pause', may: ['operator', 'lead', 'requester'], from: 'baking', ends: 10, button: true },
  { verb: 'resume', may: ['operator', 'requester'], from: 'held', ends: 10, button: true },
  { verb: 'advance', may: ['operator', 'requester'], from: 'ready', ends: 10, button: true },
  { verb: 'approve', may: ['lead'], from: 'request', ends: 50, button: true, onlyButton: true },
  {
    verb: 'deny',
    words: 'not now',
    may: ['lead', 'requester'],
    from: 'request',
    ends: 10,
    button: true,
    fields: { reason: 'not now' },
  },
  { verb: 'withdraw', may: ['lead'], from: 'voted', ends: 10, button: true },
  {
    verb: 'finish',
    words: 'enough',
    may: ['operator', 'requester'],
    from: 'ready',
    ends: 10,
    button: true,
    form: 'finish',
    fields: { reason: 'enough' },
  },
  {
    verb: 'advance',
    may: ['operator', 'requester'],
    from: 'baking',
    ends: 10,
    button: true,
    form: 'override',
    fields: { reason: 'the fix has to reach everybody' },
  },
  {
    verb: 'rollback',
    may: ['operator', 'lead', 'requester'],
    from: 'baking',
    ends: 0,
    button: true,
    form: 'to',
    fields: { to: 'off', reason: 'they complain' },
  },
  { verb: 'have', may: ['operator', 'lead', 'requester'], from: 'alert', ends: 10, button: true },
  { verb: 'rollback', may: ['operator', 'lead', 'requester'], from: 'baking', ends: 0, button: true },
];

const REFUSED = /not_allowed|own_request|guest_or_stranger|not_voted/;

type Surface = (room: Room, user: string, verb: Verb) => Promise<string>;

/** What the button would carry. */
async function carriedBy(room: Room, { verb, form }: Verb): Promise<object> {
  if (form === 'start') return { plan: '', form };
  const {
    id,
    stage: { no: stageNo, attempt },
    request,
  } = await room.rollout();
  if (['approve', 'deny', 'withdraw'].includes(verb)) return { request: request?.id ?? '' };
  const seen = verb === 'advance' || verb === 'finish' ? { stage: stageNo, attempt } : {};
  return { rollout: id, ...seen, ...(form === undefined ? {} : { form }) };
}

/** A form that opened is filled in; what it says in the end, and it is closed. */
async function through(room: Room, user: string, { verb, answer }: { verb: Verb; answer: string }): Promise<string> {
  if (room.form(user) === '') return answer;
  const said = await room.fill(user, verb.fields ?? {});
  if (room.form(user) !== '') await room.slack.closeView({ user });
  return said;
}

/** Clicks, button there or not: an attacker does not wait for one to be shown. */
const byButton: Surface = async (room, user, verb) => {
  const answer = await room.pressOld(user, `rollout_${verb.verb}`, await carriedBy(room, verb));
  return through(room, user, { verb, answer });
};
/** The same from the Home tab, where there is no channel and an answer is a window. */
const byHome: Surface = async (room, user, verb) => {
  const view = { id: 'V0HOME', type: 'home', hash: '1', callback_id: '', state: { values: {} } };
  const body = { container: { type: 'view', view_id: 'V0HOME' }, view, message: undefined, channel: undefined };
  const asked = await room.pressOld(user, `rollout_${verb.verb}`, await carriedBy(room, verb), body);
  const opens = verb.form !== undefined || verb.verb === 'deny';
  if (opens && !REFUSED.test(room.form(user))) return through(room, user, { verb, answer: asked });
  const said = room.form(user);
  if (said !== '') await room.slack.closeView({ user });
  return said === '' ? asked : said;
};
const byCommand: Surface = async (room, user, verb) =>
  through(room, user, { verb, answer: await room.ask(user, `${verb.verb} ${verb.words ?? ''}`) });
/** What raises or ends is answered with a button; a click on it does it. */
const byMention: Surface = async (room, user, verb) => {
  const answer = await room.mention(user, `${verb.verb} ${verb.words ?? ''}`);
  const offered = room.slack.ephemerals(SHOP, user).at(-1);
  const actionId = `rollout_${verb.verb}`;
  const takesAClick = ['start', 'advance', 'finish'].includes(verb.verb);
  if (!takesAClick || !JSON.stringify(offered?.blocks ?? []).includes(actionId)) return answer;
  await room.slack.click({ user, channel: SHOP, ts: offered?.ts ?? '', actionId, ephemeral: true });
  await room.settle();
  return through(room, user, { verb, answer });
};

const TYPED = VERBS.filter((verb) => !verb.onlyButton && (verb.form === undefined || verb.verb === 'finish'));
const BUTTONS = VERBS.filter((verb) => verb.button);
/** Who somebody is, is asked in one place for all of them; a few show that it is asked. */
const SOME = TYPED.filter(({ verb }) => ['start', 'status', 'advance', 'deny', 'finish', 'rollback'].includes(verb));

interface Way {
  readonly name: string;
  readonly transport: Transport;
  readonly does: Surface;
  readonly verbs: readonly Verb[];
  /** Everyone who may is tried, each in a room of their own; elsewhere the first of them, and all who may not. */
  readonly everybody?: boolean;
}

const SURFACES: readonly Way[] = [
  { name: 'command over HTTP', transport: 'http', does: byCommand, verbs: TYPED, everybody: true },
  { name: 'command over Socket Mode', transport: 'socket', does: byCommand, verbs: SOME },
  { name: 'button', transport: 'socket', does: byButton, verbs: BUTTONS },
  { name: 'button in the Home tab', transport: 'http', does: byHome, verbs: BUTTONS },
  { name: 'mention', transport: 'http', does: byMention, verbs: SOME },
];

// `report` needs a check that people report, and items need a list: judged-by-what-was-measured and who-may-what-of-items try them.
test('every verb there is, is tried', () => {
  const elsewhere = ['report', 'items', 'output', 'done', 'fail', 'reopen', 'run', 'waive'];
  expect(new Set([...VERBS.map(({ verb }) => verb), ...elsewhere])).toEqual(new Set(ALL_VERBS));
});

/** Where the rollout is when a verb is tried; undefined: there is none. */
type From = Verb['from'];
const FROM: readonly From[] = [undefined, 'baking', 'alert', 'held', 'ready', 'request', 'voted'];

const tried = SURFACES.flatMap((way) => {
  const froms = FROM.filter((from) => way.verbs.some((verb) => verb.from === from));
  return froms.map((from) => ({ ...way, from, verbs: way.verbs.filter((verb) => verb.from === from) }));
});

// One room for each transport and plan: another rollout is begun in it where one was changed.
const rooms = new Map<string, Room>();
afterAll(async () => {
  for (const room of rooms.values()) await room.close();
});

async function roomOf(transport: Transport, from: From): Promise<Room> {
  const name = `${transport} ${from === 'voted'}`;
  const known = rooms.get(name);
  if (known) return known;
  const room = await openRoom({ transport, plan: from === 'voted' ? TWO_APPROVE : PLAN });
  rooms.set(name, room);
  return room;
}

describe.each(tried)('by $name, from $from', ({ transport, does, verbs, from, everybody = false }) => {
  let room: Room;
  let moved = false;
  beforeAll(async () => {
    room = await roomOf(transport, from);
    await prepare(room, from);
  });

  test.each(verbs)('$verb $form: refused to all but $may, and nothing changed', async (verb) => {
    for (const person of EVERYONE.filter((each) => !verb.may.includes(each))) {
      const before = await stands(room);
      const tries = () => does(room, PEOPLE[person], verb);
      expect(await (person === 'stranger' ? withOthers(room, tries) : tries()), person).toMatch(REFUSED);
      expect(await stands(room), person).toEqual(before);
      expect(room.target.exposure, person).toBe(from === undefined ? 0 : 10);
    }
  });

  const allowed = verbs.flatMap((verb) => {
    const people = everybody || verb.reads ? verb.may : verb.may.slice(0, 1);
    return people.map((person) => ({ ...verb, person, verb: verb.verb }));
  });

  // What only reads comes first, since it leaves the rollout where it is.
  test.each(allowed.toSorted((a, b) => Number(b.reads ?? false) - Number(a.reads ?? false)))(
    '$verb $form: done for $person',
    async ({ person, ...verb }) => {
      if (moved) await prepare(room, from);
      moved = !verb.reads;
      const before = await stands(room);
      expect(await does(room, PEOPLE[person], verb), person).not.toMatch(REFUSED);
      const after = await stands(room);
      expect(after.events > before.events, `${person} changes something`).toBe(!verb.reads);
      expect(room.target.exposure, person).toBe(verb.ends);
    },
  );
});

/** Everyone back to nothing, and then where the verb makes sense. */
async function prepare(room: Room, from: From): Promise<void> {
  room.errors.set(0.3);
  if ((await room.events()).length > 0) {
    if (room.target.exposure > 0) await room.command(WHO.opal, 'rollback new-checkout to off');
    // Another is not begun at once after that.
    await room.pass(MINUTE);
    expect(isTerminal((await room.rollout()).phase)).toBe(true);
    expect(room.target.exposure).toBe(0);
  }
  if (from === 'baking' || from === 'held' || from === 'alert') await room.command(WHO.opal, 'start new-checkout');
  if (from === 'held') await room.command(WHO.opal, 'pause');
  if (from === 'alert') {
    const before = await alerts(room);
    room.errors.set(3);
    await room.passUntil('people are told', async () => (await alerts(room)) > before);
  }
  if (from === 'ready') await room.toReady(WHO.opal);
  if (from === 'request' || from === 'voted') await room.toRequest(WHO.opal);
  if (from === 'voted') await room.press(WHO.lea, 'rollout_approve');
}

async function alerts(room: Room): Promise<number> {
  return (await room.events()).filter((type) => type === 'alert_opened').length;
}

async function stands(room: Room): Promise<{ events: number; exposure: number }> {
  return { events: (await room.events()).length, exposure: room.target.exposure };
}
