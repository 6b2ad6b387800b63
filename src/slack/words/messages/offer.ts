import type { Button } from '@slack/types';
import type { Place } from '../../../rollout/plan/place.js';
import { typedPlace } from '../../../rollout/plan/place.js';
import type { Plan } from '../../../rollout/plan/plan.js';
import { nextStage, type Rollout } from '../../../rollout/state/rollout.js';
import { buttons, compose, lines, type Rendered } from '../blocks.js';
import { ADVANCE, button, fitting, placeOf } from '../phrases/buttons.js';
import { title } from '../phrases/commands.js';
import { raiseWords } from '../phrases/exposure.js';
import { noteKept } from '../phrases/form-buttons.js';
import { escapeText, quoted } from '../text.js';

/** What was said by a mention and is done by a button: what raises, ends the watching, or was said with an if. */
export type Offer =
  | { readonly verb: 'start'; readonly plan: Plan; readonly note: string; readonly again: boolean }
  | { readonly verb: 'advance' | 'resume' | 'finish'; readonly rollout: Rollout; readonly reason: string }
  | { readonly verb: 'rollback'; readonly rollout: Rollout; readonly to: Place | null; readonly reason: string };

/** Nothing was done yet; the button does exactly what stands here. */
export function renderOffer(offer: Offer): Rendered {
  const said = offer.verb === 'start' ? offer.note : offer.reason;
  const kept = noteKept(said);
  const cut = kept === said.trim() ? '' : ' (shortened)';
  const id = 'plan' in offer ? offer.plan.name : `${offer.rollout.id}:${offer.rollout.seq}`;
  return compose(`offer:${offer.verb}:${id}`, [
    lines(why(offer), kept === '' ? '' : `With the reason${cut}: ${quoted(kept)}`),
    buttons(does(offer, kept)),
  ]);
}

function why(offer: Offer): string {
  const name = 'plan' in offer ? escapeText(offer.plan.title, 80) : title(offer.rollout);
  if (offer.verb === 'rollback')
    return `${name}: said with a condition or a negation, so nothing was done. This rolls it back now:`;
  if (offer.verb === 'finish')
    return `${name}: nothing was done yet. Ending it also ends the watching, so it takes a click:`;
  return `${name}: nothing was done yet. Giving it to more users takes a click:`;
}

function does(offer: Offer, note: string): Button {
  const words = note === '' ? {} : { note };
  switch (offer.verb) {
    case 'start': {
      const { plan, again } = offer;
      const label = fitting(`Start ${plan.name}${again ? ' again' : ''}`, 70);
      return button('start', label, { plan: plan.name, as: again ? 'again' : 'new', ...words }, { style: 'primary' });
    }
    case 'advance': {
      const { rollout } = offer;
      const next = nextStage(rollout);
      const label = next ? raiseWords(rollout.plan, next.exposure, ADVANCE) : 'Advance';
      return button('advance', label, { ...placeOf(rollout), ...words }, { style: 'primary' });
    }
    case 'resume':
      return button('resume', 'Resume', { ...placeOf(offer.rollout), ...words }, { style: 'primary' });
    case 'finish':
      return button('finish', 'Finish…', { ...placeOf(offer.rollout), form: 'finish', ...words });
    case 'rollback': {
      const { rollout, to } = offer;
      const place = to ? typedPlace(rollout.plan, to) : '';
      const label = place === '' ? 'Roll back' : fitting(`Roll back to ${place}`, 70);
      return button(
        'rollback',
        label,
        { rollout: rollout.id, ...(place === '' ? {} : { to: place }), ...words },
        { style: 'danger' },
      );
    }
    default:
      return offer satisfies never;
  }
}
