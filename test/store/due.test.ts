import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Rollout } from '../../src/rollout/state/rollout.js';
import { claimDirect, dueTellings } from '../../src/store/direct.js';
import { dueEffectsOf, msUntilDue, whatIsDue } from '../../src/store/due.js';
import { claimEffects, freeDead } from '../../src/store/effects.js';
import { claimDoubts } from '../../src/store/late-calls.js';
import { claimRedraws } from '../../src/store/messages.js';
import { claimDue } from '../../src/store/rollouts.js';
import { claimWatches } from '../../src/store/watches.js';
import { baking, openStore, type Store } from './store.js';

let store: Store;
let rollout: Rollout;
beforeEach(async () => {
  store = await openStore();
  rollout = await baking(store);
  await store.db.query(`update watches set next_check_at = rollout_now() + interval '1 minute', last_check_at = rollout_now();
    update rollouts set next_wake_at = rollout_now() + interval '1 minute'`);
});
afterEach(() => store.close());

const NOTHING = {
  target: false,
  message: false,
  direct: false,
  step: false,
  tellings: false,
  others: false,
  checks: false,
  wakes: false,
  redraws: false,
  doubts: false,
} as const;

/** What each claim finds now. */
async function found(): Promise<Record<keyof typeof NOTHING, boolean>> {
  const claim = { worker: 'me', limit: 5 };
  return {
    others: (await freeDead(store.db, 'me')) > 0,
    target: (await claimEffects(store.db, { ...claim, lane: 'target' })).length > 0,
    message: (await claimEffects(store.db, { ...claim, lane: 'message' })).length > 0,
    direct: (await claimDirect(store.db, { ...claim, inHand: [] })).length > 0,
    step: (await claimEffects(store.db, { ...claim, lane: 'step' })).length > 0,
    tellings: (await dueTellings(store.db, 5)).length > 0,
    checks: (await claimWatches(store.db, claim)).length > 0,
    wakes: (await claimDue(store.db, 5)).length > 0,
    redraws: (await claimRedraws(store.db, 1_000, 5)).length > 0,
    doubts: (await claimDoubts(store.db, 5)).length > 0,
  };
}

const effect = (columns: string, values: string): string =>
  `insert into effects (rollout_id, seq, n, kind, place, slot, payload, ${columns}) select id, 900, 0, 'show', 'root', 's', '{"kind":"show","message":{"template":"live"}}', ${values} from rollouts`;
const post = (columns: string, values: string): string =>
  `insert into messages (rollout_id, slot, channel_id, root, ts, shown_hash, ${columns}) select id, 'live', 'C', true, '1', '', ${values} from rollouts`;
const STEP = (columns: string, values: string): string =>
  `insert into effects (rollout_id, seq, n, lane, kind, payload${columns}) select id, 900, 0, 'step', 'step', '{"kind":"step"}'${values} from rollouts`;
const READ = `insert into effects (rollout_id, seq, n, lane, kind, holds_up, payload, not_before) select id, 900, 0, 'target', 'read', false, '{"kind":"read"}',`;

describe('one statement says of everything whether it is there to be claimed', () => {
  test('with nothing due', async () => {
    expect(await whatIsDue(store.db, 'me')).toEqual(NOTHING);
    expect(await found()).toEqual(NOTHING);
  });

  test.each<[string, string, Partial<typeof NOTHING> | Record<string, boolean>]>([
    ['checks', 'update watches set next_check_at = rollout_now()', { checks: true }],
    [
      'checks after the clock went back',
      `update watches set last_check_at = rollout_now() + interval '1 hour'`,
      { checks: true },
    ],
    [
      'checks whose lease is over',
      `update watches set claimed_by = 'me', lease_until = now() - interval '1 second', next_check_at = rollout_now()`,
      { checks: true },
    ],
    [
      'checks that this process lost track of',
      `update watches set claimed_by = 'me', lease_until = now() + interval '10 seconds', next_check_at = rollout_now()`,
      { checks: true },
    ],
    ['a wake', 'update rollouts set next_wake_at = rollout_now()', { wakes: true }],
    ['a post', effect('lane', `'message'`), { message: true }],
    ['a post to be tried again', effect('lane, retry_at', `'message', rollout_now()`), { message: true }],
    [
      'a post that is not to be tried yet',
      effect('lane, retry_at', `'message', rollout_now() + interval '1 second'`),
      {},
    ],
    [
      'a post put off before the clock went back',
      effect('lane, retry_at', `'message', rollout_now() + interval '1 hour'`),
      { message: true },
    ],
    [
      'a post this process lost track of',
      effect('lane, state, claimed_by, lease_until', `'message', 'claimed', 'me', now() + interval '5 seconds'`),
      { message: true },
    ],
    ['a post that was shown', effect('lane, state', `'message', 'done'`), {}],
    ['a direct message', effect('lane, person', `'direct', 'U1'`), { direct: true }],
    ['a step', STEP('', ''), { step: true }],
    [
      'a step this process lost track of',
      STEP(', state, claimed_by, lease_until', `, 'claimed', 'me', now() + interval '5 seconds'`),
      { step: true },
    ],
    ['a telling', effect('lane, state, tell_at', `'message', 'done', rollout_now()`), { tellings: true }],
    ['a telling that was decided', effect('lane, state, tell_at', `'message', 'done', 'infinity'`), {}],
    ['a settle read', `${READ} rollout_now() from rollouts`, { target: true }],
    ['a settle read to come', `${READ} rollout_now() + interval '5 seconds' from rollouts`, {}],
    ['a live message', post('next_edit_at', 'rollout_now()'), { redraws: true }],
    ['a live message to come', post('next_edit_at', `rollout_now() + interval '1 second'`), {}],
    ['a late call', post('doubt_at', 'rollout_now()'), { doubts: true }],
    ['a late call to come', post('doubt_at', `rollout_now() + interval '1 second'`), {}],
    [
      'a live message of a rollout that ended',
      `update rollouts set phase = 'completed'; ${post('next_edit_at', 'rollout_now()')}`,
      {},
    ],
  ])('with %s', async (_name, sql, expected) => {
    await store.db.query(sql);
    expect(await whatIsDue(store.db, 'me')).toEqual({ ...NOTHING, ...expected });
    expect(await found()).toEqual({ ...NOTHING, ...expected });
  });

  test('with checks of a process that is gone, which are there once they were freed', async () => {
    await store.db.query(
      `update watches set claimed_by = 'gone', lease_until = now() + interval '15 seconds', next_check_at = rollout_now()`,
    );
    expect(await whatIsDue(store.db, 'me')).toEqual({ ...NOTHING, others: true });
    expect(await found()).toEqual({ ...NOTHING, others: true, checks: true });
  });

  test('with a step of another process, which is there once that is gone and not when it is slow', async () => {
    await store.db.query(STEP(', state, claimed_by, lease_until', `, 'claimed', 'gone', now() - interval '1 minute'`));
    expect(await whatIsDue(store.db, 'me')).toEqual({ ...NOTHING, others: true });
    expect(await found()).toEqual({ ...NOTHING, others: true, step: true });
  });

  test('of one rollout, effects alone', async () => {
    await store.db.query(effect('lane', `'message'`));
    expect(await dueEffectsOf(store.db, 'me', rollout.id)).toEqual({
      target: false,
      message: true,
      direct: false,
      step: false,
      tellings: false,
    });
    expect((await dueEffectsOf(store.db, 'me', rollout.id + 1)).message).toBe(false);
  });
});

describe('one statement says how long there is nothing to do', () => {
  test('until the first of all that is to come', async () => {
    expect(await msUntilDue(store.db)).toBe(60_000);
    await store.pass(59_000);
    expect(await msUntilDue(store.db)).toBe(1_000);
    await store.pass(1_000);
    expect(await msUntilDue(store.db)).toBe(0);
  });

  const LATER = `rollout_now() + interval '7 seconds'`;
  test.each<[string, string]>([
    ['a check', `update watches set next_check_at = ${LATER}`],
    ['a wake', `update rollouts set next_wake_at = ${LATER}`],
    ['a post to be tried again', effect('lane, retry_at', `'message', ${LATER}`)],
    [
      'the later of two times of a post',
      effect('lane, not_before, retry_at', `'message', rollout_now() + interval '1 second', ${LATER}`),
    ],
    ['a settle read', `${READ} ${LATER} from rollouts`],
    [
      'the end of an order that is carried out',
      effect('lane, state, claimed_by, not_after', `'target', 'claimed', 'me', ${LATER}`),
    ],
    ['a telling', effect('lane, state, tell_at', `'message', 'done', ${LATER}`)],
    ['a live message', post('next_edit_at', LATER)],
    ['a late call', post('doubt_at', LATER)],
    [
      'the end of a pause of Slack',
      `insert into slack_limits (key, at, paused_until) values ('C', rollout_now(), ${LATER})`,
    ],
  ])('%s', async (_name, sql) => {
    await store.db.query(sql);
    expect(await msUntilDue(store.db)).toBe(7_000);
  });

  test.each<[string, string]>([
    ['a check that is late', `update watches set next_check_at = rollout_now() - interval '1 hour'`],
    ['a post', effect('lane', `'message'`)],
    ['a telling', effect('lane, state, tell_at', `'message', 'done', rollout_now()`)],
  ])('no time with %s', async (_name, sql) => {
    await store.db.query(sql);
    expect(await msUntilDue(store.db)).toBe(0);
  });

  test.each<[string, string]>([
    ['a telling that was decided', effect('lane, state, tell_at', `'message', 'done', 'infinity'`)],
    [
      'an order that is over',
      effect('lane, state, not_after', `'target', 'done', rollout_now() + interval '1 second'`),
    ],
    [
      'a pause that is over',
      `insert into slack_limits (key, at, paused_until) values ('C', rollout_now(), rollout_now())`,
    ],
  ])('%s is nothing to do', async (_name, sql) => {
    await store.db.query(sql);
    expect(await msUntilDue(store.db)).toBe(60_000);
  });

  test('nothing is to come of what ended', async () => {
    await store.db.query(`delete from watches; update rollouts set phase = 'completed', ended_at = rollout_now(), next_wake_at = null;
      update effects set state = 'done', done_at = now()`);
    expect(await msUntilDue(store.db)).toBeNull();
  });
});
