/** Every sentence that a post may say of limits, the bake and what was done, with what must be so in the state it is drawn from. */

import type { Limit, PlannedLimit } from '../../src/rollout/plan/plan.js';
import type { Message } from '../../src/rollout/state/effects.js';
import type { MessageContext } from '../../src/slack/words/messages/index.js';
import { isPercent } from '../../src/slack/words/phrases/limits.js';

/** A post, or the answer to a command that reads. */
export type Drawn = Message | { readonly template: 'why' | 'status' };

export interface Scene {
  readonly ctx: MessageContext;
  readonly message: Drawn;
}

/** A limit in force, found without the product's own reckoning. */
interface Rule {
  readonly op: Limit['op'];
  /** Undefined: against a measurement that is not there yet. */
  readonly value: number | undefined;
  readonly act: string;
  readonly forMs: number | undefined;
}

export function rulesOfStage({ ctx: { rollout } }: Scene, name: string, stageNo: number): Rule[] {
  const check = rollout.plan.checks.find((each) => each.name === name);
  const over = rollout.plan.stages[stageNo - 1]?.checks?.[name] ?? {};
  const pick = (own: PlannedLimit | undefined, changed: PlannedLimit | null | undefined): PlannedLimit[] =>
    changed === null ? [] : changed ? [changed] : own ? [own] : [];
  const warning = pick(check?.warning, over.warning).map((limit) => ({ limit, usual: 'post' }));
  const critical = pick(check?.critical, over.critical).map((limit) => ({
    limit,
    usual: 'rollback',
    named: 'critical',
  }));
  const others = (over.others ?? check?.others ?? []).map((limit) => ({ limit, usual: 'post' }));
  return [...warning, ...critical, ...others].flatMap(({ limit, usual, ...more }) => {
    const than = limit.value === undefined ? limit.than : undefined;
    const base =
      than &&
      (than.of.kind === 'baseline'
        ? rollout.health.baseline?.numbers[name]
        : rollout.health.means?.[than.of.stage]?.[name]);
    const value = than ? (base === undefined ? undefined : base * than.times + than.plus) : limit.value;
    const kind = limit.act?.kind ?? usual;
    const act = kind === 'post' ? ('named' in more ? 'criterion' : 'warn') : kind;
    return [{ op: limit.op, value, act, forMs: limit.forMs }];
  });
}

const { format: shown } = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 4 });

const OPS = { above: 'above', below: 'below', at_least: 'at or above', at_most: 'at or below' } as const;
const ALLOWED = { above: 'at most', below: 'at least', at_least: 'below', at_most: 'above' } as const;
const ACTS: Readonly<Record<string, string>> = {
  'rolls back': 'rollback',
  pauses: 'hold',
  'switches off': 'disable',
  warns: 'warn',
};

/** `rolls back above 5 % for 5 m` is one of these rules, as it is. */
export function isRule(words: string, rules: readonly Rule[], unit: string): boolean {
  return rules.some((rule) => {
    if (rule.value === undefined)
      return new RegExp(`(?:baseline|stage [a-z-]+)(?: [+−] [\\d.]+ ${isPercent(unit) ? 'points?' : unit})?$`).test(
        words,
      );
    const number = `${shown(rule.value)}${unit === '' ? '' : ` ${unit}`}`;
    const reckoned = '(?: \\((?:[\\d.]+ × )?(?:baseline|stage [a-z-]+)(?: [+−] [\\d.]+ \\w+)?\\))?';
    const patience = rule.forMs === undefined ? '' : ` for ${rule.forMs / 60_000} m`;
    const verb =
      rule.act === 'criterion'
        ? `to go on: ${ALLOWED[rule.op]}`
        : `${Object.entries(ACTS).find(([, act]) => act === rule.act)?.[0]}(?: to (?:the stage before|off|[\\d.]+ %))? ${OPS[rule.op]}`;
    return new RegExp(`^${verb} ${number.replaceAll('.', '\\.')}${reckoned}${patience}$`).test(words);
  });
}

/** `warn 2, limit 5` are rules in force, and none that does something is left out. */
export function areLimits(words: string, rules: readonly Rule[]): boolean {
  const NAMES: Readonly<Record<string, readonly string[]>> = {
    warn: ['warn', 'warn over', 'warn under'],
    rollback: ['limit', 'min', 'back'],
    hold: ['pause'],
    disable: ['off'],
    criterion: ['to go on ≤', 'to go on ≥', 'to go on <', 'to go on >'],
  };
  const known = rules.filter(({ value }) => value !== undefined);
  const fits = (part: string, { act, value = 0 }: Rule) =>
    (NAMES[act] ?? []).some((name) => part === `${name} ${shown(value)}`);
  const parts = words.split(/, (?=[a-z])/);
  const acting = known.filter(({ act }) => act !== 'warn');
  return (
    parts.every((part) => known.some((rule) => fits(part, rule))) &&
    acting.every((rule) => parts.some((part) => fits(part, rule)))
  );
}

/** The bake counts now, whatever phase people see. */
export function isCounting({ ctx: { rollout, watch } }: Scene): boolean {
  const baking = rollout.phase === 'baking' || (rollout.phase === 'awaiting_approval' && !rollout.bake.done);
  return baking && !watch?.stopped;
}

/** Names, times, buttons, links and counts, which no limit and no bake stand behind. */
export const PLAIN = [
  /^\[ .+ \]$/,
  /^<http.+\|Dashboard>/,
  /^(?:[▶✔] )?\*\d+ % (?:→ \d+ %\*|started\*:|complete\* after)/,
  /^(?:[✅⚪] )?\*(?:New checkout|Still waiting: New checkout)/,
  /^(?:🔴 \*(?:ROLLING BACK|ROLLED BACK|ROLLBACK)|↩ \*Rolling back|⚪ \*Rolled back)/,
  /^\*(?:Impact|Status|Who|Health|Why|Rolling back|Asked)\*/,
  /^(?:Asked by|Health when asked:|Who may:|Expires |To stop it:|Next: |Ordered at |Last read:|Last bake |Not watched any more|Started by |I keep trying|Since |Checked at|`\/rollout|✔ Done|▶ Now|○ Then|For )/,
  /^\d.* baked · Issues: .+$/,
  /^\d of \d fine/,
  /^It goes on by itself\.|^It does not go on by itself/,
  /^(?:Since|since)/,
];

/** Lines, and of an alert's second line its sentences. */
export function sentences(line: string): string[] {
  return /^(?:Rolls|Pauses|Switches|To go on|Nothing|The rollout|Users keep|A rollback|Somebody)/.test(line)
    ? line
        .replace('spite of it. It', 'spite of it\u0000 It')
        .split(/(?<=\.) (?=[A-Z])/)
        .map((one) => one.replace('\u0000', '.'))
    : line.includes(' · ') && /\((?:limit|min|warn|pause|off|back|to go on)/.test(line)
      ? line.split(' · ')
      : [line];
}
