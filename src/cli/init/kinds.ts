/** The kinds of targets and probes that can be asked for, and how each stands in the file. Secrets come as `${NAME}`. */
import type { Answers } from './answers.js';
import { quoted, word } from './words.js';

type Lines = (answers: Answers) => readonly string[];

const TARGETS: Readonly<Record<string, Lines>> = {
  postgres: (answers) => [
    'kind: postgres',
    `url: \${FLAGS_DATABASE_URL} # from the environment, never written out`,
    `table: ${quoted(answers.table)}`,
    `rows: { ${word(answers.nameColumn)}: [${quoted(answers.row)}] } # the column that names a row, and the rows that move together`,
    `columns: { ${columns(answers).join(', ')} }`,
    ...(answers.exposureColumn === '' ? [] : [scaleLine(answers)]),
  ],
  http: (answers) => [
    'kind: http # a flag service, told and asked by requests',
    `headers: { Authorization: "Bearer \${FLAGS_TOKEN}" }`,
    `set: { method: PUT, url: ${quoted(answers.address)}, body: { rollout: "{{exposure}}" } }`,
    `read: { url: ${quoted(answers.address)}, value: rollout } # the way to the number in the answer`,
    scaleLine(answers),
  ],
  exec: ({ program, row }) => [
    'kind: exec # programs on the bot’s machine, run without a shell',
    `set: [${quoted(program)}, set, ${quoted(row)}, "{{exposure}}"]`,
    `read: [${quoted(program)}, get, ${quoted(row)}] # prints the exposure`,
    '# env: [FLAGS_TOKEN] # names of variables the programs are given',
  ],
  memory: ({ name }) => ['kind: memory # kept in the bot, for trying things out', `name: ${quoted(name)}`],
};

const PROBES: Readonly<Record<string, Lines>> = {
  http: ({ url, value }) => [
    'kind: http',
    `url: ${quoted(url)} # answers with JSON`,
    `value: ${quoted(value)} # the way to the number, such as data.error_rate or series[0].value`,
    `# headers: { Authorization: "Bearer \${METRICS_TOKEN}" }`,
  ],
  prometheus: ({ promql }) => ['kind: prometheus', `url: \${PROMETHEUS_URL}`, `query: ${quoted(promql)} # one number`],
  sql: ({ query }) => [
    'kind: sql',
    `url: \${METRICS_DATABASE_URL} # a role that may only read`,
    `query: ${quoted(query)} # one row with one number`,
  ],
  exec: ({ run }) => ['kind: exec', `run: [${quoted(run)}] # prints the number`],
  memory: ({ name }) => ['kind: memory # what a test put there', `name: ${quoted(name)}`],
};

export const TARGET_KINDS: readonly string[] = Object.keys(TARGETS);
export const PROBE_KINDS: readonly string[] = Object.keys(PROBES);

export function targetLines(answers: Answers): string {
  return indented(TARGETS[answers.target]?.(answers) ?? [`kind: ${quoted(answers.target)}`], 4);
}

export function probeLines(answers: Answers): string {
  const lines = PROBES[answers.probe]?.(answers) ?? [`kind: ${quoted(answers.probe)}`];
  return `    probe:\n${indented(lines, 6)}`;
}

/** The columns of a flag table that there are. */
function columns({ exposureColumn, switchColumn, updatedAtColumn }: Answers): string[] {
  const all = { exposure: exposureColumn, enabled: switchColumn, updated_at: updatedAtColumn };
  return Object.entries(all).flatMap(([key, column]) => (column === '' ? [] : `${key}: ${word(column)}`));
}

function scaleLine({ scale }: Answers): string {
  return `scale: ${scale} # the number that means everybody there: 1 for a share from 0 to 1, 10000 for basis points`;
}

function indented(lines: readonly string[], by: number): string {
  return lines.map((line) => `${' '.repeat(by)}${line}`).join('\n');
}
