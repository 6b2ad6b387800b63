import { TARGET_SUBJECT, type Watch } from '../../../rollout/health/assess.js';
import { latest, mayRise, type RequirementName, type Unmet } from '../../../rollout/requirements/may-rise.js';
import type { Rollout } from '../../../rollout/state/rollout.js';
import { nextStage } from '../../../rollout/state/rollout.js';
import { soon } from '../text.js';
import { checksNow, healthNow } from './checks.js';
import { stageWithQuorum } from './stages.js';

/** The moment it is said of. */
interface At {
  readonly watch: Watch | null;
  readonly now: Date;
}

/** How a stage whose plan says `advance: auto` goes on. */
type Auto =
  /** `notBefore`: what is waited for besides the bake ends then; null: nothing is. */
  | { readonly by: 'itself'; readonly notBefore: Date | null }
  | { readonly by: 'nobody'; readonly spent: boolean; readonly why: string; readonly until: string };

/** What is lacking while it bakes because it bakes. */
const OF_THE_BAKE: readonly RequirementName[] = ['phase', 'bake'];

/** What the rules answer if it is asked now, the bake left out. Null: a person asks, as ever. */
function autoOf(rollout: Rollout, at: At): Auto | null {
  if (rollout.plan.stages[rollout.stage.no - 1]?.advance !== 'auto' || !nextStage(rollout)) return null;
  const lacking = lackingNow(rollout, at).filter(
    ({ requirement }) => rollout.phase !== 'baking' || !OF_THE_BAKE.includes(requirement),
  );
  if (lacking.length === 0) return { by: 'itself', notBefore: null };
  const notBefore = latest(lacking);
  if (notBefore) return { by: 'itself', notBefore };
  const names = lacking.map(({ requirement }) => requirement);
  const health = healthNow(checksNow(rollout, at.watch));
  const isUnread = targetsUnread(at.watch);
  const words = names.flatMap((name) => lackWords(name, { health, isUnread }) ?? []);
  return {
    by: 'nobody',
    spent: names.includes('order'),
    why: words.map(({ why }) => why).join('; '),
    until: words.map(({ until }) => until).join(' and '),
  };
}

/** Why it does not go on, and what it needs for that; null where the sentence around says so. */
function lackWords(
  name: RequirementName,
  { health, isUnread }: { readonly health: string; readonly isUnread: boolean },
): { readonly why: string; readonly until: string } | null {
  switch (name) {
    case 'health':
      return { why: health, until: 'all checks are fine' };
    case 'targets':
      if (isUnread) return { why: 'the targets cannot be read', until: 'the targets can be read' };
      return { why: 'the targets are not where they were put', until: 'the targets are where they were put' };
    case 'lists':
      return { why: 'something is still to be done', until: 'everything is done' };
    case 'order':
    case 'nextStage':
    case 'phase':
    case 'bake':
    case 'approval':
      return null;
    default:
      return name satisfies never;
  }
}

/** The last reading of the targets gave no answer. */
function targetsUnread(watch: Watch | null): boolean {
  return (watch?.streaks[TARGET_SUBJECT]?.unknownInRow ?? 0) > 0;
}

function lackingNow(rollout: Rollout, { watch, now }: At): readonly Unmet[] {
  const { confirmed, movedSeq } = rollout.exposure;
  // What was read of the targets is an open alert, where it was something else.
  const target = targetsUnread(watch) ? { error: 'not read' } : { exposure: confirmed, partial: false, detail: '' };
  const may = mayRise(rollout, { now, watch }, { at: 'auto', movedSeq, streaks: watch?.streaks ?? {}, target });
  switch (may.answer) {
    case 'yes':
      return [];
    case 'no':
    case 'not_before':
      return may.unmet;
    default:
      return may satisfies never;
  }
}

/** `100 % Everyone, needs engineering-lead, asked for by itself`: the live message's Next. */
export function nextWords({ rollout, watch, now }: At & { readonly rollout: Rollout }): string {
  const next = nextStage(rollout);
  if (!next) return '';
  const auto = autoOf(rollout, { watch, now });
  const baking = rollout.phase === 'baking';
  const words = stageWithQuorum(next);
  if (!auto || (rollout.phase !== 'ready' && !baking)) return words;
  const itself = `${next.approve ? 'asked for by itself' : 'by itself'}${baking ? ' after this bake' : ''}`;
  if (auto.by === 'itself')
    return `${words}, ${itself}${auto.notBefore ? `, not before ${soon(auto.notBefore, now)}` : ''}`;
  if (auto.spent) return `${words}, not by itself any more`;
  return baking ? `${words}, ${itself} if ${auto.until}` : `${words}, not by itself: ${auto.why}`;
}

/** What follows a passed bake once it was asked for or ordered: `asked for by itself`, `going there now`. */
export function underWayWords({ request, raise }: Rollout): string {
  if (request) return `asked for${request.auto ? ' by itself' : ''}`;
  if (!raise) return '';
  return raise.auto ? 'goes on by itself' : 'going there now';
}

/** Whether it goes on by itself now that the bake is done, and why not where it does not; '' where a person asks. */
export function goesOnWords({ rollout, watch, now }: At & { readonly rollout: Rollout }): string {
  const auto = autoOf(rollout, { watch, now });
  if (!auto) return '';
  if (auto.by === 'itself')
    return `It goes on by itself${auto.notBefore ? `, not before ${soon(auto.notBefore, now)}` : ''}.`;
  return auto.spent
    ? 'It does not go on by itself any more: that was used, or somebody decided otherwise, in this stage.'
    : `It does not go on by itself: ${auto.why}.`;
}
