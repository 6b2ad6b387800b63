import type { Verb } from '../../rollout/authority.js';
import { type Rollout, rolloutName } from '../../rollout/rollout.js';
import { compose, lines, type Rendered } from '../blocks.js';
import { bold, code, escapeText, percent } from '../text.js';
import { channel } from './phrases/people.js';
import { phaseWord } from './phrases/stages.js';

const MOST_CHOICES = 12;

export interface ChoiceAnswer {
  readonly verb: Verb;
  readonly rollouts: readonly Rollout[];
}

/** More than one rollout could be meant: each with the command that means it and nothing else. */
export function renderChoice({ verb, rollouts }: ChoiceAnswer): Rendered {
  const more = rollouts.length > MOST_CHOICES ? `and ${rollouts.length - MOST_CHOICES} more` : '';
  return compose(`choice:${verb}`, [
    lines(bold('Which rollout?'), ...rollouts.slice(0, MOST_CHOICES).map((rollout) => choice(verb, rollout)), more),
  ]);
}

function choice(verb: Verb, rollout: Rollout): string {
  const command = code(`/rollout ${verb} ${rolloutName(rollout)}`);
  const name = escapeText(rollout.plan.title, 40);
  return `${command} ${name} · ${percent(rollout.confirmed)} · ${phaseWord(rollout.phase)} · ${channel(rollout.channelId)}`;
}
