/** The kinds of targets and probes that can be asked for, and how each stands in the file. Secrets come as `${NAME}`. */
import type { Answers } from './answers.js';

type Lines = (answers: Answers) => readonly string[];

const TARGETS: Readonly<Record<string, Lines>> = {
  postgres: ({ table, row }) => [
    'kind: postgres',
    `url: \${FLAGS_DATABASE_URL} # from the environment, never written out`,
    `table: ${JSON.stringify(table)}`,
    `rows: { name: [${JSON.stringify(row)}] } # the column that names a row, and the rows that move together`,
    'columns: { exposure: rollout_percentage, enabled: enabled } # add updated_at if the table has it',
  ],
  http: ({ address }) => [
    'kind: http # a flag service, told and asked by requests',
    `headers: { Authorization: "Bearer \${FLAGS_TOKEN}" }`,
    `set: { method: PUT, url: ${JSON.stringify(address)}, body: { rollout: "{{exposure}}" } }`,
    `read: { url: ${JSON.stringify(address)}, value: rollout } # the way to the number in the answer`,
    'scale: 100 # the number that means everybody there: 1 for a share from 0 to 1, 10000 for basis points',
  ],
  exec: ({ program, row }) => [
    'kind: exec # programs on the bot’s machine, run without a shell',
    `set: [${JSON.stringify(program)}, set, ${JSON.stringify(row)}, "{{exposure}}"]`,
    `read: [${JSON.stringify(program)}, get, ${JSON.stringify(row)}] # prints the exposure`,
    '# env: [FLAGS_TOKEN] # names of variables the programs are given',
  ],
  memory: ({ name }) => ['kind: memory # kept in the bot, for trying things out', `name: ${JSON.stringify(name)}`],
};

const PROBES: Readonly<Record<string, Lines>> = {
  http: ({ url, value }) => [
    'kind: http',
    `url: ${JSON.stringify(url)} # answers with JSON`,
    `value: ${JSON.stringify(value)} # the way to the number, such as data.error_rate or series[0].value`,
    `# headers: { Authorization: "Bearer \${METRICS_TOKEN}" }`,
  ],
  prometheus: ({ promql }) => [
    'kind: prometheus',
    `url: \${PROMETHEUS_URL}`,
    `query: ${JSON.stringify(promql)} # one number`,
  ],
  sql: ({ query }) => [
    'kind: sql',
    `url: \${METRICS_DATABASE_URL} # a role that may only read`,
    `query: ${JSON.stringify(query)} # one row with one number`,
  ],
  exec: ({ run }) => ['kind: exec', `run: [${JSON.stringify(run)}] # prints the number`],
  memory: ({ name }) => ['kind: memory # what a test put there', `name: ${JSON.stringify(name)}`],
};

export const TARGET_KINDS: readonly string[] = Object.keys(TARGETS);
export const PROBE_KINDS: readonly string[] = Object.keys(PROBES);

export function targetLines(answers: Answers): string {
  return indented(TARGETS[answers.target]?.(answers) ?? [`kind: ${JSON.stringify(answers.target)}`], 4);
}

export function probeLines(answers: Answers): string {
  const lines = PROBES[answers.probe]?.(answers) ?? [`kind: ${JSON.stringify(answers.probe)}`];
  return `    probe:\n${indented(lines, 6)}`;
}

function indented(lines: readonly string[], by: number): string {
  return lines.map((line) => `${' '.repeat(by)}${line}`).join('\n');
}
