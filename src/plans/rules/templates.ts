/** The plan's own words for posts: every `{{placeholder}}` is one that its post can fill. */
import { PLACEHOLDERS } from '../../rollout/plan/placeholders.js';
import { TEMPLATES } from '../../rollout/plan/plan.js';
import type { Outline } from '../language/outline.js';
import { didYouMean } from '../values/near-miss.js';
import { expected, type Finding, type Path } from '../values/problem.js';

export const PLACEHOLDER = /\{\{([^{}]*)\}\}/g;
const HALF = /\{\{|\}\}/;

export function templateFindings(outline: Outline): Finding[] {
  return TEMPLATES.flatMap((template) => {
    const text = outline.templates?.[template];
    if (text === undefined) return [];
    return placeholderFindings(text, { path: ['templates', template], known: PLACEHOLDERS[template] });
  });
}

interface Place {
  readonly path: Path;
  readonly known: readonly string[];
}

/** Every `{{name}}` of a text that is not one of the known ones, and braces without their other half. */
export function placeholderFindings(text: string, { path, known }: Place): Finding[] {
  const findings = new Map<string, Finding>();
  for (const [part, inside = ''] of text.matchAll(PLACEHOLDER)) {
    const name = inside.trim();
    if (known.includes(name)) continue;
    const what = known.length === 0 ? 'no placeholder here' : `one of the placeholders ${known.join(', ')}`;
    const message = expected(what, part);
    const guess = didYouMean(name, known);
    findings.set(part, { code: 'placeholder', path, part, message, guess });
  }
  // A pair is taken out as a whole, so that what is left of `{{a}} b}}` is the second half alone.
  const [half] = HALF.exec(text.replaceAll(PLACEHOLDER, ' ')) ?? [];
  if (half !== undefined) findings.set(half, halfFinding(text, { path, half }));
  return [...findings.values()];
}

function halfFinding(text: string, { path, half }: { path: Path; half: string }): Finding {
  const message = `expected {{ and }} around every placeholder, found ${half} without the other`;
  const only = text.indexOf(half) === text.lastIndexOf(half);
  return only ? { code: 'placeholder', path, part: half, message } : { code: 'placeholder', path, message };
}
