/** Switches over a union end in `satisfies never`, so that a new member does not compile before it has its place in each of them. */
import { isNode, type Node, nameOf, nodesIn, type Source } from './sources.js';

/** Switches whose values nobody here lists: what they are over, and why a value may pass unnamed. Path → both. */
const OPEN: Readonly<Record<string, readonly [over: string, why: string]>> = {
  'src/cli/doctor/slack.ts': ['code', 'codes of the network, of which some have better words'],
  'src/hooks/sentry.ts': ['hook.resource', 'whatever Sentry sends'],
  'src/slack/connection/channel-news.ts': ['type', 'whatever Slack sends'],
  'src/slack/words/phrases/channel-refused.ts': ['error', 'codes of Slack'],
  'src/targets/postgres/verdicts.ts': ['error.code', 'codes of Postgres'],
};

/** What each switch that may let a value pass is over. */
export function leakySwitches({ path, nodes }: Source): string[] {
  return nodes
    .filter((one) => one.type === 'SwitchStatement' && !endsInNever(one))
    .map(({ discriminant }) => nameOf(discriminant))
    .filter((over) => OPEN[path]?.[0] !== over);
}

function endsInNever({ cases }: Node): boolean {
  const last = Array.isArray(cases) ? cases.at(-1) : undefined;
  if (!isNode(last) || last.test !== null) return false;
  return [...nodesIn(last.consequent)].some(
    ({ type, typeAnnotation }) =>
      type === 'TSSatisfiesExpression' && isNode(typeAnnotation) && typeAnnotation.type === 'TSNeverKeyword',
  );
}
