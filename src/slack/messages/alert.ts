import type { Message } from '../../rollout/effects.js';
import { TARGET_SUBJECT } from '../../rollout/health.js';
import type { Rollout } from '../../rollout/rollout.js';
import { levelOf } from '../../rollout/verdict.js';
import { buttons, compose, lines, type Rendered } from '../blocks.js';
import { bold, clock, escapeText, lasted } from '../text.js';
import type { MessageContext } from './context.js';
import { haveButton, pauseButton, rollbackButton } from './phrases/buttons.js';
import { checkAt, checkTitle, criticalLimit, limitBroken, valueWords } from './phrases/checks.js';
import { title } from './phrases/commands.js';
import { exposureWords } from './phrases/exposure.js';
import { hasItWords } from './phrases/people.js';
import { REASON_WORDS, splitReason } from './phrases/reasons.js';
import { ownAlertWords } from './phrases/templates.js';

type AlertMessage = Extract<Message, { template: 'alert' }>;

/** One episode: what is wrong, what was done about it, what one can do. Edited when it is over, then without buttons. */
export function renderAlert(message: AlertMessage, { rollout, now }: MessageContext): Rendered {
  const { subject, no, since, closed } = message;
  const id = `alert:${rollout.id}:${subject.slice(0, 80)}:${no}`;
  if (closed) {
    const took = lasted(closed.at.getTime() - since.getTime());
    const place = `${title(rollout)} at ${exposureWords(rollout.plan, message.exposure)}`;
    return compose(`${id}:closed`, [
      lines(`✔ ${closedWords(rollout, message)}`, `${period(since, closed.at)}${took} · ${place}`),
    ]);
  }
  return compose(`${id}:open:${rollout.haveIt.length}`, [
    lines(
      ownAlertWords(rollout, message),
      problem(rollout, message),
      done(rollout, message),
      `${context(rollout, message, now)} · ${title(rollout)}`,
      hasItWords(rollout.haveIt),
    ),
    buttons(haveButton(rollout), pauseButton(rollout), rollbackButton(rollout)),
  ]);
}

/** Both ends of it; within one minute they would read the same. */
function period(from: Date, to: Date): string {
  const sameMinute = Math.floor(from.getTime() / 60_000) === Math.floor(to.getTime() / 60_000);
  return sameMinute ? `At ${clock(from)}, ` : `${clock(from)} to ${clock(to)}, `;
}

function context(rollout: Rollout, { since, exposure, kind }: AlertMessage, now: Date): string {
  const place = kind === 'raise_failed' ? '' : ` · at ${exposureWords(rollout.plan, exposure)}`;
  const ms = now.getTime() - since.getTime();
  return `Since ${clock(since)}${ms >= 1_000 ? ` (${lasted(ms)})` : ''}${place}`;
}

function problem(rollout: Rollout, message: AlertMessage): string {
  const { subject, kind, value, exposure } = message;
  const check = checkAt(rollout, subject);
  const { reason, rest } = splitReason(message.detail);
  const detail = escapeText(rest);
  const because = detail === '' ? '' : ` (${detail})`;
  switch (kind) {
    case 'warning':
      return check && value !== null
        ? `${bold('Warning')}: ${limitBroken(check, value, 'warning')}`
        : `${bold('Warning')}: ${escapeText(subject, 40)} is beyond its warning${because}`;
    case 'critical':
      return check && value !== null
        ? `${bold('Critical')}: ${limitBroken(check, value, 'critical')}`
        : `${bold('Critical')}: ${escapeText(subject, 40)} is beyond its limit${because}`;
    case 'no_data':
      return subject === TARGET_SUBJECT
        ? `${bold('No data')}: the targets cannot be read${because}`
        : `${bold('No data')}: ${check ? checkTitle(check) : escapeText(subject, 40)} has no number${because}`;
    case 'drift':
      return `${bold('Exposure moved')}: ${reason ? REASON_WORDS[reason] : 'the targets read other than ordered'}${because}`;
    case 'raise_failed':
      return `${bold(`Not raised to ${exposureWords(rollout.plan, exposure)}`)}: ${reason ? REASON_WORDS[reason] : 'the raise failed'}${because}`;
    default:
      return kind satisfies never;
  }
}

/** What the bot did about it, and what it did not. */
function done(rollout: Rollout, { subject, kind, detail }: AlertMessage): string {
  const check = checkAt(rollout, subject);
  switch (kind) {
    case 'warning': {
      const limit = check ? criticalLimit(check) : '';
      if (rollout.holds?.includes(subject) && rollout.held?.cause === 'check_holds')
        return `${limit} The rollout is held; users keep ${exposureWords(rollout.plan, rollout.confirmed)}.`.trim();
      const goesOn = rollout.phase === 'baking' ? 'Nothing was changed; the bake goes on.' : 'Nothing was changed.';
      return `${limit} ${goesOn}`.trim();
    }
    case 'critical':
      return criticalDone(rollout, subject);
    case 'no_data':
      return rollout.phase === 'baking'
        ? 'Nothing was changed; the bake stands still until there is data again.'
        : 'Nothing was changed; no stage can be raised until there is data again.';
    case 'drift':
      return splitReason(detail).reason === 'drift_down'
        ? 'It is left where it was found; the rollout is held.'
        : `It is being lowered to ${exposureWords(rollout.plan, rollout.wanted)} again.`;
    case 'raise_failed':
      return `Users keep ${exposureWords(rollout.plan, rollout.confirmed)}; the targets are being put back there. The rollout is held.`;
    default:
      return kind satisfies never;
  }
}

function warningOver(level: 'pass' | 'warning' | 'critical', name: string, value: string): string {
  if (level === 'pass') return `${bold('Recovered')}: ${name} is back at ${value}`;
  return level === 'critical'
    ? `${bold('Became critical')}: ${name} was last ${value}`
    : `${bold('Warning closed')}: ${name} was last ${value}`;
}

/** A critical limit that does not roll back. */
function criticalDone(rollout: Rollout, subject: string): string {
  if (!rollout.holds?.includes(subject)) {
    return 'Nothing was changed: the plan says to post only. No stage can be raised meanwhile.';
  }
  if (rollout.phase !== 'held') return 'Somebody went on all the same. It holds again once it was well in between.';
  const users = exposureWords(rollout.plan, rollout.confirmed);
  return `Users keep ${users}. The rollout is held; it is not rolled back by itself.`;
}

function closedWords(rollout: Rollout, { subject, kind, closed }: AlertMessage): string {
  const check = checkAt(rollout, subject);
  const name = check ? checkTitle(check) : escapeText(subject, 40);
  const value = closed?.value ?? null;
  switch (kind) {
    case 'warning':
      if (!check || value === null) return `${bold('Closed with the rollback')}: the warning about ${name}`;
      return warningOver(levelOf(check, value), `${name}`, valueWords(check, value));
    case 'critical':
      if (!check || value === null) return `${bold('Closed with the rollback')}: ${name} was beyond its limit`;
      return levelOf(check, value) === 'pass'
        ? `${bold('Recovered')}: ${name} is back at ${valueWords(check, value)}`
        : `${bold('No longer critical')}: ${name} was last ${valueWords(check, value)}`;
    case 'no_data':
      if (subject === TARGET_SUBJECT) return `${bold('Data again')}: the targets can be read`;
      return `${bold('Data again')}: ${name}${value === null || !check ? ' has numbers' : ` is ${valueWords(check, value)}`}`;
    case 'drift':
      return value === null
        ? 'The targets read as expected again'
        : `${bold('The targets read as expected again')}: ${exposureWords(rollout.plan, value)}`;
    case 'raise_failed':
      return bold('The failed raise is dealt with');
    default:
      return kind satisfies never;
  }
}
