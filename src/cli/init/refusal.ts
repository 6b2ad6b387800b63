import { parsePlan } from '../../plans/read/parse.js';
import { type Answers, complete } from './answers.js';
import { planText } from './plan-text.js';

/** Why these answers make no plan, as every reader of plans says it; null when they do. */
export function refusal(given: Partial<Answers>): string | null {
  const answers = complete(given);
  const result = parsePlan(planText(answers), { file: `${answers.name}.yml` });
  return result.ok ? null : (result.problems[0]?.message ?? 'expected something else');
}
