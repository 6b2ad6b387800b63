/** What `rollout init` knows at its end, and what it takes for granted of it. */

/** Everything the file is made of. People, addresses and names as the plan has them; '' where there is nothing. */
export interface Answers {
  readonly name: string;
  readonly title: string;
  readonly channel: string;
  readonly timezone: string;
  readonly dashboard: string;
  readonly runbook: string;
  readonly operators: readonly string[];
  /** '' for none: no stage asks for approval. */
  readonly approverRole: string;
  readonly approvers: readonly string[];
  readonly target: string;
  /** Of a postgres target, with its columns. */
  readonly table: string;
  readonly nameColumn: string;
  /** '' for none: the rows are only on or off. */
  readonly exposureColumn: string;
  readonly switchColumn: string;
  readonly updatedAtColumn: string;
  /** The number that means everybody, of a postgres or http target. */
  readonly scale: number;
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
  /** Above this people are told, %; null for no warning. */
  readonly warning: number | null;
  readonly stages: readonly number[];
  readonly bake: string;
}

const NAME = 'my-change';

/** The answers with sensible ones in place of those that are missing; some follow from others. */
export function complete(given: Partial<Answers>): Answers {
  const name = given.name ?? NAME;
  const words = name.replaceAll('-', ' ').trim();
  const critical = given.critical ?? 5;
  const answers: Answers = {
    name,
    title: `${words.charAt(0).toUpperCase()}${words.slice(1)}`,
    channel: `#${name}`,
    timezone: 'UTC',
    dashboard: '',
    runbook: '',
    operators: ['@release-team'],
    approverRole: 'engineering-lead',
    approvers: ['@engineering-lead'],
    target: 'postgres',
    table: 'feature_flags',
    nameColumn: 'name',
    exposureColumn: 'rollout_percentage',
    switchColumn: [given.nameColumn, given.exposureColumn].includes('enabled') ? '' : 'enabled',
    updatedAtColumn: '',
    scale: 100,
    row: name.toUpperCase().replaceAll('-', '_'),
    address: `\${FLAGS_URL}/flags/${name}`,
    program: '/usr/local/bin/flags',
    probe: 'http',
    url: `\${METRICS_URL}/metrics.json`,
    value: 'error_rate',
    promql: '100 * sum(rate(http_requests_total{code=~"5.."}[5m])) / sum(rate(http_requests_total[5m]))',
    query: "select 100.0 * avg(failed::int) from requests where at > now() - interval '5 minutes'",
    run: '/usr/local/bin/error-rate',
    critical,
    // Nothing comes before a limit of 0.
    warning: critical > 0 ? critical / 2 : null,
    stages: [10, 25, 50, 100],
    bake: '24h',
    ...given,
  };
  return hasPercentages(answers) ? answers : { ...answers, stages: [100] };
}

/** Whether what moves knows more than on and off. */
export function hasPercentages({ target, exposureColumn }: Pick<Answers, 'target' | 'exposureColumn'>): boolean {
  return target !== 'postgres' || exposureColumn !== '';
}
