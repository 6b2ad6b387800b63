import { isTerminal, type Rollout, rolloutName } from '../../../rollout/state/rollout.js';
import { rowOf, type Verb } from '../../../rollout/state/verbs.js';
import { code, escapeText, link, TITLE_CHARS } from '../text.js';

/** What is typed after a verb to mean this rollout. One that ended is meant only by its run. */
/** What a rollout is called by in a command. */
type Named = Pick<Rollout, 'plan' | 'run' | 'phase'>;

function typedName(rollout: Named): string {
  return isTerminal(rollout.phase) ? rolloutName(rollout) : rollout.plan.name;
}

/** `/rollout advance new-checkout`, ready to be typed. */
export function typed(verb: Verb, rollout: Named, rest = ''): string {
  if (rowOf(verb).about === 'everything') return code(`/rollout ${verb}`);
  const name = rowOf(verb).about === 'plan' ? rollout.plan.name : typedName(rollout);
  return code(`/rollout ${verb} ${name}${rest === '' ? '' : ` ${rest}`}`);
}

export function title(rollout: Rollout): string {
  return escapeText(rollout.plan.title, TITLE_CHARS);
}

/** Names under which a plan links to the change itself: what people ask for first. */
const CHANGE = /^(?:change|pull[-_ ]?request|pr|merge[-_ ]?request|mr|ticket|issue|version|release)s?$/i;

/** The plan's links as `Change · Dashboard · Runbook`, the one to the change itself first; '' when it has none. */
export function links(rollout: Rollout): string {
  return Object.entries(rollout.plan.links)
    .toSorted(([a], [b]) => Number(CHANGE.test(b)) - Number(CHANGE.test(a)))
    .slice(0, 6)
    .map(([name, address]) => link(address, worded(name)))
    .join(' · ');
}

function worded(name: string): string {
  const words = name.replaceAll(/[-_]/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
