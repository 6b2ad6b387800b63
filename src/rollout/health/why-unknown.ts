/** Why a reading says nothing, as codes and data. The words are in src/slack/words/phrases/why-unknown.ts. */

/** What a probe answers where it has no number. */
export type UnknownReason =
  | 'unreachable'
  | 'timeout'
  | 'bad_status' // answered with an error status, exited with one, or refused the query
  | 'too_large'
  | 'not_json'
  | 'no_value' // the path leads nowhere, or to null
  | 'not_a_number' // text, a numeric string, true, NaN, Infinity
  | 'incomplete' // the source says itself that its answer is not the whole, or cannot say what was asked
  | 'refused_address' // the network rules forbid this address
  | 'refused_role' // the database role may do more than a probe must
  | 'internal'; // a fault of the probe itself

/** The same of any reading: what people report is read by the rules themselves. */
export type ReadingCode =
  | UnknownReason
  | 'not_measured'
  | 'not_reported'
  | 'reported_before' // before this stage
  | 'report_too_old';

/** Why the limits of a check cannot be told yet. */
export type Unjudged =
  | { readonly kind: 'no_limit' }
  | { readonly kind: 'baseline_under_way' }
  | { readonly kind: 'no_baseline' }
  | { readonly kind: 'stage_not_measured'; readonly stage: string }
  /** A part of what measured 0 or less. */
  | { readonly kind: 'no_part'; readonly value: number }
  /** A limit that nothing can be below. */
  | { readonly kind: 'nothing_below'; readonly value: number };

/** Why there is no number that can be judged. */
export type WhyUnknown =
  | { readonly kind: 'not_read' }
  /** `said`: in the words of the probe, '' where the code says all. */
  | { readonly kind: 'reading'; readonly code: ReadingCode; readonly said: string }
  /** In the words of somebody outside: the targets, a driver. */
  | { readonly kind: 'said'; readonly text: string }
  | { readonly kind: 'not_a_number' }
  | { readonly kind: 'not_a_share'; readonly value: number }
  | Unjudged;

/** A check that nothing measured. */
export const NOT_MEASURED = { unknown: 'not_measured', detail: '', tookMs: 0 } as const;
