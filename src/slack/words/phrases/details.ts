import { TARGET_SUBJECT } from '../../../rollout/health/assess.js';
import { isNamedUsers } from '../../../rollout/plan/exposure.js';
import type { Detail } from '../../../rollout/state/detail.js';
import type { Rollout } from '../../../rollout/state/rollout.js';
import { escapeText } from '../text.js';
import { channelClauses } from './channel-refused.js';
import { checkAt, checkTitle, valueWords } from './checks.js';
import { exposureWords } from './exposure.js';
import { unknownWords } from './why-unknown.js';

const NAME_CHARS = 40;

/** A check by its title, or the targets, as they stand in a sentence. Safe in mrkdwn. */
export function subjectWords(rollout: Rollout, subject: string): string {
  if (subject === TARGET_SUBJECT) return 'the targets';
  const check = checkAt(rollout, subject);
  return check ? checkTitle(check) : escapeText(subject, NAME_CHARS);
}

/** What is known beside a reason, as a clause without its point; '' where nothing is. Safe in mrkdwn. */
export function detailWords(rollout: Rollout, detail: Detail | null, most?: number): string {
  if (detail === null) return '';
  const exposure = (value: number): string => exposureWords(rollout.plan, value);
  const text = (words: string): string => escapeText(words, most);
  switch (detail.kind) {
    case 'said':
      return text(detail.target === undefined ? detail.text : `${detail.target}: ${detail.text}`);
    case 'unknown':
      return text(unknownWords(detail.why));
    case 'channel':
      return channelClauses(detail.code).join('. ');
    case 'no_target':
      return 'no target answered';
    case 'subject':
      return subjectWords(rollout, detail.subject);
    case 'check':
      return checkWords(rollout, detail);
    case 'became':
      return `${subjectWords(rollout, detail.check)} became ${detail.verdict}`;
    case 'pauses':
      return `${subjectWords(rollout, detail.check)} is beyond a limit that pauses the rollout`;
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
      return `${subjectWords(rollout, detail.check)} gave numbers for less than ${detail.windows} windows`;
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
  const at = value === null ? '' : ` at ${check ? valueWords(check, value) : value}`;
  return `${subjectWords(rollout, name)} is ${verdict}${at}`;
}

/** ` (connection refused)`, for behind a reason; '' where nothing is known beside it. */
export function inBrackets(rollout: Rollout, detail: Detail | null, most?: number): string {
  const words = detailWords(rollout, detail, most);
  return words === '' ? '' : ` (${words})`;
}
