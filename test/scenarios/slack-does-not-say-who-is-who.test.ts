import { afterEach, describe, expect, test } from 'vitest';
import type { Fault } from '../../sandbox/slack/types.js';
import { SHOP, WHO } from '../support/scene.js';
import { openRoom, type Room } from './room.js';

const BROKEN: Readonly<Record<string, Omit<Fault, 'method'>>> = {
  'answers nothing': { delayMs: 20_000 },
  'cuts the line': { reset: true },
  'answers an error': { error: 'internal_error' },
};

describe.each(['http'] as const)('over %s, when the people API', (transport) => {
  let room: Room;
  afterEach(() => room.close());

  const breakPeople = async (fault: Omit<Fault, 'method'>): Promise<void> => {
    for (const method of ['users.info', 'usergroups.users.list', 'usergroups.list'])
      room.slack.fail({ ...fault, method, times: Number.POSITIVE_INFINITY });
    await room.db.query(`update people set fetched_at = fetched_at - interval '61 seconds'`);
  };

  test.each(Object.entries(BROKEN))('%s: advance and approve are refused within 3 s', async (_how, fault) => {
    room = await openRoom({ transport });
    await room.toReady(WHO.opal);
    await breakPeople(fault);
    const before = await room.standing();
    const { tookMs, acked } = await room.slack.command({ user: WHO.opal, channel: SHOP, text: 'advance' });
    expect(acked).toBe(true);
    expect(tookMs).toBeLessThan(3_000);
    const answer = room.slack.ephemerals(SHOP, WHO.opal).at(-1);
    expect(room.read(answer)).toContain('membership_unknown');
    expect(await room.standing()).toEqual(before);
  });

  test.each(Object.entries(BROKEN))('%s: rollback goes by the last known membership', async (_how, fault) => {
    room = await openRoom({ transport });
    await room.toReady(WHO.opal);
    await room.ask(WHO.otto, 'rollback');
    await breakPeople(fault);
    const { acked, tookMs } = await room.slack.command({ user: WHO.otto, channel: SHOP, text: 'rollback' });
    expect(acked && tookMs < 3_000).toBe(true);
    expect(room.target.exposure).toBe(10);
    const { tookMs: down } = await room.slack.command({ user: WHO.opal, channel: SHOP, text: 'rollback' });
    expect(down).toBeLessThan(3_000);
    await room.settle();
    expect(room.target.exposure).toBe(0);
    expect(await room.phase()).toBe('rolled_back');
  });

  test('works again, so does advance', async () => {
    room = await openRoom({ transport });
    await room.toReady(WHO.opal);
    await breakPeople({ error: 'internal_error' });
    expect(await room.ask(WHO.opal, 'advance')).toContain('membership_unknown');
    room.slack.clearFaults();
    expect(await room.ask(WHO.opal, 'advance')).toContain('is asked for in the thread');
  });
});
