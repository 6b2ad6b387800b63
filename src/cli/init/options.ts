/** The answers of `rollout init` as options, in the order in which they are asked for. Without imports: the usage has them, too. */
export const INIT_OPTIONS = {
  title: 'the title, as people read it',
  channel: 'the Slack channel where it is followed',
  'time-zone': 'the zone of its times and working hours, such as Europe/Berlin',
  dashboard: 'the address of a dashboard, or none',
  runbook: 'the address of a runbook, or none',
  operators: 'who may start, advance and roll back, with commas between them',
  'approver-role': 'the role that approves, or none',
  approvers: 'who has that role, with commas between them',
  target: 'what moves: postgres, http, exec, memory',
  table: 'postgres: the table of the flags',
  'name-column': 'postgres: the column that names a flag',
  address: 'http: the address where it is told and asked',
  program: 'exec: the program that sets and reads it',
  row: 'postgres, exec: the name of the flag there',
  'exposure-column': 'postgres: the column of the percentage, or none',
  'switch-column': 'postgres: the column that is true or false, or none',
  'updated-at-column': 'postgres: the column of the last change, or none',
  scale: 'postgres, http: the number that means everybody, such as 100 or 1',
  probe: 'what tells its health: http, prometheus, sql, exec, memory',
  url: 'http: the address that answers with JSON',
  value: 'http: the way to the error rate in the answer',
  promql: 'prometheus: the query that answers with the error rate',
  query: 'sql: the query that answers with the error rate',
  run: 'exec: the program that prints the error rate',
  critical: 'the error rate above which it is taken back, in %',
  warning: 'the error rate above which people are told, in %, or none',
  stages: 'the stages in percent, with commas between them',
  bake: 'how long each stage bakes',
} as const;

export type InitOption = keyof typeof INIT_OPTIONS;

export function isInitOption(word: string): word is InitOption {
  return Object.hasOwn(INIT_OPTIONS, word);
}
