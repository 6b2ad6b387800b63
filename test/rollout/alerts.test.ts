/** Which alerts are told together, in which post, and when the channel and its people hear of them. */
import { describe, expect, test } from 'vitest';
import { record } from '../../src/rollout/decide.js';
import type { Limit, Plan } from '../../src/rollout/plan/plan.js';
import type { Verdict } from '../../src/rollout/plan/verdict.js';
import type { Member, Rollout } from '../../src/rollout/state/rollout.js';
import { Alerting, checkOf, NAMES, PLAN, prom, SRE, streak, type Verdicts } from './alerting.js';
import { HOUR, LENA, MINUTE, plus, SECOND, SHELL, stage } from './fixture.js';
import { Watched } from './watched.js';

const all = (verdict: Verdict | 'missing', names: readonly string[] = NAMES): Verdicts =>
  Object.fromEntries(names.map((name) => [name, verdict]));

describe('what one assessment finds', () => {
  test.each<[string, Verdict | 'missing', number]>([
    ['nine warnings', 'warning', 9],
    ['nine critical checks that only post', 'critical', 9],
    ['nine checks of one Prometheus without data', 'missing', 1],
  ])('%s are one post, and %s count %i alerts', (_name, verdict, count) => {
    const story = new Alerting().round(MINUTE, all(verdict));
    expect(story.shown('alert').map(({ slot }) => slot)).toEqual(['alerts:1']);
    expect(story.alerts).toHaveLength(9);
    expect(story.rollout.stage.issues).toEqual({ opened: count, closed: 0 });
    story.round(MINUTE);
    expect(story.shown('alert').map(({ slot }) => slot)).toEqual(['alerts:1']);
    expect(story.rollout.stage.issues).toEqual({ opened: count, closed: count });
  });

  test('is one post also where some of it is loud and some is not, and the targets cannot be read either', () => {
    const story = new Alerting().round(MINUTE, { p1: 'warning', p2: 'critical', p3: 'missing', q1: 'missing' });
    expect(story.heard()).toEqual(['alerts:1 p1 p2 p3 q1 @SSRE']);
  });

  test('a raise that is called back for a check that holds, and that check', () => {
    const [first, ...rest] = PLAN.checks;
    const held = { op: 'above', value: 5, act: { kind: 'hold' } } as const;
    const plan = { ...PLAN, checks: [{ ...(first ?? checkOf('p1', prom(''))), critical: held }, ...rest] };
    const story = new Alerting({ plan });
    story.baked().advances();
    expect(story.rollout.phase).toBe('applying');
    const counting = [{ limit: held, act: held.act }];
    const streaks = {
      ...Object.fromEntries(NAMES.map((name) => [name, streak('pass')])),
      p1: { ...streak('critical'), counting },
    };
    story.assessed({}, { streaks });
    expect(story.shown('alert')).toHaveLength(1);
    expect(story.alerts.map(({ kind }) => kind)).toEqual(['critical', 'raise_failed']);
    expect(story.effects('show').filter(({ slot }) => slot === 'live')).toHaveLength(1);
  });
});

describe('what comes later', () => {
  test('joins by an edit what began a moment ago; what recovers stays beside it', () => {
    const story = new Alerting().round(MINUTE, { p1: 'warning' });
    story.round(10 * SECOND, { p1: 'warning', p2: 'warning' });
    story.round(10 * SECOND, { p2: 'warning', p3: 'warning' });
    expect(story.posts()).toEqual(['1 thread (p1) p2 p3']);
  });

  test('more than ten minutes later is a post of its own', () => {
    const story = new Alerting().round(MINUTE, { p1: 'warning' }).asks(LENA, { type: 'have', subject: '' });
    story.round(10 * MINUTE, { p1: 'warning', p2: 'warning' });
    expect(story.posts()).toEqual(['1 thread p1 p2']);
    story.round(SECOND, { p1: 'warning', p2: 'warning', p3: 'warning' });
    expect(story.posts()).toEqual(['1 thread p1 p2', '2 thread p3']);
  });

  test('when everything is over begins a new post', () => {
    const story = new Alerting().round(MINUTE, { p1: 'warning' }).round(MINUTE).round(MINUTE, { p1: 'warning' });
    expect(story.posts()).toEqual(['2 thread p1']);
  });

  test('and is worse than what was told is told again, at once; it calls nobody who was called a moment ago', () => {
    const story = new Alerting().round(MINUTE, { p1: 'missing' });
    expect(story.heard()).toEqual(['alerts:1 p1 @SSRE']);
    story.round(MINUTE, { p1: 'missing', q1: 'critical' });
    expect(story.heard()).toEqual(['alerts:2 q1']);
    story.round(MINUTE, { p1: 'missing', q1: 'critical', q2: 'critical', p2: 'missing' });
    expect(story.heard()).toEqual([]);
    expect(story.posts()).toEqual(['1 channel p1 p2', '2 channel q1 q2']);
  });

  test('the rest of an outage joins what was told about it, and is still one alert', () => {
    const story = new Alerting().round(MINUTE, { p1: 'missing', p2: 'missing' });
    story.round(30 * SECOND, all('missing'));
    expect(story.heard()).toEqual([]);
    expect(story.rollout.stage.issues.opened).toBe(1);
    story.round(30 * SECOND, { p1: 'missing' });
    expect(story.rollout.stage.issues.closed).toBe(0);
    expect(story.round(30 * SECOND).rollout.stage.issues.closed).toBe(1);
  });

  test('an outage of a source is heard although one of its checks has had no data for an hour', () => {
    const story = new Alerting().round(MINUTE, { p1: 'missing' }).round(HOUR, all('missing'));
    expect(story.heard()).toEqual([`alerts:2 ${NAMES.slice(1).join(' ')} @SSRE`]);
  });

  test('a warning that becomes critical leaves its post and is heard at once', () => {
    const story = new Alerting().round(MINUTE, { p1: 'warning', p2: 'warning' });
    story.round(MINUTE, { p1: 'critical', p2: 'warning' });
    expect(story.heard()).toEqual(['alerts:2 p1 @SSRE']);
    expect(story.posts()).toEqual(['1 thread (p1) p2', '2 channel p1']);
    expect(story.alerts[0]).toMatchObject({ slot: 'alerts:1', closed: { how: 'further' } });
  });

  test.each(['held', 'ready'] as const)('while it is %s is told all the same', (phase) => {
    const story = new Alerting();
    if (phase === 'held') story.pauses();
    else story.baked();
    expect(story.rollout.phase).toBe(phase);
    expect(story.round(MINUTE, { p1: 'critical' }).heard()).toEqual(['alerts:1 p1 @SSRE']);
  });

  test('when the last stage is done, or somebody ends it, nothing is said to be open any more', () => {
    const plan = { ...PLAN, stages: [stage(1, 100)] };
    const done = new Alerting({ plan }).round(MINUTE, { p1: 'warning' });
    done.observedMs = 30 * MINUTE;
    done.waits(30 * MINUTE).assessed({}, { streaks: { p1: streak('warning') } });
    const story = new Alerting().round(MINUTE, { p1: 'warning' }).pauses().finishes();
    for (const each of [done, story]) {
      expect(each.rollout.phase).toBe('completed');
      expect(each.alerts).toMatchObject([{ slot: 'alerts:1', subject: 'p1', closed: { how: 'ended' } }]);
      expect(each.rollout.nextWakeAt).toBeNull();
    }
  });
});

describe('a warning', () => {
  const WARNED: Verdicts = { p1: 'warning' };

  test('that nobody has goes to the channel after five minutes, once, and calls the contact in working hours', () => {
    const story = new Alerting().round(MINUTE, WARNED);
    expect(story.heard()).toEqual([]);
    expect(story.until(5 * MINUTE - SECOND)).toEqual([]);
    expect(story.until(SECOND)).toEqual(['alerts:2 p1 @SSRE']);
    expect(story.posts()).toEqual(['2 channel p1']);
    expect(story.until(HOUR)).toEqual([]);
  });

  test.each<[string, (story: Alerting) => unknown]>([
    ['somebody has', (story) => story.asks(LENA, { type: 'have', subject: '' })],
    ['recovered', (story) => story.round(MINUTE)],
    ['went down with a rollback', (story) => story.rollsBack()],
    ['was ended with the rollout', (story) => story.pauses().finishes()],
  ])('that %s before does not', (_name, happens) => {
    const story = new Alerting().round(MINUTE, WARNED).waits(MINUTE);
    happens(story);
    expect(story.until(HOUR)).toEqual([]);
  });

  test('that comes back in the same stage is not told in the channel again; in the next stage it is', () => {
    const story = new Alerting().round(MINUTE, WARNED);
    story.until(6 * MINUTE);
    story.round(MINUTE).round(MINUTE, WARNED);
    expect(story.posts()).toEqual(['3 thread p1']);
    expect(story.until(HOUR)).toEqual([]);
    story.round(MINUTE).baked().advances().raised();
    expect(story.rollout.stage.no).toBe(2);
    story.round(MINUTE, WARNED);
    expect(story.until(6 * MINUTE)).toEqual(['alerts:5 p1 @SSRE']);
  });

  test('that came back begins its five minutes again', () => {
    const story = new Alerting()
      .round(MINUTE, WARNED)
      .round(4 * MINUTE)
      .round(SECOND, WARNED);
    expect(story.until(4 * MINUTE)).toEqual([]);
    expect(story.until(MINUTE)).toEqual(['alerts:3 p1 @SSRE']);
  });

  test('that goes on in the next stage is told there after five minutes, unless somebody has it', () => {
    const next = (story: Alerting) => {
      story.observedMs = 30 * MINUTE;
      story.assessed(
        {},
        { streaks: { ...Object.fromEntries(NAMES.map((name) => [name, streak('pass')])), p1: streak('warning') } },
      );
      story.advances().raised();
      expect(story.rollout).toMatchObject({ phase: 'baking', stage: { no: 2 } });
      return story;
    };
    const story = new Alerting().round(MINUTE, WARNED);
    story.until(20 * MINUTE);
    next(story);
    expect(story.until(5 * MINUTE - SECOND)).toEqual([]);
    expect(story.until(SECOND)).toEqual(['alerts:3 p1 @SSRE']);
    const had = new Alerting().round(MINUTE, WARNED).asks(LENA, { type: 'have', subject: '' });
    expect(next(had).until(HOUR)).toEqual([]);
  });

  test('of which somebody says "I have it" and that becomes worse is heard at once', () => {
    const story = new Alerting().round(MINUTE, WARNED).asks(LENA, { type: 'have', subject: '' });
    story.round(MINUTE, { p1: 'critical' });
    expect(story.heard()).toEqual(['alerts:2 p1 @SSRE']);
    expect(story.rollout.alerts.posts?.at(-1)?.had).toEqual([]);
  });

  test('that joins what somebody has is theirs, too', () => {
    const story = new Alerting().round(MINUTE, WARNED).asks(LENA, { type: 'have', subject: '' });
    story.round(MINUTE, { p1: 'warning', p2: 'warning' });
    expect(story.posts()).toEqual(['1 thread p1 p2']);
    expect(story.until(HOUR)).toEqual([]);
  });

  test('beside one that lasts already joins it in the channel, by an edit, when its own time has come', () => {
    const story = new Alerting().round(MINUTE, WARNED).round(2 * MINUTE, { p1: 'warning', p2: 'warning' });
    expect(story.until(3 * MINUTE)).toEqual(['alerts:2 p1 @SSRE']);
    expect(story.posts()).toEqual(['1 thread p2', '2 channel p1']);
    expect(story.until(2 * MINUTE)).toEqual([]);
    expect(story.posts()).toEqual(['2 channel p1 p2']);
  });

  test('is heard in a post of its own where the one beside it called nobody, as at night', () => {
    const night = new Date('2026-11-20T22:00:00Z');
    const story = new Alerting({ at: night }).round(MINUTE, WARNED).round(2 * MINUTE, { p1: 'warning', p2: 'warning' });
    expect(story.until(3 * MINUTE)).toEqual(['alerts:2 p1']);
    expect(story.until(2 * MINUTE)).toEqual(['alerts:3 p2']);
    // One that begins beside those joins them by an edit, and that is not yet heard either.
    story.round(SECOND, { p1: 'warning', p2: 'warning', p3: 'warning' });
    expect(story.heard()).toEqual([]);
    expect(story.until(6 * MINUTE)).toEqual(['alerts:4 p3']);
  });

  test('that begins beside something worse, by which somebody was called, is theirs to read', () => {
    const story = new Alerting().round(MINUTE, { p1: 'missing' });
    expect(story.heard()).toEqual(['alerts:1 p1 @SSRE']);
    story.round(SECOND, { p1: 'missing', p2: 'warning' });
    expect(story.until(10 * MINUTE)).toEqual([]);
    expect(story.posts()).toEqual(['1 channel p1 p2']);
  });

  test('is not said to have lasted by a bot that read nothing meanwhile; the next round says', () => {
    const story = new Watched({ ...PLAN, checks: [checkOf('errors', { kind: 'memory', name: 'errors' })] }).raised();
    story.rounds(2, MINUTE, { errors: 3 });
    expect(story.rollout.alerts.posts).toMatchObject([{ place: 'thread' }]);
    const { watch } = story;
    const wakes = (ms: number) => record(story.rollout, { type: 'woke' }, { now: plus(ms, story.story.now), watch });
    expect(wakes(HOUR).outcome).toBe('nothing');
    story.rounds(4, MINUTE, { errors: 3 });
    expect(story.rollout.alerts.posts).toMatchObject([{ place: 'thread' }]);
    story.round(HOUR, { errors: 3 });
    expect(story.rollout.alerts.posts?.at(-1)).toMatchObject({ place: 'channel', lines: [{ subject: 'errors' }] });
  });

  test.each([
    ['Friday at noon', '2026-11-20T12:00:00Z', 'UTC', true],
    ['Friday, a minute before six', '2026-11-20T17:58:00Z', 'UTC', true],
    ['Friday at six', '2026-11-20T18:00:00Z', 'UTC', false],
    ['Saturday at noon', '2026-11-21T12:00:00Z', 'UTC', false],
    ['Monday, a minute before nine', '2026-11-23T08:58:30Z', 'UTC', false],
    ['Monday at nine', '2026-11-23T09:00:00Z', 'UTC', true],
    ['noon in Greenwich is five in the morning in Los Angeles', '2026-11-20T12:00:00Z', 'America/Los_Angeles', false],
    ['noon in Greenwich is nine in the evening in Tokyo', '2026-11-20T12:00:00Z', 'Asia/Tokyo', false],
    ['after the clocks went back, eight in Greenwich is nine in Berlin', '2026-10-26T08:00:00Z', 'Europe/Berlin', true],
    ['before they did, eight is ten', '2026-10-23T08:00:00Z', 'Europe/Berlin', true],
    ['before they did, seven is nine', '2026-10-23T07:00:00Z', 'Europe/Berlin', true],
    ['after they did, seven is eight', '2026-10-26T07:00:00Z', 'Europe/Berlin', false],
  ])('is told in the channel at any hour; on %s the contact is called: %s %s %s', (_when, at, timezone, called) => {
    const due = new Date(at);
    const began = new Date(due.getTime() - 6 * MINUTE);
    const story = new Alerting({ plan: { ...PLAN, timezone }, at: began }).round(MINUTE, WARNED);
    expect(story.until(5 * MINUTE)).toEqual([`alerts:2 p1${called ? ' @SSRE' : ''}`]);
  });

  const SATURDAY = new Date('2026-11-21T03:00:00Z');

  test.each<[string, Plan]>([
    [
      'for which the bake starts over',
      { ...PLAN, stages: PLAN.stages.map((one) => ({ ...one, restartsOn: ['warning'] as const })) },
    ],
  ])('%s calls people at night, too', (_name, plan) => {
    const story = new Alerting({ plan, at: SATURDAY }).round(MINUTE, WARNED);
    expect(story.until(5 * MINUTE)).toEqual(['alerts:2 p1 @SSRE']);
  });

  test('that holds calls people at night, too', () => {
    const warning: Limit = { op: 'above', value: 2, act: { kind: 'hold' } };
    const [first, ...rest] = PLAN.checks;
    const plan = { ...PLAN, checks: [{ ...(first ?? checkOf('p1', prom(''))), warning }, ...rest] };
    const story = new Alerting({ plan, at: SATURDAY });
    const counting = [{ limit: warning, act: { kind: 'hold' } as const }];
    story.waits(MINUTE).assessed({}, { streaks: { p1: { ...streak('warning'), counting } } });
    expect(story.rollout.phase).toBe('held');
    expect(story.until(5 * MINUTE)).toEqual(['alerts:2 p1 @SSRE']);
  });
});

describe('who is called', () => {
  const CRITICAL: Verdicts = { p1: 'critical' };
  const user = (id: string): Member => ({ kind: 'user', id });

  test.each<[string, Rollout['people'], readonly string[], string]>([
    ['a contact', { sre: [SRE] }, ['sre'], '@SSRE'],
    [
      'somebody who is named in two roles, once',
      { sre: [user('U1')], lead: [user('U1'), user('U2')] },
      ['sre', 'lead'],
      '@U1 @U2',
    ],
    ['who started, where nobody is named', { operators: [user('U9')] }, [], '@UOLGA'],
    ['who started, where nobody named was found', { sre: [], operators: [user('U9')] }, ['sre'], '@UOLGA'],
    ['who started, where the role is not known', {}, ['constructor'], '@UOLGA'],
  ])('%s', (_name, people, contact, called) => {
    const story = new Alerting({ plan: { ...PLAN, contact }, people }).round(MINUTE, CRITICAL);
    expect(story.heard()).toEqual([`alerts:1 p1 ${called}`]);
  });

  test('the operators, where a shell started it and nobody is named', () => {
    const people = { operators: [user('U9')] };
    const story = new Alerting({ plan: { ...PLAN, contact: [] }, people, by: SHELL }).round(MINUTE, CRITICAL);
    expect(story.heard()).toEqual(['alerts:1 p1 @U9']);
  });

  test('nobody twice in fifteen minutes; what should have called then is told once more while nobody has it', () => {
    const story = new Alerting().round(MINUTE, CRITICAL);
    expect(story.heard()).toEqual(['alerts:1 p1 @SSRE']);
    story.round(MINUTE).round(8 * MINUTE, { q1: 'critical' });
    expect(story.heard()).toEqual(['alerts:2 q1']);
    expect(story.until(6 * MINUTE - SECOND)).toEqual([]);
    expect(story.until(SECOND)).toEqual(['alerts:3 q1 @SSRE']);
    expect(story.until(HOUR)).toEqual([]);
  });

  test.each<[string, (story: Alerting) => unknown]>([
    ['somebody has it', (story) => story.asks(LENA, { type: 'have', subject: '' })],
    ['it is over', (story) => story.round(MINUTE)],
    ['it was rolled back, and the incident calls', (story) => story.rollsBack()],
  ])('and not when %s', (_name, happens) => {
    const story = new Alerting().round(MINUTE, CRITICAL).round(MINUTE).round(MINUTE, { q1: 'critical' });
    happens(story);
    expect(story.until(HOUR)).toEqual([]);
  });

  test('after fifteen minutes again', () => {
    const story = new Alerting()
      .round(MINUTE, CRITICAL)
      .round(MINUTE)
      .round(14 * MINUTE, CRITICAL);
    expect(story.heard()).toEqual(['alerts:2 p1 @SSRE']);
  });
});
