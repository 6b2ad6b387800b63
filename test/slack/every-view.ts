import type { HomeView, ModalView } from '@slack/types';
import { type Form, renderForm, renderFormAnswer } from '../../src/slack/forms/index.js';
import { renderHome, renderHomeClosed } from '../../src/slack/words/messages/home.js';
import { renderRefusal } from '../../src/slack/words/messages/index.js';
import { NOW, requestFor, rollbackFrom, rolloutAt } from '../support/rollouts.js';
import { mineSaying } from './every-answer.js';
import { withItems } from './items-saying.js';
import { type Renders, type Size, saying } from './saying.js';

/** Every form, what a refused one shows, and the Home tab, with the same words wherever somebody else's stand. */
export function everyView(words: string, size: Size = { checks: 4, stages: 3 }): Renders<ModalView | HomeView> {
  const said = saying(words, size);
  const forms = Object.entries(everyForm(words, size)).map(([name, form]) => {
    return [`form_${name}`, () => renderForm(form, JSON.stringify({ form: name }))] as const;
  });
  const refusal = { reason: 'bake_incomplete', conditions: [], detail: words } as const;
  const { baking: rollout, watch } = said;
  const refused = renderRefusal({ refusal, verb: 'advance', rollout, watch, now: NOW });
  return {
    ...Object.fromEntries(forms),
    form_answer: () => renderFormAnswer(words, refused, words.slice(0, 3_000)),
    form_answer_without_blocks: () => renderFormAnswer('Rollout', { text: 'Still working', blocks: [] }, ''),
    home: () => renderHome(mineSaying(said, 3)),
    home_full: () => renderHome(mineSaying(said, 100)),
    home_closed: () => renderHomeClosed(),
    home_empty: () => renderHome({ person: 'UOPAL', now: NOW, items: [] }),
  };
}

function everyForm(words: string, size: Size): Record<string, Form> {
  const { baking, watch, about } = saying(words, size);
  const reason = words.slice(0, 3_000);
  const destinations = baking.plan.stages.map(({ no, title }) => ({ value: `stage-${no}`, label: title }));
  const ways = [
    { value: 'stay', label: words },
    { value: 'extend', label: words },
    { value: 'to:off', label: 'off' },
  ];
  const plans = Array.from({ length: 120 }, (_, i) => ({ name: `plan-${i}`, title: words }));
  const rolledBack = rolloutAt('rolled_back', { ...about, rollback: rollbackFrom(50) });
  const [stage] = baking.plan.stages;
  const probe = { kind: 'manual', ask: words, everyMs: 3_600_000 } as const;
  const timing = { windowMs: 1, everyMs: 60_000 };
  const critical = { op: 'at_least', value: 5 } as const;
  const asked = { name: 'complaints', title: words, unit: '', probe, ...timing, critical };
  if (!stage) throw new Error('no stage');
  const { rows } = withItems(words, 300);
  const list = { kind: 'exit', stageNo: 2, opening: 1, no: 0 } as const;
  return {
    deny: { kind: 'deny', rollout: baking, request: requestFor({ reason: words }), reason, ways },
    override: { kind: 'override', rollout: baking, watch, now: NOW, reason },
    rollback: { kind: 'rollback', rollout: baking, destinations, reason },
    rollback_nowhere: { kind: 'rollback', rollout: baking, destinations: [], reason },
    finish: { kind: 'finish', rollout: baking, reason },
    extend: { kind: 'extend', rollout: baking, duration: words, reason },
    report: { kind: 'report', rollout: baking, check: asked, number: words, note: reason },
    items_done: { kind: 'items', verb: 'done', rollout: baking, list, rows, note: reason },
    items_fail: { kind: 'items', verb: 'fail', rollout: baking, list, rows, note: reason },
    items_waive: { kind: 'items', verb: 'waive', rollout: baking, list, rows: rows.slice(0, 1), note: reason },
    items_none: { kind: 'items', verb: 'reopen', rollout: baking, list, rows: [], note: '' },
    start: { kind: 'start', plans, plan: 'plan-110', note: reason },
    start_nothing: { kind: 'start', plans: [], plan: null, note: '' },
    false_alarm: { kind: 'false_alarm', rollout: rolledBack, stage, reason },
  };
}
