/**
 * Draws every post of a rollout in thousands of states (limits of a stage's own, each act, restarts, holds, limits against a measurement,
 * reported numbers) and holds each sentence against the state. A sentence that is not known here fails: what must be so has to be said.
 */
import { expect, test } from 'vitest';
import { checkIn } from '../../src/rollout/health/in-force.js';
import type { Restart } from '../../src/rollout/plan/plan.js';
import { mayRise } from '../../src/rollout/requirements/may-rise.js';
import { said } from '../../src/rollout/state/detail.js';
import type { Message } from '../../src/rollout/state/effects.js';
import { type AlertPost, type Episode, isTerminal, type Rollout } from '../../src/rollout/state/rollout.js';
import type { Rendered } from '../../src/slack/words/blocks.js';
import { type MessageContext, renderMessage, renderStatus, renderWhy } from '../../src/slack/words/messages/index.js';
import { alertPostOf, episodeOf, LEA, NOW, rollbackFrom } from '../support/rollouts.js';
import { ANSWERS, type Known, mustSay, phaseWord } from './answer-sentences.js';
import { readable } from './readable.js';
import { CHECKS, HOUR, NUMBERS, request, states, VERDICTS } from './sentence-states.js';
import { areLimits, type Drawn, isCounting, isRule, PLAIN, rulesOfStage, type Scene, sentences } from './sentences.js';

const post = (more: Partial<Episode>): AlertPost =>
  alertPostOf([episodeOf({ subject: 'errors', value: 3.1, ...more })]);

/** The limit that an alert keeps; without one that holds there would be none. */
function brokenIn(rollout: Rollout): Pick<Episode, 'limit'> {
  const limit = checkIn(rollout, 'errors')?.critical ?? { op: 'above', value: 10 };
  return { limit };
}

/** A post or an answer as it is shown in this state. */
function draw(message: Drawn, ctx: MessageContext): Rendered {
  const { rollout, watch, now } = ctx;
  switch (message.template) {
    case 'status':
      return renderStatus(ctx);
    case 'why':
      return renderWhy({
        rollout,
        watch,
        now,
        conditions: mayRise(rollout, { now, watch }, { at: 'asked' }).conditions,
      });
    default:
      return renderMessage(message as Message, ctx);
  }
}

function messages(rollout: Rollout): readonly Drawn[] {
  const answers: readonly Drawn[] = [
    { template: 'live' },
    { template: 'status' },
    { template: 'why' },
    { template: 'paused', by: LEA, reason: 'support calls', exposure: 50 },
  ];
  // Before the first stage there is nothing else to tell, and what was open is closed when it ends.
  if (rollout.phase === 'starting' || isTerminal(rollout.phase)) return answers;
  const done = {
    stageNo: 2,
    wallMs: 5 * HOUR,
    observedMs: 4 * HOUR,
    issues: { opened: 1, closed: 1 },
    numbers: NUMBERS,
  };
  return [
    { template: 'alert', post: post({ kind: 'warning' }) },
    { template: 'alert', post: post({ kind: 'critical', value: 11, ...brokenIn(rollout) }) },
    { template: 'alert', post: post({ kind: 'feared', value: 11, detail: null }) },
    { template: 'alert', post: post({ kind: 'no_data', value: null, detail: said('timeout') }) },
    {
      template: 'alert',
      post: post({
        kind: 'drift',
        subject: '@target',
        value: 60,
        reason: 'drift_up',
        detail: { kind: 'read', expected: 50, found: 60 },
      }),
    },
    {
      template: 'alert',
      post: post({
        kind: 'drift',
        subject: '@target',
        value: 30,
        reason: 'drift_down',
        detail: { kind: 'read', expected: 50, found: 30 },
      }),
    },
    {
      template: 'alert',
      post: post({
        kind: 'raise_failed',
        subject: 'raise',
        value: null,
        reason: 'raise_failed',
        detail: said('no answer'),
        exposure: 100,
      }),
    },
    { template: 'approval_request', request: request(), outcome: { kind: 'open' } },
    { template: 'stage_start', stageNo: 2, exposure: 50, bakeMs: 4 * HOUR, at: NOW },
    // A bake that was done and is not is one that somebody made longer.
    ...(rollout.bake.done || rollout.bake.extraMs > 0 ? [{ template: 'stage_complete', attempt: 1, ...done }] : []),
    { template: 'summary', exposure: 50, verdicts: VERDICTS, ...done },
    { template: 'completed', ...done, stageNo: 3, unwatched: null },
    {
      template: 'incident',
      rollback: rollbackFrom(50, {
        cause: { ...rollbackFrom(50).cause, check: 'errors', value: 12, limit: { op: 'above', value: 10 } },
      }),
      tookMs: null,
      exposure: null,
    },
    ...answers,
    { template: 'report_due', check: 'complaints' },
    ...(['advance', 'approval', 'resume'] as const).map((waitingFor) => {
      return { template: 'reminder', waitingFor, since: NOW, nobodyLeft: false } as const;
    }),
  ] as readonly Drawn[];
}

/** The stage whose limits a post speaks of. */
function stageOf({ message, ctx: { rollout } }: Scene): number {
  switch (message.template) {
    case 'approval_request':
      return message.request.stageNo - 1;
    case 'stage_complete':
    case 'summary':
    case 'completed':
      return message.stageNo;
    default:
      return rollout.stage.no;
  }
}

const rules = (scene: Scene, title: string) => rulesOfStage(scene, title.toLowerCase(), stageOf(scene));
const unitOf = (title: string) => CHECKS.find((check) => check.title === title)?.unit ?? '';
const held = ({ ctx: { rollout } }: Scene) => rollout.phase === 'held';
const restarts = ({ ctx: { rollout } }: Scene, on: Restart) =>
  rollout.plan.stages[rollout.stage.no - 1]?.restartsOn?.includes(on) ?? false;
const kindOf = ({ message }: Scene) => (message.template === 'alert' ? message.post.lines[0]?.kind : undefined);
const restartsWith = (scene: Scene) => restarts(scene, kindOf(scene) === 'no_data' ? 'no_data' : 'warning');
const baking = ({ ctx: { rollout } }: Scene) => rollout.phase === 'baking';
/** The open request of this card goes there. */
const asksOpenly = (message: Scene['message'], to = '', from = String(askedFrom(message))) =>
  message.template === 'approval_request' &&
  message.outcome.kind === 'open' &&
  Number(to) === message.request.to &&
  Number(from) === message.request.from;
const askedFrom = (message: Scene['message']) =>
  message.template === 'approval_request' ? message.request.from : undefined;
/** One approval is needed there, and nobody has given one. */
const isLastApproval = (message: Scene['message']) =>
  message.template === 'approval_request' && message.request.votes.length === 0;
const keeps = (scene: Scene, percent: string) => Number(percent) === scene.ctx.rollout.exposure.confirmed;

const SAYS: readonly Known[] = [
  ...ANSWERS,
  // what is wrong, by the limit that is in force
  [
    /^🟡 \*Warning\*: (\w+) [\d.]+ (?:% |ms )?is (?:over|under) its warning ([\d.]+)(?: %)?$/,
    (scene, title = '', limit) =>
      rules(scene, title).some(({ act, value }) => act === 'warn' && String(value) === limit),
  ],
  [
    /^🟠 \*Critical\*: (\w+) ([\d.]+) % is (?:over|at or over) its limit ([\d.]+) %(?: \(.+\))?$/,
    (scene, title = '', value, limit) =>
      rules(scene, title).some(
        (rule) =>
          rule.act !== 'warn' &&
          (rule.value === undefined || String(rule.value) === limit) &&
          Number(value) >= Number(limit),
      ),
  ],
  [/^🟠 \*No data\*(?: from .+)?: .+ has no number \(timeout\)$/, (scene) => kindOf(scene) === 'no_data'],
  [
    /^🟡 \*In doubt\*: (\w+) has numbers beyond a limit, not long enough yet for it to count; the last is [\d.]+ %$/,
    (scene) => kindOf(scene) === 'feared',
  ],
  [/^🟠 \*Drift\*: somebody else (?:raised|lowered) the exposure \(.+\)$/, (scene) => kindOf(scene) === 'drift'],
  [
    /^🟠 \*Not raised to 100 %\*: the raise could not be applied \(no answer\)$/,
    (scene) => kindOf(scene) === 'raise_failed',
  ],
  // what else happens
  [
    /^((?:Rolls|Pauses|Switches|To go on).+)\.$/,
    (scene, words = '') => {
      const all = rules(scene, 'Errors').filter(({ act }) => act !== 'warn');
      const parts = words.split('; ').map((part) => part.charAt(0).toLowerCase() + part.slice(1));
      return parts.length === all.length && parts.every((part) => isRule(part, all, '%'));
    },
  ],
  // what was done
  [/^Nothing was changed; the bake goes on\.$/, (scene) => isCounting(scene) && !restarts(scene, 'warning')],
  [/^Nothing else was changed; the bake started over\.$/, (scene) => isCounting(scene) && restarts(scene, 'warning')],
  [
    /^Nothing else was changed; the bake starts over and stands still (?:meanwhile|until there is data again)\.$/,
    (scene) => baking(scene) && restartsWith(scene) && (!isCounting(scene) || kindOf(scene) !== 'warning'),
  ],
  [
    /^Nothing was changed; the bake stands still (?:meanwhile|until there is data again)\.$/,
    (scene) => baking(scene) && !restartsWith(scene) && (!isCounting(scene) || kindOf(scene) !== 'warning'),
  ],
  [
    /^Nothing was changed\.$/,
    (scene) =>
      !baking(scene) && !(held(scene) && scene.ctx.rollout.held?.cause === 'no_data' && kindOf(scene) === 'no_data'),
  ],
  [
    /^Nothing was changed; the bake counts only time between two numbers within their critical limits\.$/,
    (scene) => baking(scene) && kindOf(scene) === 'feared',
  ],
  [
    /^No stage is raised while a number is beyond a critical limit\.$/,
    (scene) => !baking(scene) && kindOf(scene) === 'feared',
  ],
  [/^A rollback is under way\.$/, ({ ctx }) => ctx.rollout.phase === 'rolling_back'],
  [
    /^No stage can be raised (?:meanwhile|until there is data again)\.$/,
    (scene) => kindOf(scene) === 'critical' || kindOf(scene) === 'no_data',
  ],
  [/^The rollout is paused; users keep (\d+) %\.$/, (scene, percent = '') => held(scene) && keeps(scene, percent)],
  [/^This limit does not roll it back\.$/, (scene) => scene.ctx.rollout.health.holds?.includes('errors') ?? false],
  [
    /^Somebody resumed in spite of it\. It pauses again if the number recovers and then breaks this limit once more\.$/,
    (scene) => !held(scene) && (scene.ctx.rollout.health.holds?.includes('errors') ?? false),
  ],
  [
    /^It is being lowered to (\d+) % again\.$/,
    (scene, percent) => Number(percent) === scene.ctx.rollout.exposure.wanted,
  ],
  [/^It is left where it was found; the rollout is paused\.$/, held],
  [/^It was left where it was found; the rollout is (.+) now\.$/, (scene) => !held(scene)],
  [/^Users keep (\d+) %; the targets are put back there\.$/, (scene, percent = '') => keeps(scene, percent)],
  [/^The rollout is paused\.$/, held],
  [/^The rollout is (.+) now\.$/, (scene, word) => phaseWord(scene) === word && !held(scene)],
  // numbers beside their limits
  [
    /^(?:[✖○] )?(?:\*[A-Z][a-z ]+\* )?(\w+),? (?:last )?[\d.,]+(?: %| ms)?(?: [↗↘])?(?: \(([^()]*)\))?(, .+)?$/,
    (scene, title = '', limits = '', age = '') =>
      (limits === '' || areLimits(limits, rules(scene, title))) && (age === '' || isAge(title, age)),
  ],
  [/^○ \*No data\* (\w+)(?: for .+)? \(timeout\), last .+$/, ({ ctx }) => ctx.watch?.stopped !== null],
  // what is asked, and what the click does
  [
    /^🔵 \*Approval needed\* · \*(\d+) % → (\d+) %\* · New checkout$/,
    ({ message }, from, to) => asksOpenly(message, to, from),
  ],
  [
    /^Approve: it goes to (\d+) % (at once|when enough have approved), if the checks still hold$/,
    ({ message }, to, when) => asksOpenly(message, to) && (when === 'at once') === isLastApproval(message),
  ],
  // what the move changes
  [/^\*Other limits in that stage\*$/, () => true],
  [/^(\w+): (also )?([^→]+?)(?: → (.+))?$/, changed],
  // the bake
  [/^([▓░]+) (?:\d+ h|0 s) of \d+ h · ends [^,]+$/, (scene, bar) => isCounting(scene) && isBar(scene, bar)],
  [/^▓{10} \d h of \d h · done$/, ({ ctx }) => ctx.rollout.bake.done],
  [
    /^([▓░]+) (?:\d+ h|0 s) of \d+ h · stands still while (paused|this goes on)$/,
    (scene, bar, why) => !baking(scene) && (why === 'paused') === held(scene) && isBar(scene, bar),
  ],
  [/^([▓░]+) (?:\d+ h|0 s) of \d+ h$/, (scene, bar) => !isCounting(scene) && isBar(scene, bar)],
  // how it is, in a word with its icon
  [
    /^(\S+) \*([^*]+)\* · New checkout(?: · .+)?$/,
    (scene, icon, word = '') => word.toLowerCase() === phaseWord(scene) && icon === ICONS[scene.ctx.rollout.phase],
  ],
  [
    /^Bake stands still: Errors has (?:had no data for .+ \(timeout\)|been beyond its limit for .+)$/,
    ({ ctx }) => ctx.watch?.stopped?.subject === 'errors',
  ],
  [
    /^Started over (?:once|\d+ times): the plan counts from the last trouble$/,
    ({ ctx }) => (ctx.rollout.bake.restarts ?? 0) > 0,
  ],
  [
    /^Extended; baking again, 5 h needed now$/,
    ({ ctx }) => ctx.rollout.bake.extraMs === HOUR && !ctx.rollout.bake.done,
  ],
  [/^Please have a look; the bake goes on by itself\.$/, (scene) => isCounting(scene)],
  [/^Please have a look; the bake stands still: .+$/, (scene) => !isCounting(scene)],
];

const ICONS: Readonly<Record<Rollout['phase'], string>> = {
  planned: '📋',
  starting: '⏳',
  ready: '🔵',
  awaiting_approval: '🔵',
  applying: '⏫',
  baking: '🟢',
  held: '⏸',
  rolling_back: '🔴',
  rolled_back: '⚪',
  completed: '✅',
  not_started: '⚪',
};

/** As many tenths as were observed, never all of them before it is over. */
function isBar({ ctx: { rollout, watch } }: Scene, bar = ''): boolean {
  const part = (watch?.observedMs ?? 0) / (4 * HOUR + rollout.bake.extraMs);
  const tenths = bar.replaceAll('░', '').length;
  return bar.length === 10 && tenths < 10 && tenths <= part * 10 && part * 10 < tenths + 1;
}

function changed(scene: Scene, title = '', also = '', was = '', will = ''): boolean {
  if (scene.message.template !== 'approval_request') return false;
  const unit = unitOf(title);
  const of = (stageNo: number) => rulesOfStage(scene, title.toLowerCase(), stageNo);
  const { stageNo } = scene.message.request;
  const all = (words: string, at: number) =>
    words === 'no limit in its place' || words.split(', ').every((one) => isRule(one, of(at), unit));
  return also === '' ? all(was, stageNo - 1) && all(will, stageNo) : all(was, stageNo);
}

function isAge(title: string, age: string): boolean {
  if (title === 'Complaints') return age === ', reported by <@ULEA>, 3 h old';
  return title === 'Errors' && age === ', 20 s old';
}

test('every sentence of every post is so in the state it is drawn from', () => {
  let drawn = 0;
  const wrong = new Map<string, string>();
  const note = (what: string, where: string) => wrong.has(what) || wrong.set(what, where);
  const used = new Set<Known>();
  for (const { name, rollout, watch } of states()) {
    const ctx: MessageContext = { rollout, watch, now: NOW, lowering: null, byHand: [] };
    for (const message of messages(rollout)) {
      // What the watch says stands in these only.
      if (/(?:errors|over)$/.test(name) && !['alert', 'live', 'status', 'why', 'summary'].includes(message.template))
        continue;
      drawn += 1;
      const scene = { ctx, message };
      const shown = readable(draw(message, ctx));
      for (const [what, said] of mustSay(scene))
        if (!said.test(shown)) note(`MISSING ${message.template}: ${what}`, name);
      for (const line of shown.split('\n').flatMap(sentences)) {
        if (line === '' || PLAIN.some((plain) => plain.test(line))) continue;
        const known = SAYS.filter(([pattern]) => pattern.test(line));
        const so = known.some(([pattern, isSo]) =>
          isSo(scene, ...(pattern.exec(line) ?? []).slice(1).map((found) => found ?? '')),
        );
        for (const one of known) used.add(one);
        if (!so) note(`${known.length === 0 ? 'UNKNOWN' : 'NOT SO'} ${message.template}: ${line}`, name);
      }
    }
  }
  expect([...wrong].slice(0, 40)).toEqual([]);
  expect(drawn).toBeGreaterThan(3_000);
  // A pattern that nothing says any more would hide a new sentence.
  expect(SAYS.filter((each) => !used.has(each)).map(([pattern]) => pattern.source)).toEqual([]);
});
