import { describe, expect, test } from 'vitest';
import { said } from '../../src/rollout/state/detail.js';
import type { Rollout } from '../../src/rollout/state/rollout.js';
import { type MessageContext, renderMessage } from '../../src/slack/words/messages/index.js';
import {
  type Changes,
  changed,
  episodeOf,
  heldFor,
  NOW,
  OPAL,
  PLAN,
  requestFor,
  rolloutAt,
  streakAt,
  watchAt,
} from '../support/rollouts.js';
import { at, BY_HAND, LINKS, readable, told } from './readable.js';

describe('the live message', () => {
  const live = (ctx: MessageContext): string => readable(renderMessage({ template: 'live' }, ctx));

  test('while it bakes: where it stands, the bake, each number with its limit, what comes next', () => {
    expect(live(at(rolloutAt('baking'), { watch: watchAt() }))).toBe(
      told(
        '🟢 *Baking* · New checkout · 50 % of production',
        '▓▓▓░░░░░░░ 1 h 12 m of 4 h · ends 22:07 UTC',
        '✔ Done 10 % \u2003▶ Now 50 % · Half',
        '○ Then 100 %',
        '*Health* 4 of 4 fine',
        'Error rate 0.31 % ↘ (warn 1, limit 5)',
        'p95 latency 412 ms (warn 600, limit 1,000)',
        'Login success 99.6 % ↗ (warn 98, min 95)',
        'Memory 4 % (warn 50, limit 100)',
        '*Next* 100 % · Everyone, needs engineering-lead',
        LINKS,
        'Started by <@UOPAL> 2026-11-24 14:02 UTC',
        'Checked at 19:19:00 UTC, every 1 m',
        '[ Pause ] [ Roll back ] [ Details ]',
      ),
    );
  });

  test('when the bake stands still it says why, and the check without data comes first', () => {
    const since = new Date(NOW.getTime() - 185_000);
    const lost = {
      verdict: 'unknown',
      unknownInRow: 4,
      unknownSince: since,
      why: { kind: 'said', text: 'timeout' },
      countedAt: null,
    } as const;
    const watch = watchAt({ stopped: { subject: 'error-rate', why: { kind: 'said', text: 'timeout' }, since } });
    const streaks = { ...watch.streaks, 'error-rate': streakAt(0.31, lost) };
    const said = live(at(rolloutAt('baking'), { watch: { ...watch, streaks } })).split('\n');
    expect(said.slice(1, 7)).toEqual([
      '▓▓▓░░░░░░░ 1 h 12 m of 4 h',
      'Bake stands still: Error rate has had no data for 3 m (timeout)',
      '✔ Done 10 % \u2003▶ Now 50 % · Half',
      '○ Then 100 %',
      '*Health* 3 of 4 fine, 1 unknown',
      '○ *No data* Error rate for 3 m (timeout), last 0.31 %',
    ]);
  });

  test('a bake that stands still because the targets cannot be read, or a number is beyond its limit', () => {
    const since = new Date(NOW.getTime() - 45_000);
    const target = watchAt({
      stopped: { subject: '@target', why: { kind: 'said', text: 'connection refused' }, since },
    });
    expect(live(at(rolloutAt('baking'), { watch: target }))).toContain(
      'Bake stands still: the targets have not been readable for 45 s (connection refused)',
    );
    const over = watchAt({ stopped: { subject: 'error-rate', why: null, since } });
    expect(live(at(rolloutAt('baking'), { watch: over }))).toContain(
      'Bake stands still: Error rate has been beyond its limit for 45 s',
    );
  });

  test('what is not fine says so in words before its number', () => {
    const streaks = {
      'error-rate': streakAt(12, { verdict: 'critical', level: 'critical', before: 0.3 }),
      'p95-latency': streakAt(1200, { verdict: 'unknown', level: 'critical' }),
      'login-success': streakAt(94.996, { verdict: 'critical', level: 'critical' }),
      memory: streakAt(60, { verdict: 'warning', level: 'warning', before: 20 }),
    };
    const said = live(at(rolloutAt('baking'), { watch: watchAt({ streaks }) })).split('\n');
    expect(said.slice(4, 9)).toEqual([
      '*Health* 0 of 4 fine, 2 critical, 1 unknown, 1 warning',
      '✖ *Over limit* Error rate 12 % ↗ (warn 1, limit 5)',
      '✖ *Under limit* Login success 94.996 % (warn 98, min 95)',
      '○ *Unsure yet* p95 latency 1,200 ms (warn 600, limit 1,000)',
      '*Warning* Memory 60 % ↗ (warn 50, limit 100)',
    ]);
  });

  test('paused: by whom and why, and Resume goes on', () => {
    const said = live(at(rolloutAt('held'), { watch: watchAt() })).split('\n');
    expect(said[0]).toBe('⏸ *Paused* · New checkout · 50 % of production');
    expect(said[1]).toBe('▓▓▓░░░░░░░ 1 h 12 m of 4 h · stands still while paused');
    expect(said[4]).toBe('*Paused* by <@UOPAL> since 2026-11-24 19:19 UTC: “lunch”');
    expect(said.at(-1)).toBe('[ Resume ] [ Roll back ] [ Details ]');
  });

  test('paused for something that happened: the clause and its detail', () => {
    const held = heldFor({
      cause: 'raise_failed',
      by: { kind: 'bot' },
      note: '',
      detail: said('flag: connection refused'),
    });
    expect(live(at(rolloutAt('held', { held })))).toContain(
      '*Paused* since 2026-11-24 19:19 UTC: the raise could not be applied (flag: connection refused)',
    );
  });

  test('waiting for approval: who is missing, who asked and why, until when', () => {
    const said = live(at(rolloutAt('awaiting_approval')));
    expect(said).toContain(
      '*Next* 50 % · Half, needs engineering-lead (0 of 1)\n*Asked* by <@UOPAL>: “numbers look good”\nExpires 2026-11-25 19:19 UTC',
    );
  });

  test('rolling back: not read back yet, how often it was tried, and where the statements are', () => {
    const ctx = at(rolloutAt('rolling_back'), { lowering: { attempts: 3, lastError: 'no route' }, byHand: BY_HAND });
    expect(live(ctx)).toBe(
      told(
        '🔴 *Rolling back* · New checkout · 50 % when last read',
        '*Rolling back* 50 % → 0 %',
        'Ordered at 19:19:20 UTC, not read back yet (3 tries: no route)',
        '*Why* Error rate 12 % is over its limit 5 %',
        'I keep trying. How to do it by hand: in the thread.',
        LINKS,
        'Started by <@UOPAL> 2026-11-24 14:02 UTC',
        '[ Roll back ] [ Details ]',
      ),
    );
  });

  test('deleted by somebody and posted again, it leads to what was said before', () => {
    const said = live(at(rolloutAt('baking'), { earlier: 'https://shop.slack.com/archives/CSHOP/p1' }));
    expect(said).toContain(
      'Earlier messages are in <https://shop.slack.com/archives/CSHOP/p1|the thread before this one>; this message was deleted and posted again\n[ Pause ]',
    );
  });

  test('an override that waits says so beside who is asked', () => {
    const request = requestFor({
      override: { observedMs: 720_000, neededMs: 14_400_000 },
      quorum: { kind: 'any', count: 2, roles: ['operators'] },
    });
    const watch = watchAt({ stageNo: 1 });
    const said = live(at(rolloutAt('awaiting_approval', { request, bake: { done: false } }), { watch }));
    expect(said).toContain('*Next* 50 % · Half, needs 2 of operators (0 of 2)\n');
    expect(said).toContain('\n*Override* the bake is not over, 12 m of 4 h\n');
    expect(said).toContain('▓▓▓░░░░░░░ 1 h 12 m of 4 h · ends 22:07 UTC');
  });

  test('a bake that was made longer says by how much, by whom and why', () => {
    const extension = { by: OPAL, reason: 'let it settle', byMs: 120_000 };
    const line = 'Extended by 2 m by <@UOPAL>: “let it settle”';
    expect(live(at(rolloutAt('baking', { bake: { extension } })))).toContain(`\n${line}\n*Health*`);
    expect(live(at(rolloutAt('held', { bake: { extension } })))).toContain(line);
    expect(live(at(rolloutAt('baking', { bake: { extension: null } })))).not.toContain('Extended');
  });

  test.each([
    ['p95-latency', 33.18, 'p95 latency 33.2 ms'],
    ['p95-latency', 1_234.5, 'p95 latency 1,235 ms'],
    ['p95-latency', 999.7, 'p95 latency 999.7 ms'],
    ['login-success', 99.96, 'Login success 99.96 %'],
    ['login-success', 95.04, 'Login success 95.04 %'],
    ['error-rate', 12.06, 'Error rate 12.1 %'],
  ])('%s of %d reads %s: three digits, unless it would read as its limit or as all', (name, value, words) => {
    const watch = watchAt({ streaks: { [name]: streakAt(value) } });
    expect(live(at(rolloutAt('baking'), { watch }))).toContain(`${words} (`);
  });

  test('the last numbers are drawn beside the number: up to the limit, and a floor half-way', () => {
    const streaks = {
      'error-rate': streakAt(0.31, { before: 9, recent: [0, 0.31, 1, 2.5, 5, 9] }),
      'login-success': streakAt(90.4, { before: 99.6, recent: [99.6, 99.6, 95, 90.4] }),
      memory: streakAt(4, { recent: [3, 4] }),
    };
    const ctx = at(rolloutAt('baking'), { watch: watchAt({ streaks }) });
    const said = live(ctx);
    expect(said).toContain('\nError rate 0.31 % ↘ ▁▁▂▃▄▇ (warn 1, limit 5)\n');
    expect(said).toContain('\nLogin success 90.4 % ↘ ▇▇▄▁ (warn 98, min 95)\n');
    expect(said).toContain('\nMemory 4 % (warn 50, limit 100)\n');
    expect(renderMessage({ template: 'live' }, ctx).text).not.toMatch(/[▁-▇▓░]/);
  });

  test('an open alert is the state, with its icon and in words', () => {
    const episodes = { 'error-rate': episodeOf({ subject: 'error-rate', kind: 'warning', value: 2 }) };
    const head = (phase: 'baking' | 'held') => live(at(rolloutAt(phase, { alerts: { episodes } }))).split('\n')[0];
    expect(head('baking')).toBe('🟡 *Warning* · New checkout · 50 % of production');
    expect(head('held')).toBe('⏸ *Paused, warning* · New checkout · 50 % of production');
  });

  test('a link to the change itself stands first', () => {
    const links = { ...PLAN.links, 'pull-request': 'https://git.example.com/pull/412' };
    const said = live(at(rolloutAt('baking', { plan: { ...PLAN, links } })));
    expect(said).toContain(`\n<https://git.example.com/pull/412|Pull request> · ${LINKS}\n`);
  });

  test('a drift that is still open is named, as no check line shows it', () => {
    const episodes = {
      '@target': episodeOf({ subject: '@target', kind: 'drift', reason: 'drift_up', detail: null, value: 60 }),
    };
    expect(live(at(rolloutAt('baking', { alerts: { episodes } })))).toContain(
      '*Alert* the targets read other than ordered since 19:19 UTC',
    );
  });
});

describe('the live message of a run after a false alarm', () => {
  const entry = { stageNo: 2, run: 3, reason: 'Prometheus was down', means: {} };
  const lines = (rollout: Rollout): string[] => readable(renderMessage({ template: 'live' }, at(rollout))).split('\n');

  test('starting: where it begins again and why; that stage is the next', () => {
    const said = lines(rolloutAt('starting', { entry }));
    expect(said).toContain('Begins at 50 % again: run #3 was rolled back by a false alarm, “Prometheus was down”');
    expect(said).toContain('*Next* 50 % · Half, needs engineering-lead');
    expect(said).toContain('○ Then 50 %, 100 %');
  });

  test('baking there: the stages it skipped are not called done', () => {
    const said = lines(rolloutAt('baking', { entry, stage: { attempts: { 2: 1 } } }));
    expect(said.slice(2, 5)).toEqual([
      '▶ Now 50 % · Half',
      '○ Then 100 %',
      'Began at 50 % again: run #3 was rolled back by a false alarm, “Prometheus was down”',
    ]);
  });

  test('back from the first stage on, it does not say that it skipped any', () => {
    const said = lines(
      rolloutAt('baking', { entry, stage: { no: 1, attempts: { 1: 1, 2: 1 } }, exposure: { confirmed: 10 } }),
    );
    expect(said).toContain(
      'Run #3 was rolled back by a false alarm, “Prometheus was down”; this one goes from the first stage',
    );
    expect(lines(rolloutAt('baking', { entry, stage: { attempts: { 1: 1, 2: 2 } } }))[2]).toMatch(/^✔ Done 10 % /);
  });
});

describe('what comes next where the plan goes on by itself', () => {
  const stages = PLAN.stages.map((stage) => ({ ...stage, advance: 'auto' as const }));
  const plan = { ...PLAN, stages };
  const next = (phase: 'baking' | 'ready', more: Changes = {}): string => {
    const rollout = changed(rolloutAt(phase, { plan, stage: { autoSpent: false } }), more);
    const said = readable(renderMessage({ template: 'live' }, at(rollout))).split('\n');
    return said.find((line) => line.startsWith('*Next*')) ?? '';
  };
  const warned = { health: { verdicts: { ...rolloutAt('ready').health.verdicts, memory: 'warning' } } } as const;

  test.each([
    ['baking', {}, '*Next* 100 % · Everyone, needs engineering-lead, asked for by itself after this bake'],
    [
      'baking',
      warned,
      '*Next* 100 % · Everyone, needs engineering-lead, asked for by itself after this bake if all checks are fine',
    ],
    ['ready', warned, '*Next* 100 % · Everyone, needs engineering-lead, not by itself: 3 of 4 fine, 1 warning'],
    [
      'baking',
      { ...warned, alerts: { episodes: { '@target': episodeOf({ subject: '@target', kind: 'drift' }) } } },
      '*Next* 100 % · Everyone, needs engineering-lead, asked for by itself after this bake if all checks are fine and the targets are where they were put',
    ],
    [
      'ready',
      { alerts: { episodes: { '@target': episodeOf({ subject: '@target', kind: 'drift' }) } } },
      '*Next* 100 % · Everyone, needs engineering-lead, not by itself: the targets are not where they were put',
    ],
    [
      'ready',
      { stage: { autoSpent: true } },
      '*Next* 100 % · Everyone, needs engineering-lead, not by itself any more',
    ],
    [
      'ready',
      { stage: { no: 3 }, exposure: { confirmed: 100 } },
      '*Next* over at 100 %: `/rollout finish new-checkout`',
    ],
  ] as const)('%s %o: %s', (phase, more, line) => {
    expect(next(phase, more)).toBe(line);
  });

  test('while the targets cannot be read it does not', () => {
    const rollout = rolloutAt('ready', { plan, stage: { autoSpent: false } });
    const { streaks, ...watch } = watchAt();
    const unread = streakAt(0, { verdict: 'unknown', unknownInRow: 1 });
    const post = renderMessage(
      { template: 'live' },
      at(rollout, { watch: { ...watch, streaks: { ...streaks, '@target': unread } } }),
    );
    expect(readable(post)).toContain('not by itself: the targets cannot be read');
  });

  test('without an approval it goes, with one it is asked for', () => {
    const free = stages.map(({ approve: _, ...stage }) => stage);
    expect(next('ready', { plan: { ...plan, stages: free } })).toBe(
      '*Next* 100 % · Everyone, needs no approval, by itself',
    );
  });
});
