import { isTerminal, type Rollout, rolloutName } from '../../../rollout/state/rollout.js';
import { rowOf, type Verb } from '../../../rollout/state/verbs.js';
import { type Inline, toMrkdwn } from '../inline.js';
import { escapeText, link, TITLE_CHARS } from '../text.js';

/** What a rollout is called by in a command. */
type Named = Pick<Rollout, 'plan' | 'run' | 'phase'>;

/** What is typed after a verb to mean this rollout. One that ended is meant only by its run. */
function typedName(rollout: Named): string {
  return isTerminal(rollout.phase) ? rolloutName(rollout) : rollout.plan.name;
}

/** `/rollout advance new-checkout`, ready to be typed. */
export function typed(verb: Verb, rollout: Named, rest = ''): string {
  return toMrkdwn([typedSaid(verb, rollout, rest)]);
}

/** The same for any place. */
export function typedSaid(verb: Verb, rollout: Named, rest = ''): Inline {
  if (rowOf(verb).about === 'everything') return { kind: 'code', text: `/rollout ${verb}` };
  const name = rowOf(verb).about === 'plan' ? rollout.plan.name : typedName(rollout);
  return { kind: 'code', text: `/rollout ${verb} ${name}${rest === '' ? '' : ` ${rest}`}` };
}

export function title(rollout: Rollout): string {
  return escapeText(rollout.plan.title, TITLE_CHARS);
}

/** Names under which a plan links to the change itself: what people ask for first. */
const CHANGE = /^(?:change|pull[-_ ]?request|pr|merge[-_ ]?request|mr|ticket|issue|version|release)s?$/i;

const MOST_LINKS = 6;

/**
 * `Change · Dashboard · Runbook`: the change itself first, from the note of whoever started it, then from the plan; '' where
 * there is no link.
 */
export function links({ plan, note }: Rollout): string {
  const ofPlan = Object.entries(plan.links)
    .toSorted(([a], [b]) => Number(CHANGE.test(b)) - Number(CHANGE.test(a)))
    .map(([name, address]) => link(address, worded(name)));
  return [noteLink(note), ...ofPlan]
    .filter((words) => words !== '')
    .slice(0, MOST_LINKS)
    .join(' · ');
}

/** The first address in a note. What ends the sentence around it is no part of it. */
function noteLink(note: string): string {
  const [address] = /https?:\/\/[^\s<>|"“”]+/i.exec(note) ?? [];
  const bare = address?.replace(/(?<![.,;:!?'’)\]}])[.,;:!?'’)\]}]+$/, '') ?? '';
  return URL.canParse(bare) ? link(bare, 'Change') : '';
}

function worded(name: string): string {
  const words = name.replaceAll(/[-_]/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
