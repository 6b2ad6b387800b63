import type { Button } from '@slack/types';
import { type Rollout, rolloutName } from '../../../rollout/state/rollout.js';
import { rowOf, type Verb, type VerbWith } from '../../../rollout/state/verbs.js';
import { buttons, compose, lines, type MessagePart, type Rendered } from '../blocks.js';
import { fitting, pauseButton, rollbackButton } from '../phrases/buttons.js';
import { exposureWords } from '../phrases/exposure.js';
import { channel } from '../phrases/people.js';
import { phaseWord } from '../phrases/stages.js';
import { bold, code, escapeText } from '../text.js';

const MOST_CHOICES = 12;
/** As many as can be told from each other at a glance; each takes a row and asks back. */
const MOST_BUTTONS = 3;
/** What Slack shows on a button. */
const LABEL_CHARS = 75;

export interface ChoiceAnswer {
  readonly verb: Verb;
  readonly rollouts: readonly Rollout[];
}

/** More than one rollout could be meant: each with the command that means it and nothing else, the first ones with a button. */
export function renderChoice({ verb, rollouts }: ChoiceAnswer): Rendered {
  const shown = rollouts.slice(0, MOST_CHOICES);
  const more = rollouts.length > MOST_CHOICES ? `and ${rollouts.length - MOST_CHOICES} more` : '';
  const clickable = stops(verb) ? shown.slice(0, MOST_BUTTONS) : [];
  return compose(`choice:${verb}`, [
    lines(bold('Which rollout? Name it:')),
    ...clickable.flatMap((rollout): MessagePart[] => [
      lines(choice(verb, rollout)),
      // A row each: they share the action, which must not come twice in one.
      buttons(stops(verb) ? named(verb, rollout, rollouts) : null),
    ]),
    lines(...shown.slice(clickable.length).map((rollout) => choice(verb, rollout)), more),
  ]);
}

type Stopping = VerbWith<'wayDown', true>;

const BUTTONS = { rollback: rollbackButton, pause: pauseButton } satisfies Record<
  Stopping,
  (rollout: Rollout) => Button | null
>;

/** What cannot wait until a name is typed. */
function stops(verb: Verb): verb is Stopping {
  return rowOf(verb).wayDown;
}

/** `Roll back New checkout`; with its run where another one is called the same. */
function named(verb: Stopping, rollout: Rollout, all: readonly Rollout[]): Button | null {
  const each = BUTTONS[verb](rollout);
  if (!each) return null;
  const twice = all.some((other) => other.id !== rollout.id && other.plan.title === rollout.plan.title);
  const run = twice ? ` #${rollout.run}` : '';
  const does = each.text.text;
  const title = fitting(rollout.plan.title, LABEL_CHARS - does.length - run.length - 1);
  return { ...each, text: { ...each.text, text: `${does} ${title}${run}`.trim() } };
}

function choice(verb: Verb, rollout: Rollout): string {
  const command = code(`/rollout ${verb} ${rolloutName(rollout)}`);
  const name = bold(escapeText(rollout.plan.title, 40));
  return `${name} · ${exposureWords(rollout.plan, rollout.exposure.confirmed)} · ${phaseWord(rollout.phase)} · ${channel(rollout.channelId)} · ${command}`;
}
