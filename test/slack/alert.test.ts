import { describe, expect, test } from 'vitest';
import { said } from '../../src/rollout/state/detail.js';
import type { AlertPost, Episode, Rollout } from '../../src/rollout/state/rollout.js';
import { renderMessage } from '../../src/slack/words/messages/index.js';
import { alertOf, alertPostOf, episodeOf, LEA, NOW, rolloutAt } from '../support/rollouts.js';
import { at, readable } from './readable.js';

const BEGAN = new Date(NOW.getTime() - 65_000);

function shown(
  line: Partial<Episode>,
  rollout: Rollout = rolloutAt('baking'),
  post: Partial<AlertPost> = {},
): string[] {
  const ctx = { rollout, watch: null, now: NOW, lowering: null, byHand: [] };
  return readable(renderMessage(alertOf({ since: BEGAN, beganAt: BEGAN, ...line }, post), ctx)).split('\n');
}

test('a warning: the number, the limit it is under, that nothing was changed, what one can do', () => {
  expect(shown({})).toEqual([
    '🟡 *Warning*: Error rate 1.8 % is over its warning 1 %',
    'Rolls back above 5 %. Nothing was changed; the bake goes on.',
    'Since 19:18 UTC (1 m) · at 50 % · New checkout',
    '[ I have it ] [ Pause ] [ Roll back ]',
  ]);
});

test('where low is bad it says under', () => {
  expect(shown({ subject: 'login-success', value: 97.5 }).slice(0, 2)).toEqual([
    '🟡 *Warning*: Login success 97.5 % is under its warning 98 %',
    'Rolls back below 95 %. Nothing was changed; the bake goes on.',
  ]);
});

test('who has it is named', () => {
  expect(shown({}, undefined, { had: [LEA] })[3]).toBe('<@ULEA> has it');
});

test('in another phase than baking no bake is said to go on', () => {
  expect(shown({}, rolloutAt('held'))[1]).toBe('Rolls back above 5 %. Nothing was changed.');
});

test('no data: the bake stands still', () => {
  expect(shown({ kind: 'no_data', value: null, detail: said('timeout') }).slice(0, 2)).toEqual([
    '🟠 *No data*: Error rate has no number (timeout)',
    'Nothing was changed; the bake stands still until there is data again.',
  ]);
  expect(shown({ kind: 'no_data', subject: '@target', value: null, detail: said('no route') })[0]).toBe(
    '🟠 *No data*: the targets cannot be read (no route)',
  );
});

test('numbers that come and go beyond a limit: that none of it counts yet', () => {
  expect(shown({ kind: 'feared', value: 12 }).slice(0, 2)).toEqual([
    '🟡 *In doubt*: Error rate has numbers beyond a limit, not long enough yet for it to count; the last is 12 %',
    'Nothing was changed; the bake counts only time between two numbers within their critical limits.',
  ]);
});

test('numbers that come back, each time too short: how often, and that none of it counts', () => {
  expect(shown({ kind: 'feared', value: 9, times: 3 })[0]).toBe(
    '🟡 *In doubt*: Error rate came and went: numbers beyond a limit 3 times or more, never long enough for it to count; the last is 9 %',
  );
});

test('somebody else moved the targets: up is lowered, down is held', () => {
  expect(
    shown({
      kind: 'drift',
      subject: '@target',
      value: 60,
      reason: 'drift_up',
      detail: { kind: 'read', expected: 50, found: 60 },
    }).slice(0, 2),
  ).toEqual([
    '🟠 *Drift*: somebody else raised the exposure (expected 50 %, read 60 %)',
    'It is being lowered to 50 % again.',
  ]);
  expect(
    shown(
      {
        kind: 'drift',
        subject: '@target',
        value: 30,
        reason: 'drift_down',
        detail: { kind: 'read', expected: 50, found: 30 },
      },
      rolloutAt('held'),
    )[1],
  ).toBe('It is left where it was found; the rollout is paused.');
});

test('a raise that failed: what it was to be and what users keep', () => {
  const rollout = rolloutAt('held', { exposure: { confirmed: 10 } });
  expect(
    shown(
      { kind: 'raise_failed', subject: 'raise', reason: 'raise_expired', detail: said('no answer') },
      rollout,
    ).slice(0, 2),
  ).toEqual([
    '🟠 *Not raised to 50 %*: the raise was not read back in time (no answer)',
    'Users keep 10 %; the targets are put back there. The rollout is paused.',
  ]);
});

test.each([
  ['warning', 'error-rate', 0.4, '✔ *Recovered*: Error rate is back at 0.4 %'],
  ['warning', 'error-rate', 1.7, '✔ *Warning closed*: Error rate was last 1.7 %'],
  ['warning', 'error-rate', null, '✔ *Closed with the rollback*: the warning about Error rate'],
  ['feared', 'error-rate', 0.4, '✔ *Steady again*: Error rate is 0.4 %'],
  ['feared', 'error-rate', 12, '✔ *No longer in doubt*: Error rate was last 12 %'],
  ['feared', 'error-rate', null, '✔ *No longer in doubt*: Error rate'],
  ['no_data', 'error-rate', 0.4, '✔ *Data again*: Error rate is 0.4 %'],
  ['no_data', '@target', 50, '✔ *Data again*: the targets can be read'],
  ['drift', '@target', 50, '✔ *The targets read as expected again*: 50 %'],
  ['raise_failed', 'raise', null, '✔ *The failed raise is dealt with*'],
] as const)('closed %s about %s at %s: edited to what is true, without buttons', (kind, subject, value, line) => {
  expect(shown({ kind, subject, closed: { at: NOW, value, how: 'over' } })).toEqual([
    line,
    '19:18 UTC to 19:19 UTC, 1 m · New checkout at 50 %',
  ]);
});

describe('several alerts are one post', () => {
  const CALLING = { place: 'channel', mentions: [{ kind: 'group', id: 'SLEAD' }] } as const;
  const probe = {
    kind: 'prometheus',
    url: 'http://user:secret@prom:9090/x',
    query: 'up',
    headers: {},
    timeoutMs: 1,
  } as const;

  function outage(names: readonly string[], more: Partial<Episode> = {}): Episode[] {
    const missing = {
      kind: 'no_data',
      value: null,
      detail: said('connection refused'),
      source: 'Prometheus prom:9090',
    } as const;
    return names.map((subject) => episodeOf({ ...missing, subject, since: BEGAN, beganAt: BEGAN, ...more }));
  }

  function of(lines: readonly Episode[], post: Partial<AlertPost> = {}, rollout: Rollout = rolloutAt('baking')) {
    const ctx = { rollout, watch: null, now: NOW, lowering: null, byHand: [] };
    return renderMessage({ template: 'alert', post: alertPostOf(lines, post) }, ctx);
  }

  function withChecks(names: readonly string[]): Rollout {
    const rollout = rolloutAt('baking');
    const checks = names.map((name) => ({ name, title: `Check ${name}`, unit: '%', probe }));
    return { ...rollout, plan: { ...rollout.plan, checks } };
  }

  test('one source that is down is one line, which names it without its secrets, and every check', () => {
    const rollout = withChecks(['a', 'b', 'c']);
    expect(readable(of(outage(['a', 'b', 'c']), CALLING, rollout)).split('\n')).toEqual([
      '🟠 *No data* from Prometheus at prom:9090: Check a, Check b and Check c have no number (connection refused)',
      'Nothing was changed; the bake stands still until there is data again.',
      'Since 19:18 UTC (1 m) · at 50 % · New checkout',
      '*Who* nobody has it yet · contact <!subteam^SLEAD>',
      expect.stringMatching(/^<.*\|Dashboard> · <.*\|Runbook>$/),
      '[ I have it ] [ Pause ] [ Roll back ]',
    ]);
  });

  test('a line each, the worst first; what recovered stays beside it; who has it', () => {
    const lines = [
      episodeOf({ since: BEGAN, beganAt: BEGAN }),
      episodeOf({ subject: 'p95-latency', kind: 'critical', value: 1_200, since: BEGAN, beganAt: BEGAN }),
      episodeOf({ subject: 'memory', value: 60, closed: { at: NOW, value: 5, how: 'over' } }),
    ];
    expect(readable(of(lines, { ...CALLING, had: [LEA] })).split('\n')).toEqual([
      '*2 alerts* · New checkout at 50 %',
      '🟠 *Critical*: p95 latency 1,200 ms is over its limit 1,000 ms · since 19:18 UTC (1 m)',
      '🟡 *Warning*: Error rate 1.8 % is over its warning 1 % · since 19:18 UTC (1 m)',
      'Nothing was changed; the bake stands still meanwhile. No stage can be raised meanwhile.',
      '✔ *Recovered*: Memory is back at 5 %',
      '*Who* <@ULEA> has it · contact <!subteam^SLEAD>',
      expect.stringMatching(/Runbook/),
      '[ I have it ] [ Pause ] [ Roll back ]',
    ]);
  });

  test('what is not so for one of them is said of none, and what is so for several once', () => {
    const kinds = ['warning', 'critical', 'feared', 'no_data', 'drift', 'raise_failed'] as const;
    const reason = { drift: 'drift_up', raise_failed: 'raise_failed' } as const;
    const detail = { drift: { kind: 'read', expected: 50, found: 60 }, raise_failed: said('no answer') } as const;
    const one = (kind: (typeof kinds)[number], subject: string) =>
      episodeOf({
        subject,
        kind,
        value: 1_200,
        reason: kind === 'drift' || kind === 'raise_failed' ? reason[kind] : null,
        detail: kind === 'drift' || kind === 'raise_failed' ? detail[kind] : null,
      });
    for (const phase of ['baking', 'held', 'ready', 'awaiting_approval', 'applying', 'rolling_back'] as const) {
      const rollouts = [rolloutAt(phase), rolloutAt(phase, { health: { holds: ['error-rate'] } })];
      for (const rollout of rollouts) {
        for (const [a, b] of kinds.flatMap((kind) => kinds.map((other) => [kind, other] as const))) {
          const words = readable(
            renderMessage(
              { template: 'alert', post: alertPostOf([one(a, 'error-rate'), one(b, 'memory')]) },
              at(rollout),
            ),
          );
          const about = `${phase} ${a} ${b}: ${words}`;
          for (const said of [
            /Nothing (?:else )?was changed/g,
            /the bake /g,
            /No stage (?:can be|is) raised/g,
            /paused/g,
          ])
            expect([...words.matchAll(said)].length, about).toBeLessThanOrEqual(said.source === 'paused' ? 2 : 1);
          if (/is paused;|being lowered|put back|A rollback/.test(words))
            expect(words, about).not.toMatch(/Nothing was/);
        }
      }
    }
    const both = readable(of([one('critical', 'error-rate'), one('no_data', 'memory')], {}));
    expect(both).toContain(
      'Nothing was changed; the bake stands still until all of this is over. No stage can be raised meanwhile.',
    );
  });

  test.each([
    ['of one source', (names: readonly string[]) => outage(names)],
    ['of forty kinds', (names: readonly string[]) => names.map((subject) => episodeOf({ subject, value: 3 }))],
  ])('forty checks %s fit what Slack takes, with one set of buttons', (_name, lines) => {
    const names = Array.from({ length: 40 }, (_, i) => `${i}-${'long'.repeat(10)}`);
    const { blocks, text } = of(lines(names), CALLING, withChecks(names));
    expect(blocks.length).toBeLessThanOrEqual(50);
    for (const block of blocks)
      if (block.type === 'section') expect(block.text?.text.length).toBeLessThanOrEqual(3_000);
    expect(blocks.filter(({ type }) => type === 'actions')).toHaveLength(1);
    expect(readable({ blocks, text })).toMatch(/and \d+ more/);
  });

  test('what moved to the channel leaves a pointer without buttons', () => {
    expect(readable(of([], { movedTo: 2 })).split('\n')).toEqual([
      'What is still open is in the channel now, further down in this thread.',
    ]);
  });

  test('where everybody was called a moment ago the contact is named and not called', () => {
    expect(readable(of([episodeOf()], { place: 'channel' }))).toContain(
      '*Who* nobody has it yet · contact engineering-lead',
    );
  });

  test('a rollout that ended says that nobody watches it any more', () => {
    const ended = { at: NOW, value: null, how: 'ended' } as const;
    expect(readable(of([episodeOf({ closed: ended })])).split('\n')[0]).toBe('✔ *Not watched any more*: Error rate');
  });
});
