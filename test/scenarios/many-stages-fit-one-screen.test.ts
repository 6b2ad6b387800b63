import { afterEach, expect, test } from 'vitest';
import { WHO } from '../support/scene.js';
import { refusedBySlack } from './everything-shown.js';
import { openRoom, planText, type Room } from './room.js';

let room: Room;
afterEach(() => room.close());

/** What a phone shows without scrolling far, buttons left out. */
const MOST_LINES = 25;
const MOST_CHARS = 1_600;

/** Fifty stages, two percent each: the first nine go on by themselves, the others ask for approval. */
function fiftyStages(): string {
  const text = planText({ channel: '#shop' });
  const stages = Array.from({ length: 50 }, (_, i) => {
    const asks = [i < 9 ? ', advance: auto' : '', i > 9 ? ', approve: [engineering-lead]' : ''].join('');
    const title = `Wave ${i + 1} of the customers of the shop`;
    return `  - { stage: wave-${i + 1}, title: ${title}, exposure: ${2 * (i + 1)}, bake: 5s, check_every: 5s${asks} }`;
  });
  return text.replace(/stages:\n[\s\S]*?rollback:/, `stages:\n${stages.join('\n')}\nrollback:`);
}

function isOneScreen(what: string, words: string): void {
  const lines = words.split('\n').filter((line) => !line.startsWith('[ '));
  expect(lines.length, `${what}\n${words}`).toBeLessThanOrEqual(MOST_LINES);
  expect(words.length, `${what}\n${words}`).toBeLessThanOrEqual(MOST_CHARS);
}

test('a rollout of fifty stages is started, moved on and looked at, each time on one screen', async () => {
  room = await openRoom({ transport: 'http', plan: fiftyStages() });
  isOneScreen('start', await room.ask(WHO.opal, 'start new-checkout'));
  expect(room.target.exposure).toBe(2);
  const look = async (): Promise<void> => {
    isOneScreen('live', room.read(room.live()));
    for (const text of ['', 'status', 'why', 'help', 'plans', 'list'])
      isOneScreen(text, await room.ask(WHO.opal, text));
    isOneScreen('home', await room.home(WHO.opal));
  };
  await room.passUntil(
    'the tenth bake is done',
    async () => (await room.phase()) === 'ready' && room.target.exposure === 20,
  );
  await room.ask(WHO.opal, 'advance');
  await look();
  await room.press(WHO.lea, 'rollout_approve');
  expect(room.target.exposure).toBe(22);
  await look();
  expect(room.read(room.live())).toMatch(
    /✔ Done 16 %, 18 %, 20 % and 7 more \u2003▶ Now 22 % · .+\n○ Then 24 %, 26 % and 36 more, last 100 %/,
  );
  // All stages below are offered as a place to go back to, and the words say where it stands.
  await room.pressOld(WHO.opal, 'rollout_rollback', { rollout: (await room.rollout()).id, form: 'to' });
  expect(room.form(WHO.opal)).toMatch(/20 %[\s\S]*2 %/);
  await room.slack.closeView({ user: WHO.opal });
  await room.ask(WHO.opal, 'rollback');
  expect(room.target.exposure).toBe(0);
  isOneScreen('live', room.read(room.live()));
  expect(refusedBySlack(room)).toEqual([]);
});
