/** What the query API of Prometheus answers, and which one number may be believed of it. */
import { z } from 'zod';
import type { FoundNumber } from '../json-path.js';
import type { Unknown } from '../web-readings.js';

export interface Wanted {
  /** Which of several series counts. Absent: there must be one. */
  readonly group?: 'highest' | 'lowest';
  /** How old the answer itself may be. */
  readonly freshMs?: number;
}

const YES = z.union([z.literal(true), z.literal('true'), z.literal(1)]);
const success = z.object({
  status: z.literal('success'),
  data: z.object({ resultType: z.string(), result: z.unknown() }),
  warnings: z.array(z.string()).optional(),
});
/** Parts of a cluster were away: said by VictoriaMetrics, Thanos, Mimir and Cortex, each in its own place. */
const partial = z.union([
  z.object({ isPartial: YES }),
  z.object({ is_partial: YES }),
  z.object({ partial: YES }),
  z.object({ partial_response: YES }),
  z.object({ partialResponse: YES }),
]);
const partly = z.union([partial, z.object({ data: partial })]);
const failure = z.object({ status: z.literal('error'), error: z.string() });
const sample = z.tuple([z.number(), z.unknown()]);
const series = z.array(z.object({ value: sample.optional() }));

/**
 * The number of this document. `answeredAt` is when it was sent, by the clock of who sent it. The words of Prometheus
 * go through `safe` before they are shown.
 */
export function numberFrom(
  document: unknown,
  wanted: Wanted,
  { answeredAt, safe }: { answeredAt: number | undefined; safe: (text: string) => string },
): FoundNumber {
  const said = errorIn(document);
  if (said !== undefined) return { unknown: 'bad_status', detail: safe(said) };
  const answer = success.safeParse(document);
  if (!answer.success) return { unknown: 'not_json', detail: 'the answer is not one of the Prometheus query API' };
  if (partly.safeParse(document).success)
    return {
      unknown: 'incomplete',
      detail: 'the server says that its answer is partial: some of its storage did not answer',
    };
  const { data, warnings = [] } = answer.data;
  // Up to 2.54 hints about a query's style stand among the warnings. They say nothing about the data.
  const warning = warnings.find((text) => !text.startsWith('PromQL info:'));
  if (warning !== undefined) return { unknown: 'incomplete', detail: safe(`the answer has a warning: ${warning}`) };
  const samples = samplesOf(data);
  return 'unknown' in samples ? samples : oneOf(samples, wanted, answeredAt);
}

/** The words of an answer that is an error. */
export function errorIn(document: unknown): string | undefined {
  const read = failure.safeParse(document);
  return read.success ? read.data.error : undefined;
}

type Sample = z.output<typeof sample>;

function samplesOf({ resultType, result }: { resultType: string; result: unknown }): Sample[] | Unknown {
  if (resultType === 'scalar') {
    const read = sample.safeParse(result);
    return read.success ? [read.data] : nonsense();
  }
  if (resultType !== 'vector') {
    const what = resultType === 'matrix' ? 'a range of samples' : resultType === 'string' ? 'text' : 'something else';
    return { unknown: 'not_a_number', detail: `the query gives ${what}, a number is needed` };
  }
  const read = series.safeParse(result);
  if (!read.success) return nonsense();
  const samples = read.data.flatMap(({ value }) => (value ? [value] : []));
  if (samples.length < read.data.length)
    return { unknown: 'not_a_number', detail: 'the query gives a histogram, a number is needed' };
  return samples;
}

function nonsense(): Unknown {
  return { unknown: 'not_json', detail: 'the result is not one of the Prometheus query API' };
}

function oneOf(samples: readonly Sample[], { group, freshMs }: Wanted, answeredAt: number | undefined): FoundNumber {
  if (samples.length === 0) return { unknown: 'no_value', detail: 'the query has no result' };
  if (samples.length > 1 && group === undefined) {
    const detail = `the query gives ${samples.length} series, one is needed: sum them up, or say group: highest or lowest`;
    return { unknown: 'not_a_number', detail };
  }
  const readings = samples.map(([at, value]) => ({ at, value, number: numberOf(value) }));
  const odd = readings.find(({ number }) => number === undefined);
  if (odd)
    return notANumber(odd.value, {
      odd: readings.filter(({ number }) => number === undefined).length,
      of: samples.length,
    });
  const numbers = readings.flatMap(({ number }) => number ?? []);
  const oldest = Math.min(...readings.map(({ at }) => at)) * 1000;
  // A second more, because the time of an answer is told in whole seconds.
  if (freshMs !== undefined && answeredAt !== undefined && answeredAt - oldest > freshMs + 1_000) {
    const seconds = Math.round((answeredAt - oldest) / 1000);
    return { unknown: 'no_value', detail: `the answer was worked out ${seconds} s before it was sent` };
  }
  return { value: group === 'lowest' ? Math.min(...numbers) : Math.max(...numbers) };
}

const NUMBER = /^[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i;

/** Samples are written as text: `"12.5"`, but also `"NaN"` and `"+Inf"`, which are no readings. */
function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && NUMBER.test(value) ? Number(value) : Number.NaN;
  return Number.isFinite(number) ? number : undefined;
}

function notANumber(value: unknown, { odd, of }: { odd: number; of: number }): Unknown {
  if (value === null) return { unknown: 'no_value', detail: 'the query has no result' };
  const known = typeof value === 'string' && /^(NaN|[+-]Inf)$/.test(value);
  const what = known ? value : 'not a number';
  const detail = of === 1 ? `the result is ${what}` : `${odd} of ${of} series ${odd === 1 ? 'is' : 'are'} ${what}`;
  return {
    unknown: 'not_a_number',
    detail: `${detail}${value === 'NaN' ? ', as when nothing is divided by nothing' : ''}`,
  };
}
