import { describe, expect, test } from 'vitest';
import { renderHome, renderHomeClosed } from '../../src/slack/words/messages/home.js';
import { type Mine, renderMine } from '../../src/slack/words/messages/index.js';
import { changed, heldFor, LEA, NOW, requestFor, rollbackFrom, rolloutAt, watchAt } from '../support/rollouts.js';
import { mineSaying } from './every-answer.js';
import { buttonNamed, buttonsIn, readable, readableView, told } from './readable.js';
import { saying } from './saying.js';

type Item = Mine['items'][number];

const item = (rollout: Item['rollout'], more: Partial<Item> = {}): Item => {
  return { rollout, watch: null, mayApprove: false, operates: false, mine: false, ...more };
};
const mine = (...items: Item[]): Mine => ({ person: 'UOPAL', now: NOW, items });
const home = (...items: Item[]): string[] => readableView(renderHome(mine(...items))).split('\n');
const clicks = (...items: Item[]) => buttonsIn({ text: '', blocks: renderHome(mine(...items)).blocks as never });

describe('the Home tab', () => {
  test('a request that waits for me: the move, who asked, the health when asked, until when; Approve, Deny', () => {
    expect(home(item(rolloutAt('awaiting_approval'), { mayApprove: true }))).toEqual([
      '[ Refresh ] [ Start a rollout… ]',
      'As of 19:19 UTC',
      '# Waiting for your approval (1)',
      '*10 % → 50 %* · New checkout',
      'Asked by <@UOPAL>: “numbers look good”',
      'Health when asked: 4 of 4 fine',
      'Expires 2026-11-25 19:19 UTC · <#CSHOP>',
      '[ Approve ] [ Deny ] [ Details ]',
      '# Due next',
      '23:19 UTC · New checkout: approvers are reminded',
      '2026-11-25 19:19 UTC · New checkout: request for 50 % expires',
    ]);
  });

  test('an override that waits for me is called one', () => {
    const request = requestFor({ override: { observedMs: 720_000, neededMs: 14_400_000 } });
    const rollout = rolloutAt('awaiting_approval', { request, bake: { done: false } });
    expect(home(item(rollout, { mayApprove: true }))).toContain('*OVERRIDE: the bake is not over, 12 m of 4 h*');
  });

  test('mine first, then what bakes, then the rest; each in one place only', () => {
    const said = home(
      item(rolloutAt('ready', { id: 4 })),
      item(rolloutAt('baking', { id: 3 }), { watch: watchAt() }),
      item(rolloutAt('baking', { id: 2 }), { mine: true }),
      item(rolloutAt('awaiting_approval', { id: 1 }), { mayApprove: true, mine: true }),
    );
    expect(said.filter((line) => /^# .*\(\d\)$/.test(line))).toEqual([
      '# Waiting for your approval (1)',
      '# Yours (1)',
      '# Baking (1)',
      '# Also under way (1)',
    ]);
    expect(said).toContain('Bake 1 h 12 m of 4 h · ends 22:07 UTC · Health 4 of 4 fine');
  });

  test('why mine stands still', () => {
    expect(home(item(rolloutAt('held', { held: heldFor() }), { mine: true }))).toContain(
      'Paused by <@UOPAL> since 2026-11-24 19:19 UTC: “lunch”',
    );
  });

  test.each([
    ['an operator', { operates: true }, 'ready', '[ Advance to 100 % ] [ Roll back ] [ ⋯ Pause | Details ]'],
    ['an operator', { operates: true }, 'held', '[ Resume ] [ Roll back ] [ Details ]'],
    ['somebody who only looks', {}, 'ready', '[ Details ]'],
    ['somebody in any role', { mayStop: true }, 'baking', '[ Pause ] [ Roll back ] [ Details ]'],
  ] as const)('%s (%o) of one that is %s has the row %s', (_, more, phase, row) => {
    expect(home(item(rolloutAt(phase), more))).toContain(row);
  });

  test('buttons of one name say aloud which rollout they are of', () => {
    const labels = clicks(item(rolloutAt('baking', { run: 3 }), { operates: true })).map((b) => b.accessibility_label);
    expect(labels).toContain('Pause new-checkout#3');
  });

  test('it can be drawn again, and a rollout started from it', () => {
    const [refresh, start] = clicks();
    expect([refresh?.action_id, start?.action_id]).toEqual(['rollout_home', 'rollout_start']);
    expect(JSON.parse(start?.value ?? '')).toEqual({ plan: '', form: 'start' });
  });

  test('with nothing to show it says what will stand here and what to type', () => {
    expect(home().slice(2)).toEqual([
      '*Nothing waits for you.*',
      'When a request needs your approval, it stands here with its buttons; so does what you start or have a role in.',
      '`/rollout plans` shows what could be started, `/rollout list` what others roll out.',
    ]);
  });

  test('of more than there is room for, what waits for me comes first and the rest is counted', () => {
    const { blocks } = renderHome(mineSaying(saying('x', { checks: 4, stages: 3 }), 30));
    const said = readableView({ type: 'home', blocks });
    expect(blocks.length).toBeLessThanOrEqual(100);
    expect(said.match(/^\[ Approve \]/gm)?.length).toBe(30);
    expect(said).toContain('# Yours (30)');
    expect(said).toContain('# To do for you (');
    expect(said).toContain('\nand 26 more: `/rollout list`');
    expect(said).toContain('# Baking (30)\nand 30 more');
  });
});

describe('what was rolled back in the last 24 hours', () => {
  const confirmedAt = new Date(NOW.getTime() - 3_600_000);
  const last = rolloutAt('rolled_back', { rollback: rollbackFrom(50, { confirmedAt }) });
  const data: Mine = { person: 'UOPAL', now: NOW, items: [], rolledBack: [last] };
  const said = [
    '*New checkout* 50 % → 0 % at 18:19 UTC, read back · Error rate 12 % (limit 5) · nobody has it yet',
    '[ I have it ] [ Details ]',
  ];

  test('in the Home tab: from where to where, when it was read back, why, who has it, and what to click', () => {
    expect(readableView(renderHome(data)).split('\n').slice(2)).toEqual([
      '# Rolled back in the last 24 hours (1)',
      ...said,
    ]);
  });

  test('in a direct message the same', () => {
    expect(readable(renderMine(data)).split('\n').slice(0, 3)).toEqual([
      '*Rolled back in the last 24 hours (1)*',
      ...said,
    ]);
  });

  test('somebody who has it is named', () => {
    const taken = { ...data, rolledBack: [changed(last, { alerts: { haveIt: [LEA] } })] };
    expect(readableView(renderHome(taken))).toContain('(limit 5) · <@ULEA> has it');
  });

  test('its buttons carry the rollout and say aloud which one it is', () => {
    const shown = buttonsIn(renderMine(data));
    expect(shown.map((button) => [button.action_id, button.value, button.accessibility_label])).toEqual([
      ['rollout_have', '{"rollout":12}', 'I have it new-checkout#1'],
      ['rollout_status', '{"rollout":12}', 'Details new-checkout#1'],
    ]);
  });
});

test('for guests and strangers the Home tab says whom it is for, and has nothing to click', () => {
  const said = 'Only full members of this workspace may use this bot. Ask a colleague.';
  expect(readableView(renderHomeClosed())).toBe(said);
});

describe('the same in a direct message', () => {
  test('each has the buttons it has in the Home tab', () => {
    const items = [item(rolloutAt('baking'), { operates: true, mine: true }), item(rolloutAt('held', { id: 2 }))];
    const [, , ...inHome] = clicks(...items);
    expect(buttonsIn(renderMine(mine(...items)))).toEqual(inHome);
  });

  test('what waits for me can be decided there', () => {
    const shown = renderMine(mine(item(rolloutAt('awaiting_approval'), { mayApprove: true })));
    expect(buttonNamed(shown, 'rollout_approve')?.value).toEqual({ request: '12.118' });
    expect(buttonNamed(shown, 'rollout_deny')?.value).toEqual({ request: '12.118' });
  });

  test('mine, what bakes, and what is due next, the nearest first', () => {
    const data = mine(
      item(rolloutAt('baking', { id: 1 }), { mine: true, mayStop: true, watch: watchAt() }),
      item(rolloutAt('applying', { id: 2 })),
    );
    expect(readable(renderMine(data))).toBe(
      told(
        '*Yours (1)*',
        '🟢 *Baking* · New checkout · 50 % · Half · <#CSHOP>',
        'Bake 1 h 12 m of 4 h · ends 22:07 UTC · Health 4 of 4 fine',
        '[ Pause ] [ Roll back ] [ Details ]',
        '*Also under way (1)*',
        '⏫ *Being raised* · New checkout · 10 % · Early access · <#CSHOP>',
        'Health 4 of 4 fine',
        '[ Details ]',
        '*Due next*',
        '19:29 UTC · New checkout: the raise fails unless it is read back',
        '22:07 UTC · New checkout: bake ends unless it is interrupted',
        'As of 19:19 UTC · `/rollout list` · `/rollout help`',
      ),
    );
  });

  test('a bake that stands still has no end to be told', () => {
    const watch = watchAt({ stopped: { subject: 'error-rate', why: { kind: 'said', text: 'timeout' }, since: NOW } });
    expect(readable(renderMine(mine(item(rolloutAt('baking'), { mine: true, watch }))))).not.toContain('bake ends');
  });

  test('with nothing, how to begin', () => {
    expect(readable(renderMine(mine()))).toBe(
      told(
        'Nothing waits for your approval, and nothing you have a part in is under way.',
        '`/rollout plans` shows what could be started, `/rollout start &lt;plan&gt;` begins one, `/rollout list` shows what others roll out.',
      ),
    );
  });

  test('of many, as many of each as fit, and how many more', () => {
    const said = readable(renderMine(mineSaying(saying('x', { checks: 4, stages: 3 }), 20)));
    expect(said).toMatch(/\*Waiting for your approval \(20\)\*[\s\S]*\nand 1\d more\n\*Yours \(20\)\*/);
  });
});
