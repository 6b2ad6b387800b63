/** What `rollout init` asks, what it takes for granted, and the plan that comes of it. */
import { parsePlan } from '../../plans/parse.js';
import { planText } from './plan-text.js';

/** Everything the file is made of. People, addresses and names as the plan has them. */
export interface Answers {
  readonly name: string;
  readonly title: string;
  readonly channel: string;
  readonly operators: readonly string[];
  /** '' for none: no stage asks for approval. */
  readonly approverRole: string;
  readonly approvers: readonly string[];
  readonly target: string;
  /** Of a postgres target. */
  readonly table: string;
  /** Of a postgres target its row, of an exec target what the program calls it. */
  readonly row: string;
  /** Of an http target: where the flag is told and asked. */
  readonly address: string;
  /** Of an exec target. */
  readonly program: string;
  readonly probe: string;
  /** Of an http probe. */
  readonly url: string;
  readonly value: string;
  /** Of a prometheus probe. */
  readonly promql: string;
  /** Of a sql probe. */
  readonly query: string;
  /** Of an exec probe. */
  readonly run: string;
  /** Above this it is taken back, %. */
  readonly critical: number;
  readonly stages: readonly number[];
  readonly bake: string;
}

const NAME = 'my-change';

/** The answers with sensible ones in place of those that are missing; some follow from the name. */
export function complete(given: Partial<Answers>): Answers {
  const name = given.name ?? NAME;
  const words = name.replaceAll('-', ' ').trim();
  return {
    name,
    title: `${words.charAt(0).toUpperCase()}${words.slice(1)}`,
    channel: `#${name}`,
    operators: ['@release-team'],
    approverRole: 'engineering-lead',
    approvers: ['@engineering-lead'],
    target: 'postgres',
    table: 'feature_flags',
    row: name.toUpperCase().replaceAll('-', '_'),
    address: `\${FLAGS_URL}/flags/${name}`,
    program: '/usr/local/bin/flags',
    probe: 'http',
    url: `\${METRICS_URL}/metrics.json`,
    value: 'error_rate',
    promql: '100 * sum(rate(http_requests_total{code=~"5.."}[5m])) / sum(rate(http_requests_total[5m]))',
    query: "select 100.0 * avg(failed::int) from requests where at > now() - interval '5 minutes'",
    run: '/usr/local/bin/error-rate',
    critical: 5,
    stages: [10, 25, 50, 100],
    bake: '24h',
    ...given,
  };
}

/** Why these answers make no plan, as every reader of plans says it; null when they do. */
export function refusal(given: Partial<Answers>): string | null {
  const answers = complete(given);
  const result = parsePlan(planText(answers), { file: `${answers.name}.yml` });
  return result.ok ? null : (result.problems[0]?.message ?? 'expected something else');
}
