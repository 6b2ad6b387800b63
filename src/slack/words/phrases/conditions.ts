import type { Watch } from '../../../rollout/health/assess.js';
import type { Quorum } from '../../../rollout/plan/plan.js';
import { forbids } from '../../../rollout/state/authority.js';
import type { Condition } from '../../../rollout/state/refusal.js';
import { bakingSince, nextStage, quorumOf, type Rollout } from '../../../rollout/state/rollout.js';
import type { Verb } from '../../../rollout/state/verbs.js';
import { duration, escapeText, oneLine, soon } from '../text.js';
import { bakeEnd, stoppedWords } from './bake.js';
import { checkLines, checksNow, healthNotedParts } from './checks.js';
import { typed } from './commands.js';
import { itemClearing, itemParts, listProgress, listsClearing } from './items.js';
import { listed, person, quorumMentioned, quorumNames, roleMentioned, voteCount } from './people.js';
import { pausedWords } from './reasons.js';
import { phaseWord } from './stages.js';

/** What conditions are explained from. */
export interface Standpoint {
  readonly rollout: Rollout;
  readonly watch: Watch | null;
  readonly now: Date;
  /** What was asked for, where something was. */
  readonly verb?: Verb;
}

const NAME_CHARS = 9;
/** What a phone shows of a code block before it breaks the line. */
const ROW_CHARS = 38;
const FACT_CHARS = ROW_CHARS - NAME_CHARS - 3;

const OF_AN_ITEM: readonly Verb[] = ['done', 'fail', 'reopen', 'waive'];
const AROUND_THE_BAKE = 'To go on earlier: an override, with a reason and somebody else’s approval.';

function mark(ok: Condition['ok']): string {
  return ok === true ? '✔' : ok === false ? '✖' : '○';
}

/** The conditions under each other, for a code block: `✖ bake      not done, 1 h 12 m of 4 h`. Text ones have no column. */
export function conditionTable(conditions: readonly Condition[]): string {
  return conditions
    .flatMap((condition) => {
      if (isSentence(condition)) return [];
      const [name, ...parts] = row(condition);
      const [first = '', ...rest] = broken(parts);
      return [
        `${mark(condition.ok)} ${name.padEnd(NAME_CHARS)} ${first}`,
        ...rest.map((more) => `${' '.repeat(ROW_CHARS - FACT_CHARS)}${more}`),
      ];
    })
    .join('\n');
}

/** What does not fit beside its name goes on below, a part on each line; nothing is cut. */
function broken(parts: readonly string[]): string[] {
  const fact = parts.join(', ');
  if (fact.length <= FACT_CHARS) return [fact];
  return parts.map((part, at) => (at < parts.length - 1 ? `${part},` : part));
}

/** Conditions that are a sentence, with their mark. */
export function conditionSentences(conditions: readonly Condition[]): string[] {
  return conditions.flatMap((condition) => {
    const words = sentence(condition);
    return words === '' ? [] : [`${mark(condition.ok)} ${condition.ok ? 'Met' : 'Not met'}: ${words}`];
  });
}

/** Conditions that have no row in the table. */
type Sentence = Extract<Condition, { kind: 'text' | 'approvers' | 'item_of_nobody' | 'words' }>;

function isSentence(condition: Condition): condition is Sentence {
  return ['text', 'approvers', 'item_of_nobody', 'words'].includes(condition.kind);
}

/** '' for one that stands in the table, or that the refusal itself says. */
function sentence(condition: Condition): string {
  if (condition.kind === 'text') return escapeText(condition.text);
  if (condition.kind === 'approvers') return approversWords(condition);
  if (condition.kind !== 'item_of_nobody') return '';
  return `${escapeText(condition.title, 120)} needs ${quorumNames(condition.by)}, and too few people hold that now`;
}

/** `stage half needs 2 of qa or sre; without you only @lea is left`. */
function approversWords({ ok, stage, quorum, people }: Extract<Condition, { kind: 'approvers' }>): string {
  const needs = `stage ${escapeText(stage, 60)} needs ${quorumNames(quorum)}`;
  const named = people.map(person);
  if (ok) return `${needs}; ${listed(named, 'or')} can approve it`;
  if (named.length === 0) return `${needs}; without you nobody is left to approve it`;
  return `${needs}; without you only ${listed(named, 'and')} ${named.length === 1 ? 'is' : 'are'} left to approve it`;
}

/** The name of a row, and its fact in parts. */
function row(condition: Exclude<Condition, Sentence>): [string, ...string[]] {
  switch (condition.kind) {
    case 'phase':
      return ['state', phaseWord(condition.phase)];
    case 'bake': {
      const progress = `${duration(condition.observedMs)} of ${duration(condition.neededMs)}`;
      return ['bake', condition.ok ? 'done' : 'not done', progress];
    }
    case 'health':
      return ['health', ...healthNotedParts(condition.verdicts, condition.doubts ?? [], 1)];
    case 'approval':
      return ['approval', condition.ok === 'next' ? 'asked next' : condition.ok ? 'given' : 'still open'];
    case 'who':
      return ['you', condition.ok ? 'may' : 'are in no role that may'];
    case 'lists':
      return ['to do', ...condition.lists.map(listProgress)];
    case 'item':
      return ['item', ...itemParts(condition)];
    case 'stage':
      return ['stage', `asked ${oneLine(condition.asked, 20)}`];
    default:
      return condition satisfies never;
  }
}

/** What clears a condition and who can do it; '' where nothing needs to be said. */
export function clearing(condition: Condition, at: Standpoint): string {
  if (condition.ok === true) return '';
  switch (condition.kind) {
    case 'phase':
      return phaseClearing(at);
    case 'bake':
      return bakeClearing(at);
    case 'health':
      return healthClearing(at);
    case 'approval':
      return approvalClearing(condition.quorum, at);
    case 'who':
      return whoClearing(condition.needs, at);
    case 'lists':
      return listsClearing(condition, at.rollout);
    case 'item':
      return itemClearing(condition);
    case 'stage':
      return `The next stage is ${escapeText(condition.next)}.`;
    case 'approvers':
    case 'item_of_nobody':
    case 'text':
    case 'words':
      return '';
    default:
      return condition satisfies never;
  }
}

/** Who else may comes from the rule itself, so that what is said here is what is allowed. */
function whoClearing(needs: readonly string[], { rollout, verb }: Standpoint): string {
  const named = (roles: readonly string[]) => roles.map((role) => roleMentioned(rollout, role));
  const more = Object.keys(rollout.people).filter((role) => {
    const standing = { who: 'member', roles: [role], lastKnownRoles: [] } as const;
    // Whose an item is, the item says.
    const general = verb !== undefined && !OF_AN_ITEM.includes(verb);
    return general && !needs.includes(role) && forbids(verb, standing) === null;
  });
  const also = more.length === 0 ? '' : `, and so can ${listed(named(more), 'and')}`;
  return `${listed(named(needs), 'or')} can do this${also}.`;
}

function phaseClearing({ rollout, now, verb }: Standpoint): string {
  switch (rollout.phase) {
    case 'held':
      return `${pausedWords(rollout, rollout.held)}. Operators go on with ${typed('resume', rollout)}.`;
    case 'awaiting_approval':
      return 'A request is open; it is decided by its buttons in the thread.';
    case 'applying':
      return `Wait for the read-back; without it the raise fails at ${soon(rollout.raise.expiresAt, now)}.`;
    case 'starting':
      return 'Targets and checks are being read; that takes seconds.';
    case 'rolling_back':
      return 'Wait until the rollback is read back.';
    case 'rolled_back':
    case 'completed':
    case 'not_started':
      return `This run is over. A new one begins with ${typed('start', rollout)}.`;
    case 'baking':
      return verb === 'finish' ? `${typed('pause', rollout)} first, or wait until the bake is done.` : '';
    case 'planned':
    case 'ready':
      return '';
    default:
      return rollout satisfies never;
  }
}

function bakeClearing({ rollout, watch, now }: Standpoint): string {
  const still = stoppedWords(rollout, watch, now);
  if (!bakingSince(rollout)) {
    // After a raise the next stage has a bake of its own; this one is not finished.
    if (rollout.phase !== 'held') return '';
    return still === '' ? 'The bake goes on after that.' : `The bake goes on after that, once this is over: ${still}.`;
  }
  if (still !== '') return `Bake stands still: ${still}. It goes on by itself when that is over.`;
  const end = `The bake ends about ${soon(bakeEnd(rollout, watch, now), now)} unless it is interrupted; nobody can shorten it.`;
  return nextStage(rollout) ? `${end} ${AROUND_THE_BAKE}` : end;
}

function healthClearing({ rollout, watch, now }: Standpoint): string {
  const bad = checksNow(rollout, watch).filter((check) => check.verdict !== 'pass');
  return [...checkLines(bad, now, 4), 'This clears by itself once the readings are fine again.'].join('\n');
}

function approvalClearing(quorum: Quorum, { rollout, now }: Standpoint): string {
  const { request } = rollout;
  const who = quorumMentioned(rollout, (request && quorumOf(rollout, request)) ?? quorum);
  if (!request) return `Asked next: ${who} can approve, but not who asks.`;
  return `${who} can approve: ${voteCount(quorumOf(rollout, request) ?? quorum, request)}, expires ${soon(request.expiresAt, now)}.`;
}

/** Since when a condition stands as it does; null where nobody noted it. */
export function since(condition: Condition, { rollout, watch }: Standpoint): Date | null {
  switch (condition.kind) {
    case 'phase':
      // A hold's own sentence says since when.
      return rollout.phase === 'held' ? null : rollout.phaseSince;
    case 'bake':
      return condition.ok ? rollout.phaseSince : rollout.bake.startedAt;
    case 'health': {
      const worst = checksNow(rollout, watch)[0];
      return condition.ok || !worst?.streak ? null : (worst.streak.unknownSince ?? worst.streak.since);
    }
    case 'approval':
      return rollout.request?.requestedAt ?? null;
    case 'lists':
    case 'item':
    case 'who':
    case 'words':
    case 'stage':
    case 'approvers':
    case 'item_of_nobody':
    case 'text':
      return null;
    default:
      return condition satisfies never;
  }
}
