import type { Message } from '../../../rollout/state/effects.js';
import type { Rollback, Rollout } from '../../../rollout/state/rollout.js';
import { readUntil } from '../../../rollout/state/settling.js';
import { buttons, codeBlock, compose, lines, type Rendered } from '../blocks.js';
import { detailsButton, haveButton } from '../phrases/buttons.js';
import { links, title, typed } from '../phrases/commands.js';
import type { MessageContext } from '../phrases/context.js';
import { atWords, exposureWords } from '../phrases/exposure.js';
import { actorName, hasItWords, roleMentioned, roleNames } from '../phrases/people.js';
import { causeWords, refusedPlace } from '../phrases/reasons.js';
import {
  againWords,
  firstOrderedAt,
  freshest,
  impactWords,
  isOrdered,
  lateWords,
  leftWords,
  type RollbackProgress,
  readUntilWords,
  takenWords,
  triesWords,
  wayDown,
} from '../phrases/rollback.js';
import { ownIncidentWords } from '../phrases/templates.js';
import { bold, clockSeconds, quoted } from '../text.js';

type IncidentMessage = Extract<Message, { template: 'incident' }>;

/**
 * A rollback, said truthfully: applied and read back, or not yet and what to do by hand. The first line is all that a
 * phone shows, so it holds what happened and why; everything else follows in the order of the questions.
 */
export function renderIncident(message: IncidentMessage, ctx: MessageContext): Rendered {
  const { rollout } = ctx;
  const rollback = freshest(rollout, message.rollback);
  const down = wayDown(ctx, rollback, message);
  const [first = '', ...rest] = incidentHead(ctx, rollback, message);
  const open = down.kind === 'ordered' || down.kind === 'not_yet' || isStuck(ctx, rollback);
  const byHand = open ? ctx.byHand.join('\n') : '';
  return compose(`incident:${rollout.id}:${rollback.no}:${down.kind}:${rollout.seq}`, [
    lines(
      first,
      // The facts come before the plan's own words: a phone shows the first line alone.
      ownIncidentWords(rollout, rollback),
      ...rest,
    ),
    lines(open ? `${byHand === '' ? '' : 'Do this by hand if it cannot wait. '}I keep trying.` : ''),
    codeBlock(byHand),
    lines(
      `${bold('Impact')} ${impactWords(rollout, rollback, down)}`,
      status(rollout, rollback, down),
      who(rollout, { calm: isCalm(ctx, rollback, down), done: down.kind === 'confirmed' }),
      nextStep(rollout, rollback, down),
    ),
    buttons(down.kind === 'replaced' ? null : haveButton(rollout), detailsButton(rollout)),
  ]);
}

/** What happened and why, and then how it was or was not applied. */
export function incidentHead(
  ctx: MessageContext,
  rollback: Rollback,
  known: Pick<IncidentMessage, 'tookMs' | 'exposure'>,
): string[] {
  const down = wayDown(ctx, rollback, known);
  return [headline(ctx, rollback, down), ...outcome(ctx, rollback, down)];
}

/** Ordered once more to be sure, and that does not go through: what was read last may not be so any more. */
function isStuck({ lowering }: MessageContext, { first, confirmedAt, overdue }: Rollback): boolean {
  return first !== undefined && !confirmedAt && (overdue || (lowering?.lastError ?? null) !== null);
}

/** One that a person ordered, and that goes as it should, is news and no alarm. */
function isCalm({ rollout, lowering }: MessageContext, rollback: Rollback, down: RollbackProgress): boolean {
  // Once it is read back, what a try before met is history.
  const isFailing = down.kind !== 'confirmed' && (lowering?.lastError ?? null) !== null;
  return isOrdered(rollback) && !rollback.overdue && !isFailing && rollout.exposure.late === null;
}

function headline(ctx: MessageContext, rollback: Rollback, down: RollbackProgress): string {
  const { rollout } = ctx;
  const { cause } = rollback;
  if (isCalm(ctx, rollback, down)) {
    const said = quoted(cause.note);
    const refused = refusedPlace(rollout, cause);
    const by = `${calmHeadline(rollout, rollback, down)} by ${actorName(cause.by)}`;
    return `${by}${said === '' ? '' : `: ${said}`}${refused === '' ? '' : `. ${refused}`}`;
  }
  return `🔴 ${alarm(rollout, rollback, down)}: ${causeWords(rollout, cause)}`;
}

function calmHeadline(rollout: Rollout, rollback: Rollback, down: RollbackProgress): string {
  const name = title(rollout);
  const from = exposureWords(rollout.plan, rollback.from);
  switch (down.kind) {
    case 'confirmed':
      return `⚪ ${bold(`Rolled back ${name}`)} from ${from} to ${exposureWords(rollout.plan, down.exposure)}`;
    case 'ordered':
    case 'not_yet':
      return `↩ ${bold(`Rolling back ${name}`)} from ${from} to ${exposureWords(rollout.plan, rollback.to)}`;
    case 'replaced':
      return `↩ ${bold(`Rollback of ${name}`)} to ${exposureWords(rollout.plan, rollback.to)}, overtaken by a later one, ordered`;
    default:
      return down satisfies never;
  }
}

function alarm(rollout: Rollout, rollback: Rollback, down: RollbackProgress): string {
  const name = title(rollout);
  switch (down.kind) {
    case 'confirmed':
      return `${bold(`ROLLED BACK ${name}`)} from ${exposureWords(rollout.plan, rollback.from)} to ${exposureWords(rollout.plan, down.exposure)}`;
    case 'ordered':
      return `${bold(`ROLLING BACK ${name}`)} from ${exposureWords(rollout.plan, rollback.from)} to ${exposureWords(rollout.plan, rollback.to)}`;
    case 'not_yet':
      return `${bold('ROLLBACK NOT YET APPLIED')}, ${name} from ${exposureWords(rollout.plan, rollback.from)} to ${exposureWords(rollout.plan, rollback.to)}`;
    case 'replaced':
      return `${bold('ROLLBACK OVERTAKEN')} by a later one, ${name} to ${exposureWords(rollout.plan, rollback.to)}`;
    default:
      return down satisfies never;
  }
}

/** How it was or was not applied, with the promise beside it. */
function outcome(ctx: MessageContext, rollback: Rollback, down: RollbackProgress): string[] {
  const { rollout, lowering } = ctx;
  const read = `Last read: ${exposureWords(rollout.plan, rollout.exposure.confirmed)}.`;
  switch (down.kind) {
    case 'confirmed':
      return [
        `At ${clockSeconds(firstOrderedAt(rollback))}, ${takenWords(rollout, down.tookMs)}`,
        againWords(rollback, lowering),
        leftWords(rollback),
      ];
    case 'ordered':
      return [`Ordered at ${clockSeconds(rollback.orderedAt)}, not read back yet. ${read}`];
    case 'not_yet': {
      const tries = triesWords(lowering);
      const late = rollback.overdue ? ' The promised time is over.' : '';
      return [`Ordered at ${clockSeconds(rollback.orderedAt)}${tries === '' ? '' : ` · ${tries}`}`, `${read}${late}`];
    }
    case 'replaced':
      return [`Ordered at ${clockSeconds(rollback.orderedAt)}; the later one has its own message.`];
    default:
      return down satisfies never;
  }
}

function status(rollout: Rollout, rollback: Rollback, down: RollbackProgress): string {
  const unknown = rollback.cause.reason === 'check_critical' ? ', cause not known yet' : '';
  if (down.kind === 'replaced') return '';
  if (down.kind !== 'confirmed') return `${bold('Status')} users may still get it${unknown}`;
  const place = rollback.ends
    ? `${readUntil(rollout) ? 'read back' : 'safe'}, users are back where they were`
    : `paused ${atWords(rollout.plan, down.exposure)}, still watched`;
  if (rollout.exposure.late) return `${bold('Status')} ${lateWords(rollout, rollout.exposure.late)}${unknown}`;
  const until = readUntilWords(rollout) || 'reading again until it is certain';
  return `${bold('Status')} ${place}${unknown}${rollout.exposure.settled ? '' : `; ${until}`}`;
}

function who(rollout: Rollout, { calm, done }: { readonly calm: boolean; readonly done: boolean }): string {
  const { contact } = rollout.plan;
  // What a person did on purpose waits for nobody.
  const owner = hasItWords(rollout.alerts.haveIt) || (calm ? '' : 'nobody has it yet');
  // Mentioned, not only named: this is the one post that should wake somebody. Edits of it do not ping again, so one that is
  // not read back yet mentions them whoever ordered it. One that a person ordered and that is done wakes nobody.
  const called = calm && done ? roleNames(contact) : contact.map((role) => roleMentioned(rollout, role)).join(', ');
  const words = [owner, called === '' ? '' : `contact ${called}`].filter((part) => part !== '').join(' · ');
  return words === '' ? '' : `${bold('Who')} ${words}`;
}

function nextStep(rollout: Rollout, rollback: Rollback, down: RollbackProgress): string {
  const pages = links(rollout);
  const look = pages === '' ? '' : `: ${pages}`;
  if (down.kind === 'replaced') return '';
  if (down.kind !== 'confirmed') return `${bold('Next')} check that it goes down${look}`;
  const again = rollback.ends ? typed('start', rollout) : typed('resume', rollout);
  if (isOrdered(rollback))
    return `${bold('Next')} when it is ready again: ${again}${pages === '' ? '' : ` · ${pages}`}`;
  return `${bold('Next')} find the cause${look}, then ${again}`;
}
