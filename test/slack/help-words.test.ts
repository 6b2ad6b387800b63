import { describe, expect, test } from 'vitest';
import { HANDLERS } from '../../src/commands/handlers.js';
import type { Rollout } from '../../src/rollout/state/rollout.js';
import { legalVerbs, VERBS, type Verb } from '../../src/rollout/state/verbs.js';
import { renderHelp, renderVerbHelp } from '../../src/slack/words/messages/index.js';
import { rolloutAt } from '../support/rollouts.js';
import { withItems } from './items-saying.js';
import { readable, told } from './readable.js';

const SETTINGS = { transport: 'socket', plans: 2, broken: 1, probeNetworks: 'listed' } as const;
const FOOT =
  'Slack by Socket Mode · 2 plans, 1 broken (`/rollout plans` says why) · checks read only the networks it was given';

function helpOf(verbs: readonly Verb[], rollout: Rollout | null, more: Partial<Parameters<typeof renderHelp>[0]> = {}) {
  return readable(renderHelp({ verbs, rollout, plans: [], roles: [], settings: SETTINGS, ...more }));
}

/** What the card of a list says better. */
const OF_AN_ITEM = ['fail', 'reopen', 'run', 'waive'];

describe('help', () => {
  test('has what makes sense now as it can be typed, first what stops it, last and small how it is set up', () => {
    const verbs: Verb[] = [...legalVerbs('ready'), 'status', 'list'];
    expect(helpOf(verbs, rolloutAt('ready'), { roles: ['operators'] })).toBe(
      told(
        '*New checkout* · 50 % · ready',
        '`/rollout rollback new-checkout` takes it back at once',
        '`/rollout pause new-checkout` stops at 50 % until somebody continues',
        '`/rollout status new-checkout` shows where it stands',
        '`/rollout advance new-checkout` goes to the next stage, 100 % · Everyone, needs engineering-lead',
        '`/rollout extend new-checkout 30m` makes the bake 30 minutes longer',
        '`/rollout finish new-checkout` ends it at 50 %, unwatched',
        '`/rollout list` shows every rollout under way',
        'You: operators · Operators: operators (<!subteam^SREL>) · Approvals: engineering-lead (<!subteam^SLEAD>)',
        'A request stays open for 1 day · Reminders: every 4 h, at most 6 times, then once a day unless it is a request; at any hour (Europe/Berlin)',
        'Rollback: to 0 % (off), promised within 30 seconds',
        FOOT,
      ),
    );
  });

  test('the order is rollback, pause, approve, deny, why, status, advance, whatever order it was given', () => {
    const typed = helpOf(VERBS, rolloutAt('awaiting_approval')).match(/(?<=`\/rollout )\w+/g) ?? [];
    expect(typed.slice(0, 7)).toEqual(['rollback', 'pause', 'approve', 'deny', 'why', 'status', 'advance']);
  });

  test('offers no rollback where users have nothing and nothing is under way; of a run that left something it does', () => {
    expect(helpOf(['rollback', 'status'], rolloutAt('rolled_back'))).not.toContain('/rollout rollback');
    expect(helpOf(['rollback', 'status'], rolloutAt('completed'))).toContain('/rollout rollback new-checkout#1');
    expect(helpOf(['rollback'], rolloutAt('starting'))).toContain('/rollout rollback');
  });

  test('with no rollout here says which plans can be started, and which not yet', () => {
    expect(helpOf(['start', 'list'], null, { plans: ['a', 'b'], unready: ['c'] })).toBe(
      told(
        '*No rollout here*',
        '`/rollout start a` begins it (its operators)',
        '`/rollout start b` begins it (its operators)',
        'Not ready, a variable is not set: c',
        '`/rollout list` shows every rollout under way',
        FOOT,
      ),
    );
  });

  test('every verb has a line where there is a rollout, but those its plan has nothing for', () => {
    const said = helpOf(VERBS, rolloutAt('held'), { plans: ['a'] });
    expect(VERBS.filter((verb) => !said.includes(`/rollout ${verb}`))).toEqual([
      'have',
      'baseline',
      'report',
      'items',
      'output',
      'done',
      ...OF_AN_ITEM,
    ]);
    const complaints = {
      name: 'complaints',
      title: 'Complaints',
      unit: '',
      critical: { op: 'above', value: 5 },
    } as const;
    const { plan } = rolloutAt('held');
    const checks = [
      ...plan.checks,
      { ...complaints, probe: { kind: 'manual', ask: 'How many?', everyMs: 60_000 } as const },
    ];
    const { lists } = withItems('Build passes', 5).rollout;
    const all = helpOf(VERBS, rolloutAt('held', { lists, plan: { ...plan, baselineMs: 60_000, checks } }), {
      plans: ['a'],
    });
    expect(VERBS.filter((verb) => !all.includes(`/rollout ${verb}`))).toEqual(['have', 'output', ...OF_AN_ITEM]);
  });

  test('about one verb says what it takes and does, and that nothing was done', () => {
    const { usage, does } = HANDLERS.pause;
    expect(readable(renderVerbHelp({ verb: 'pause', usage, does }))).toBe(
      told(
        '`/rollout pause [rollout] [reason]` pause where it is; checks go on, the bake stands still.',
        'Nothing was changed · `/rollout help` shows what makes sense here',
      ),
    );
  });
});
