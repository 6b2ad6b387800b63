/** Criteria of lists: a check of this plan, compared with something that is known by then, in a list that leaves a stage. */
import { itemsIn, type WrittenItem, writtenLists } from '../language/lists.js';
import type { Outline } from '../language/outline.js';
import { parseReference } from '../values/limit-forms.js';
import { didYouMean } from '../values/near-miss.js';
import { expected, type Finding, type Path } from '../values/problem.js';

const BOUNDS = ['below', 'above', 'at_most', 'at_least'] as const;

export function listCriteriaFindings(outline: Outline): Finding[] {
  return writtenLists(outline).flatMap((list) =>
    itemsIn(list).flatMap((item) =>
      item.written.check === undefined ? [] : criterionFindings(item, list.path, outline),
    ),
  );
}

function criterionFindings({ written, path }: WrittenItem, list: Path, outline: Outline): Finding[] {
  const { check = '' } = written;
  const known = Object.keys(outline.checks ?? {});
  if (list.at(-1) !== 'exit') {
    const message = '"check" is not supported yet outside of exit: there is no stage to be measured';
    return [{ code: 'not_supported_yet', path: [...path, 'check'], on: 'key', message }];
  }
  if (outline.checks && !Object.hasOwn(outline.checks, check)) {
    const message = expected(`a check of this plan (${known.join(', ')})`, check);
    return [{ code: 'unknown_check', path: [...path, 'check'], message, guess: didYouMean(check, known) }];
  }
  const given = [...BOUNDS, 'between' as const].filter((key) => written[key] !== undefined);
  const [key, ...more] = given;
  if (key === undefined) {
    const message = 'expected what is required of it: below, above, at_most, at_least or between, found nothing';
    return [{ code: 'missing', path, message }];
  }
  if (more.length > 0) {
    const message = `expected one of below, above, at_most, at_least and between, found ${given.join(' and ')}`;
    return [{ code: 'invalid', path, message }];
  }
  if (key === 'between') {
    const [low, high] = written.between ?? [];
    if (low === undefined || high === undefined || low <= high) return [];
    return [
      { code: 'invalid', path: [...path, key], message: `expected the smaller number first, found ${low} and ${high}` },
    ];
  }
  return referenceFindings(written[key], { path: [...path, key], list, outline, check });
}

interface Place {
  readonly path: Path;
  readonly list: Path;
  readonly outline: Outline;
  readonly check: string;
}

function referenceFindings(bound: string | number | undefined, { path, list, outline, check }: Place): Finding[] {
  const than = typeof bound === 'string' ? parseReference(bound) : undefined;
  if (!than) return [];
  if (than.of.kind === 'baseline') {
    if (outline.checks?.[check]?.probe?.kind === 'manual') {
      const message = 'expected a number, found a baseline: nobody measures what people report before it begins';
      return [{ code: 'limit', path, message }];
    }
    if (outline.baseline !== undefined) return [];
    const message =
      'expected a baseline to compare with, found none: the plan needs baseline: and how long, such as 30m';
    return [{ code: 'limit', path, message }];
  }
  const names = (outline.stages ?? []).flatMap((stage) => stage?.stage ?? []);
  const no = names.indexOf(than.of.stage);
  if (no === -1) {
    const message = expected(`a stage of this plan (${names.join(', ')})`, than.of.stage);
    return [{ code: 'unknown_stage', path, message, guess: didYouMean(than.of.stage, names) }];
  }
  // Of `every_stage` it is asked in the first stage too.
  const within = list[0] === 'stages' ? Number(list[1]) : 0;
  if (no < within) return [];
  const message = expected('a stage that comes before the one it is compared in', than.of.stage);
  return [{ code: 'order', path, message }];
}
