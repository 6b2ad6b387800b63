import { printedNumber } from '../programs/printed.js';
import type { ExpectedResult } from '../rollout/plan/jobs.js';

/** What came of an action, as far as something may be expected of it: null where it has no number. */
export interface ActionResult {
  readonly number: number | null;
  readonly text: string;
}

export function resultOf(text: string): ActionResult {
  return { number: printedNumber(text) ?? null, text: text.trim() };
}

/** What is not as expected, for people; null where all is. What came is not repeated where it is a text: it may be anything. */
export function unexpected(expected: ExpectedResult | undefined, came: ActionResult): string | null {
  if (!expected) return null;
  switch (expected.kind) {
    case 'text':
      return came.text === expected.value.trim() ? null : `expected the text "${expected.value.trim()}", got another`;
    case 'number':
      return came.number === expected.value ? null : `expected ${expected.value}, got ${said(came)}`;
    case 'bounds': {
      const { number } = came;
      const words = boundsWords(expected);
      if (number === null) return `expected a number ${words}, got none`;
      return holds(expected, number) ? null : `expected ${words}, got ${number}`;
    }
    default:
      return expected satisfies never;
  }
}

type Bounds = Extract<ExpectedResult, { kind: 'bounds' }>;

function holds({ below, above, atMost, atLeast }: Bounds, number: number): boolean {
  return (
    (below === undefined || number < below) &&
    (above === undefined || number > above) &&
    (atMost === undefined || number <= atMost) &&
    (atLeast === undefined || number >= atLeast)
  );
}

function boundsWords({ below, above, atMost, atLeast }: Bounds): string {
  const words = [
    above === undefined ? '' : `above ${above}`,
    atLeast === undefined ? '' : `at least ${atLeast}`,
    below === undefined ? '' : `below ${below}`,
    atMost === undefined ? '' : `at most ${atMost}`,
  ];
  return words.filter((word) => word !== '').join(' and ');
}

function said({ number }: ActionResult): string {
  return number === null ? 'no number' : String(number);
}
