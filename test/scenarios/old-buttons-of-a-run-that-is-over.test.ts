import { afterEach, describe, expect, test } from 'vitest';
import { WHO } from '../support/scene.js';
import { openRoom, type Room } from './room.js';

let room: Room;
afterEach(() => room.close());

/** A button as a phone that was asleep still shows it, and what the answer to it says. */
interface Old {
  readonly id: string;
  readonly value: object;
  readonly says: RegExp;
  readonly by?: string;
}

const OVER = /It is (complete|rolled back)[\s\S]*This run is over[\s\S]*refused: wrong_phase/;
const CLOSED = /(Nothing is waiting for approval|Too late: what was approved)[\s\S]*refused: request_closed/;

/** Every button that was ever drawn for a run whose second stage was reached, but for the way back. */
async function everyButton(request: string): Promise<Old[]> {
  const { id: rollout, run } = await room.rollout();
  const place = { rollout, stage: 2, attempt: 1 };
  const alarm = { plan: 'new-checkout', run, form: 'false_alarm' };
  return [
    { id: 'rollout_advance', value: place, says: OVER },
    { id: 'rollout_advance', value: { ...place, form: 'override' }, says: OVER },
    { id: 'rollout_approve', value: { request }, says: CLOSED, by: WHO.lou },
    { id: 'rollout_deny', value: { request }, says: CLOSED, by: WHO.lou },
    { id: 'rollout_withdraw', value: { request }, says: CLOSED, by: WHO.lea },
    { id: 'rollout_pause', value: { rollout }, says: OVER },
    { id: 'rollout_resume', value: { rollout }, says: OVER },
    { id: 'rollout_extend', value: { ...place, form: 'extend' }, says: OVER },
    { id: 'rollout_finish', value: { ...place, form: 'finish' }, says: OVER },
    { id: 'rollout_check', value: { rollout }, says: /Not watched now/ },
    { id: 'rollout_status', value: { rollout }, says: /\*(Finished early|Rolled back)\* · new checkout/ },
    { id: 'rollout_start', value: alarm, says: /refused: no_good_stage/ },
    { id: 'rollout_start', value: { ...alarm, run: run + 1 }, says: /refused: stale_button/ },
  ];
}

/** Half of the users have it, and lea had approved that; then it ended. */
async function over(end: () => Promise<unknown>): Promise<string> {
  room = await openRoom({ transport: 'http' });
  await room.toRequest(WHO.opal);
  const request = (await room.rollout()).request?.id ?? '';
  await room.press(WHO.lea, 'rollout_approve');
  await room.passUntil('half is done', async () => (await room.phase()) === 'ready');
  await end();
  await room.pass(60_000, 20_000);
  return request;
}

const finished = () => over(() => room.finish(WHO.opal, 'enough'));
const rolledBack = () => over(() => room.ask(WHO.opal, 'rollback'));

describe.each([
  ['finished early', finished],
  ['rolled back', rolledBack],
])('a run that was %s', (_how, end) => {
  test('answers every old button in words, those of another version too, opens no form for nothing, and moves nowhere', async () => {
    const request = await end();
    const before = await room.standing();
    for (const { id, value, says, by = WHO.opal } of await everyButton(request)) {
      expect(await room.pressOld(by, id, value), `${id} ${JSON.stringify(value)}`).toMatch(says);
      expect(room.form(by), id).toBe('');
    }
    expect(await room.standing()).toEqual(before);

    // Those of another version say what works instead.
    const all = (await everyButton(request)).map(({ id, value }) => [id, { ...value, version: 9 }] as const);
    const { id: rollout } = await room.rollout();
    const unknown = [
      ['rollout_rollback', { rollout, reason: 'old' }],
      ['rollout_have', { alert: 1 }],
      ['rollout_celebrate', { rollout }],
    ] as const;
    for (const [id, value] of [...all, ...unknown])
      expect(await room.pressOld(WHO.opal, id, value), id).toMatch(/earlier version[\s\S]*`\/rollout status`/);
    expect(await room.standing()).toEqual(before);
  });
});

test('of a run that was finished with users exposed, the way back still leads back; clicked again it changes nothing more', async () => {
  await finished();
  const rollout = { rollout: (await room.rollout()).id };
  expect(await room.pressOld(WHO.opal, 'rollout_have', rollout)).toContain('there is no alert and no incident');
  await room.pressOld(WHO.opal, 'rollout_rollback', { ...rollout, form: 'to' });
  expect(room.form(WHO.opal)).toContain('10 %');
  await room.slack.closeView({ user: WHO.opal });
  expect(room.target.exposure).toBe(50);
  await room.pressOld(WHO.opal, 'rollout_rollback', rollout);
  expect(room.target.exposure).toBe(0);
  await room.pass(60_000, 20_000);
  await room.pressOld(WHO.opal, 'rollout_rollback', rollout);
  await room.settle();
  expect(await room.standing()).toMatchObject({ exposure: 0, phase: 'rolled_back' });
});
