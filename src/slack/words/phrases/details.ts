import { TARGET_SUBJECT } from '../../../rollout/health/assess.js';
import { isNamedUsers } from '../../../rollout/plan/exposure.js';
import type { Detail } from '../../../rollout/state/detail.js';
import type { Rollout } from '../../../rollout/state/rollout.js';
import { type Phrase, say, toMrkdwn } from '../inline.js';
import { safe, theirs } from '../text.js';
import { channelSaid } from './channel-refused.js';
import { checkAt, checkPlain, valuePlain } from './checks.js';
import { exposureWords } from './exposure.js';
import { ITEM_WORDS } from './items.js';
import { unknownWords } from './why-unknown.js';

const NAME_CHARS = 40;

/** A check by its title, or the targets, as they stand in a sentence. Safe in mrkdwn. */
export function subjectWords(rollout: Rollout, subject: string): string {
  return safe(subjectPlain(rollout, subject));
}

/** The same as plain text. */
export function subjectPlain(rollout: Rollout, subject: string): string {
  if (subject === TARGET_SUBJECT) return 'the targets';
  const check = checkAt(rollout, subject);
  return check ? checkPlain(check) : theirs(subject, NAME_CHARS);
}

/** What is known beside a reason, as a clause without its point; '' where nothing is. Safe in mrkdwn. */
export function detailWords(rollout: Rollout, detail: Detail | null, most?: number): string {
  return toMrkdwn(detailSaid(rollout, detail, most));
}

/** The same for any place. */
export function detailSaid(rollout: Rollout, detail: Detail | null, most?: number): Phrase {
  if (detail === null) return [];
  if (detail.kind === 'channel') return channelSaid(detail.code);
  return say`${detailPlain(rollout, detail, most)}`;
}

function detailPlain(rollout: Rollout, detail: Exclude<Detail, { kind: 'channel' }>, most?: number): string {
  const exposure = (value: number): string => exposureWords(rollout.plan, value);
  const text = (words: string): string => theirs(words, most);
  switch (detail.kind) {
    case 'said':
      return text(detail.target === undefined ? detail.text : `${detail.target}: ${detail.text}`);
    case 'unknown':
      return text(unknownWords(detail.why));
    case 'no_target':
      return 'no target answered';
    case 'subject':
      return subjectPlain(rollout, detail.subject);
    case 'check':
      return checkWords(rollout, detail);
    case 'became':
      return `${subjectPlain(rollout, detail.check)} became ${detail.verdict}`;
    case 'pauses':
      return `${subjectPlain(rollout, detail.check)} is beyond a limit that pauses the rollout`;
    case 'item':
      return `${text(detail.title)}: ${ITEM_WORDS[detail.to]}`;
    case 'on_and_off':
      return 'on and off';
    case 'rolled_back':
      return 'rolled back';
    case 'read': {
      const read = detail.said === undefined ? exposure(detail.found) : text(detail.said);
      return `expected ${exposure(detail.expected)}, read ${read}`;
    }
    case 'above_first': {
      const whose = isNamedUsers(detail.found) ? ': named users have it already' : '';
      return `users have ${exposure(detail.found)}, the first stage is ${exposure(detail.first)}${whose}`;
    }
    case 'not_lowered':
      return `not read back at ${exposure(detail.to)}: ${text(detail.text)}`;
    case 'late_raise':
      return detail.elsewhere
        ? `the raise to ${exposure(detail.to)} ended after it was over, and another rollout moves these targets now; nothing was written, see what users have`
        : `a raise to ${exposure(detail.to)} ended after it was over`;
    case 'read_after':
      return detail.what === 'raise'
        ? `${exposure(detail.found)} was read after the raise was over, ${exposure(detail.wanted)} is wanted`
        : `${exposure(detail.found)} was read after it had been lowered to ${exposure(detail.wanted)}`;
    case 'few_windows':
      return `${subjectPlain(rollout, detail.check)} gave numbers for less than ${detail.windows} windows`;
    case 'raised_meanwhile':
      return 'exposure was raised meanwhile';
    case 'not_in_time':
      return detail.what === 'checks' ? 'the checks were not measured in time' : 'the targets did not answer in time';
    default:
      return detail satisfies never;
  }
}

/** `Error rate is critical at 12 %`. */
function checkWords(rollout: Rollout, { check: name, verdict, value }: Extract<Detail, { kind: 'check' }>): string {
  const check = checkAt(rollout, name);
  const at = value === null ? '' : ` at ${check ? valuePlain(check, value) : value}`;
  return `${subjectPlain(rollout, name)} is ${verdict}${at}`;
}

/** ` (connection refused)`, for behind a reason; '' where nothing is known beside it. */
export function inBrackets(rollout: Rollout, detail: Detail | null, most?: number): string {
  return toMrkdwn(bracketsSaid(rollout, detail, most));
}

/** The same for any place. */
export function bracketsSaid(rollout: Rollout, detail: Detail | null, most?: number): Phrase {
  const words = detailSaid(rollout, detail, most);
  return words.length === 0 ? [] : say` (${words})`;
}
