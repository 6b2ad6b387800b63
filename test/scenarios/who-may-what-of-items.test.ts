/** Every verb about items, asked by everybody over the real door; who may is a table. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WHO } from '../support/scene.js';
import { openRoom, planText, type Room, withOthers } from './room.js';

type Person = 'operator' | 'lead' | 'both' | 'outsider' | 'guest' | 'stranger';

/** Opal starts, and is operator and lead at once. */
const PEOPLE: Readonly<Record<Person, string>> = {
  operator: WHO.oscar,
  lead: WHO.lea,
  both: WHO.opal,
  outsider: WHO.otto,
  guest: WHO.gina,
  stranger: WHO.stella,
};
const EVERYBODY = Object.keys(PEOPLE) as Person[];

const PLAN = planText({
  people: ['operators: ["@release-team"]', 'engineering-lead: ["@engineering-lead", U0OPAL]'],
}).replace(
  'stage: early,',
  'stage: early, exit: [Of nobody, { do: Of leads, by: engineering-lead }, { do: Waived by leads, waive: [engineering-lead] }, { run: [echo, hello], name: gate }],',
);

interface Ask {
  readonly verb: 'done' | 'fail' | 'reopen' | 'waive';
  readonly item: 'Of nobody' | 'Of leads' | 'Waived by leads';
  readonly may: readonly Person[];
}

const ASKS: readonly Ask[] = [
  { verb: 'done', item: 'Of nobody', may: ['operator', 'lead', 'both'] },
  { verb: 'done', item: 'Of leads', may: ['lead', 'both'] },
  { verb: 'fail', item: 'Of nobody', may: ['operator', 'lead', 'both'] },
  { verb: 'fail', item: 'Of leads', may: ['lead', 'both'] },
  { verb: 'reopen', item: 'Of nobody', may: ['operator', 'lead', 'both'] },
  { verb: 'reopen', item: 'Of leads', may: ['operator', 'lead', 'both'] },
  // Who started it never waives.
  { verb: 'waive', item: 'Of nobody', may: ['operator'] },
  { verb: 'waive', item: 'Of leads', may: ['lead'] },
  { verb: 'waive', item: 'Waived by leads', may: ['lead'] },
];

const CASES = ASKS.flatMap((ask) =>
  EVERYBODY.map((person) => [ask.verb, ask.item, person, ask.may.includes(person)] as const),
);

let room: Room;
beforeAll(async () => {
  room = await openRoom({ transport: 'http', plan: PLAN });
  await room.toReady(WHO.opal);
});
afterAll(() => room.close());

async function stateOf(item: string): Promise<string> {
  const { rows } = await room.db.query<{ line: string }>(
    `select line from events where type = 'item_changed' order by seq`,
  );
  const said = rows.map(({ line }) => JSON.parse(line)).filter(({ event }) => event.title === item);
  return said.at(-1)?.event.to ?? 'open';
}

/** Puts the item where the verb makes sense, by somebody who may. */
async function prepare(verb: Ask['verb'], item: string): Promise<void> {
  const state = await stateOf(item);
  if (verb === 'reopen' && state === 'open') await room.ask(WHO.lea, `done ${item}`);
  if (verb !== 'reopen' && state !== 'open') await room.ask(WHO.opal, `reopen ${item} once more`);
}

describe('who may say what of an item', () => {
  test.each(CASES)('%s · %s · %s: %s', async (verb, item, person, may) => {
    await prepare(verb, item);
    const before = await stateOf(item);
    const asks = () => room.ask(PEOPLE[person], `${verb} ${item} because`);
    await (person === 'stranger' ? withOthers(room, asks) : asks());
    expect((await stateOf(item)) !== before).toBe(may);
    expect(room.target.exposure).toBe(10);
  });
});

describe('who may have the bot do its own, and see what came of it', () => {
  const ROLES: readonly Person[] = ['operator', 'lead', 'both'];
  const runs = async () => {
    const { rowCount } = await room.db.query(`select from events where type = 'item_started'`);
    return rowCount ?? 0;
  };
  const asked = (person: Person, words: string) => {
    const asks = () => room.ask(PEOPLE[person], words);
    return person === 'stranger' ? withOthers(room, asks) : asks();
  };

  test.each(EVERYBODY.map((person) => [person, ROLES.includes(person)] as const))('%s: %s', async (person, may) => {
    await expect
      .poll(async () => (await room.ask(WHO.opal, 'output gate')).includes('hello'), { timeout: 60_000 })
      .toBe(true);
    const before = await runs();
    expect((await asked(person, 'output gate')).includes('hello')).toBe(may);
    await asked(person, 'run gate');
    await room.settle();
    expect((await runs()) > before).toBe(may);
  });
});
