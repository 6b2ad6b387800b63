import { describe, expect, test } from 'vitest';
import type { ApprovalRequest, Rollout } from '../../src/rollout/state/rollout.js';
import { renderHome } from '../../src/slack/words/messages/home.js';
import { renderMessage, renderMine, renderStatus } from '../../src/slack/words/messages/index.js';
import { type Changes, NOW, requestFor, rolloutAt, watchAt } from '../support/rollouts.js';
import { at, readable, readableView } from './readable.js';

type Watch = ReturnType<typeof watchAt> | null;

/** The same open request wherever people meet it. */
const PLACES = {
  channel: (rollout: Rollout, request: ApprovalRequest, watch: Watch) =>
    readable(
      renderMessage({ template: 'approval_request', request, outcome: { kind: 'open' } }, at(rollout, { watch })),
    ),
  Home: (rollout: Rollout, _: ApprovalRequest, watch: Watch) => readableView(renderHome(waiting(rollout, watch))),
  'direct message': (rollout: Rollout, _: ApprovalRequest, watch: Watch) =>
    readable(renderMine(waiting(rollout, watch))),
  Details: (rollout: Rollout, _: ApprovalRequest, watch: Watch) =>
    readable(renderStatus({ rollout, watch, now: NOW, lowering: null, byHand: [] })),
};
const EVERYWHERE = Object.entries(PLACES);

function waiting(rollout: Rollout, watch: Watch) {
  return { person: 'ULEA', now: NOW, items: [{ rollout, watch, mayApprove: true, operates: false, mine: false }] };
}

const show = (place: (typeof EVERYWHERE)[number][1], about: Changes, more: Partial<ApprovalRequest> = {}) => {
  const request = requestFor(more);
  return (watch: Watch = null): string[] =>
    place(rolloutAt('awaiting_approval', { ...about, request }), request, watch)
      .replaceAll('*', '')
      .split('\n');
};

describe.each(EVERYWHERE)('a request in %s', (_, place) => {
  test('says who asks and why', () => {
    expect(show(place, {})()).toContain('Asked by <@UOPAL>: “numbers look good”');
  });

  test('an override says how far the bake was, and once the bake is over says that', () => {
    const override = { observedMs: 21_000, neededMs: 14_400_000 };
    const asked = show(place, { bake: { done: false } }, { override });
    const said = asked(watchAt({ stageNo: 1 }))
      .join('\n')
      .toLowerCase();
    expect(said).toMatch(/override:? the bake is not over, 21 s of 4 h/);
    expect(said).toContain('asked by <@uopal>: “numbers look good”');
    const later = asked(watchAt({ stageNo: 1, observedMs: 4.5 * 3_600_000 }))
      .join('\n')
      .toLowerCase();
    expect(later).toMatch(/override:? asked at 21 s of 4 h; the bake is over by now/);
  });

  test('a false alarm says which run was rolled back, where this one begins, and what it skips', () => {
    const about: Changes = { stage: { no: 0 }, exposure: { confirmed: 0 }, bake: { startedAt: null, observedMs: 0 } };
    const entry = { stageNo: 2, run: 1, reason: 'Prometheus was down', means: {} };
    const said = show(place, { ...about, entry }, { from: 0, reason: 'Prometheus was down' })();
    expect(said).toContain('Called a false alarm: run #1 was rolled back. Begins at 50 %, skips 10 %');
    expect(said).toContain('Asked by <@UOPAL>: “Prometheus was down”');
    const denied = show(place, { ...about, entry: { ...entry, denied: true } }, { from: 0 })();
    expect(denied.join()).not.toContain('FALSE ALARM');
  });
});

test('a false alarm stands in bold, with its own reason where the request gives another', () => {
  const entry = { stageNo: 2, run: 1, reason: 'Prometheus was down', means: {} };
  const rollout = rolloutAt('baking', { entry });
  const card = (more: Partial<ApprovalRequest>): string => {
    const message = { template: 'approval_request', request: requestFor(more), outcome: { kind: 'granted' } } as const;
    return readable(renderMessage(message, at(rollout)));
  };
  expect(card({ from: 0, reason: 'again' })).toContain(
    '\n*Called a false alarm: run #1 was rolled back. Begins at 50 %, skips 10 %*, “Prometheus was down”\n',
  );
  // The same stage later, from the one before it, skips nothing.
  expect(card({ from: 10 })).not.toContain('FALSE ALARM');
});

test('while an override waits and the bake is over, the bake is called done', () => {
  const override = { observedMs: 21_000, neededMs: 14_400_000 };
  const rollout = rolloutAt('awaiting_approval', {
    bake: { done: false },
    request: requestFor({ override }),
  });
  const bake = (observedMs: number): string => {
    const watch = watchAt({ stageNo: 1, observedMs });
    const said = readable(renderMessage({ template: 'live' }, at(rollout, { watch }))).split('\n');
    return said.find((line) => /^[▓░]/.test(line)) ?? '';
  };
  expect(bake(14_399_000)).toMatch(/^▓{9}░ 3 h 59 m of 4 h · ends /);
  expect(bake(15_000_000)).toBe('▓▓▓▓▓▓▓▓▓▓ 4 h of 4 h · done');
});
