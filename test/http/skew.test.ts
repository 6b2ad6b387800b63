import { describe, expect, test } from 'vitest';
import { watchSkew } from '../../src/http/skew.js';

const NOW = 1_800_000_000_000;
const MINUTE = 60_000;

function watch(aheads: readonly number[]) {
  const said: [object, string][] = [];
  const state = { monotonic: 0 };
  const log = { warn: (facts: object, words: string) => void said.push([facts, words]) } as never;
  const slackNows = () => aheads.map((ahead) => NOW + ahead);
  const skew = watchSkew({ log, slackNows, now: () => NOW, monotonic: () => state.monotonic });
  return { skew, said, state };
}

describe('the clock of this machine', () => {
  test.each([
    ['right', [300, -200], false],
    ['known by nothing', [], false],
    ['half a minute off', [30_000, 30_000], false],
    ['two minutes behind', [2 * MINUTE, 2 * MINUTE], true],
    ['four minutes ahead, which is still taken', [-4 * MINUTE, -4 * MINUTE], false],
    ['six minutes ahead', [-6 * MINUTE, -6 * MINUTE], true],
    ['an hour behind', [60 * MINUTE, 60 * MINUTE], true],
    ['off by one way of knowing it, as after sleep', [0, 10 * MINUTE], false],
  ])('%s: %j', (_, aheads, isOff) => {
    expect(watch(aheads).skew.words() !== null).toBe(isOff);
  });

  test('off by one way of knowing it is off when a request of Slack was refused for its time', () => {
    const { skew, state } = watch([0, 10 * MINUTE]);
    skew.refused({ why: 'clock', aheadSeconds: 600 });
    expect(skew.words()).toContain('600 s behind Slack’s');
    state.monotonic += 3 * MINUTE;
    expect(skew.words()).toBeNull();
  });

  test('an old request that somebody sends again proves nothing', () => {
    const { skew } = watch([100, 100]);
    skew.refused({ why: 'clock', aheadSeconds: -90_000 });
    expect(skew.words()).toBeNull();
  });

  test('is said once a minute, and wrong signatures apart from it', () => {
    const { skew, said, state } = watch([600_000, 600_000]);
    for (; state.monotonic < 2 * MINUTE; state.monotonic += 500) {
      skew.refused({ why: 'clock', aheadSeconds: 600 });
      skew.refused({ why: 'signature' });
    }
    expect(said).toHaveLength(4);
    expect(said[0]).toEqual([{ aheadSeconds: 600 }, expect.stringContaining('clock of this machine')]);
    expect(said[1]).toEqual([{}, expect.stringContaining('SLACK_SIGNING_SECRET')]);
  });
});
