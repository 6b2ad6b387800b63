import { describe, expect, test } from 'vitest';
import type { Rollback, Rollout } from '../../src/rollout/state/rollout.js';
import { type MessageContext, renderDone, renderMessage } from '../../src/slack/words/messages/index.js';
import { type Changes, changed, NOW, rollbackFrom, rolloutAt } from '../support/rollouts.js';
import { at, BY_HAND, readable } from './readable.js';

const after = (seconds: number): Date => new Date(NOW.getTime() + seconds * 1_000);

/** Rolled back at 19:19:20 within 1.4 s, and ordered once more five minutes later. */
const again = rollbackFrom(50, { first: { orderedAt: NOW, tookMs: 1_400 }, orderedAt: after(300) });
const under = (rollback: Rollback, more: Changes = {}): Rollout => {
  const phase = rollback.confirmedAt ? 'rolled_back' : 'rolling_back';
  return changed(rolloutAt(phase, { exposure: { confirmed: 0 }, rollback }), more);
};
const incident = (rollback: Rollback, more: Partial<MessageContext> = {}, rollout = under(rollback)): string[] => {
  const message = { template: 'incident', rollback, tookMs: null, exposure: null } as const;
  return readable(renderMessage(message, at(rollout, { now: after(304), ...more }))).split('\n');
};

describe('a rollback that is ordered once more when it had been read back', () => {
  test('under way: what was first said of it stays, and the new order is not called read back', () => {
    expect(incident(again).slice(0, 3)).toEqual([
      '🔴 *ROLLED BACK New checkout* from 50 % to 0 %: Error rate 12 % is over its limit 5 %',
      'At 19:19:20 UTC, read back 1.4 s after the order (promise 30 s: kept)',
      'Ordered again at 19:24:20 UTC, not read back yet',
    ]);
  });

  test('read back once more: it says so, and counts the impact by the first time', () => {
    const said = incident({ ...again, confirmedAt: after(301) });
    expect(said.slice(1, 3)).toEqual([
      'At 19:19:20 UTC, read back 1.4 s after the order (promise 30 s: kept)',
      'Ordered again at 19:24:20 UTC, read back',
    ]);
    expect(said).toContain('*Impact* 50 % of users for about 40 s');
  });

  test('that does not go through: the tries, and what to do by hand', () => {
    const said = incident(again, { lowering: { attempts: 2, lastError: 'no route' }, byHand: BY_HAND }).join('\n');
    expect(said).toContain('Ordered again at 19:24:20 UTC, not read back yet (2 tries: no route)');
    expect(said).toContain('Do this by hand if it cannot wait. I keep trying.');
  });

  test('because users had got it again: the first read-back is no longer what holds', () => {
    const [head] = incident(again, {}, under(again, { exposure: { confirmed: 50 } }));
    expect(head).toMatch(/^🔴 \*ROLLBACK NOT YET APPLIED\*/);
  });

  test('the live message says both as well', () => {
    const said = readable(renderMessage({ template: 'live' }, at(under(again))));
    expect(said).toContain('*Rolled back* 50 % → 0 % at 19:19 UTC\nRead back 1.4 s after the order');
    expect(said).toContain('Ordered again at 19:24:20 UTC, not read back yet');
  });

  test('who ordered it is told that it was there already, and since when', () => {
    expect(readable(renderDone({ verb: 'rollback', rollout: under(again) }))).toBe(
      'New checkout: it was at 0 % already, read back at 19:19 UTC; ordered once more to be sure.',
    );
  });
});
