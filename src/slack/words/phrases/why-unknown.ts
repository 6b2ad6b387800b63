/** Why there is no number, in words. */
import type { ReadingCode, WhyUnknown } from '../../../rollout/health/why-unknown.js';

const CODES: Readonly<Record<ReadingCode, string>> = {
  unreachable: 'not reachable',
  timeout: 'no answer in time',
  bad_status: 'answered with an error',
  too_large: 'the answer is too large',
  not_json: 'the answer is not JSON',
  no_value: 'the answer has no value',
  not_a_number: 'the answer is not a number',
  incomplete: 'the answer is not complete',
  refused_address: 'the network rules forbid this address',
  refused_role: 'the database role may do too much',
  internal: 'a fault of the probe',
  not_measured: 'not measured',
  not_reported: 'nobody has reported it yet',
  reported_before: 'the last report was before this stage',
  report_too_old: 'the last report is too old',
};

/** As a clause without its point; '' where there is a number. Plain text with words from outside: whoever shows it escapes it. */
export function unknownWords(why: WhyUnknown | null): string {
  if (why === null) return '';
  switch (why.kind) {
    case 'not_read':
      return 'not read yet';
    case 'reading':
      return why.said === '' ? CODES[why.code] : why.said;
    case 'said':
      return why.text;
    case 'not_a_number':
      return 'no value';
    case 'not_a_share':
      return `${why.value} is no share: it is not between 0 and 100`;
    case 'no_limit':
      return 'no limit holds in this stage';
    case 'baseline_under_way':
      return 'the baseline is being measured';
    case 'no_baseline':
      return 'no baseline was captured';
    case 'stage_not_measured':
      return `nothing is known of stage ${why.stage}`;
    case 'no_part':
      return `it measured ${rounded(why.value)} before: no part of that is a limit`;
    case 'nothing_below':
      return `it measured ${rounded(why.value)} before: nothing can be below that`;
    default:
      return why satisfies never;
  }
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
