import { describeOutcome, type ProgramOutcome } from '../programs/outcome.js';
import { printedNumber } from '../programs/printed.js';
import { createPrograms, type ProgramDirs } from '../programs/run.js';
import type { UnknownReason } from '../rollout/health/why-unknown.js';
import { type FoundNumber, findNumber, type JsonPath, parseJsonPath } from './json-path.js';
import { measureWithin } from './measure-within.js';
import type { Probe } from './probe.js';

/** What to run. Values are final. */
export interface ExecProbeOptions {
  /** The program and its arguments, each as it is. */
  readonly run: readonly string[];
  /** Everything it finds in its environment beside PATH. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly dirs?: ProgramDirs;
  /** JSON path to the number in what it prints. Absent: it prints the number and nothing else. */
  readonly value?: string;
  readonly timeoutMs: number;
}

const REASONS: Readonly<Record<Exclude<ProgramOutcome['end'], 'exited'>, UnknownReason>> = {
  signalled: 'bad_status',
  not_started: 'unreachable',
  too_much_output: 'too_large',
  output_held: 'bad_status',
  timeout: 'timeout',
  given_up: 'timeout',
};

/** Reads one number that a program prints. Throws when the path cannot be read. */
export function createExecProbe(options: ExecProbeOptions): Probe {
  const parsed = options.value === undefined ? undefined : parseJsonPath(options.value);
  if (parsed && 'error' in parsed) throw new Error(`exec probe: ${parsed.error}`);
  const programs = createPrograms(options);
  const [program = ''] = options.run;
  return {
    kind: 'exec',
    measure: (caller) =>
      measureWithin({ timeoutMs: options.timeoutMs, signal: caller }, async (signal) => {
        const outcome = await programs.run(options.run, { timeoutMs: options.timeoutMs, signal });
        const detail = describeOutcome(program, outcome);
        if (outcome.end !== 'exited') return { unknown: REASONS[outcome.end], detail };
        if (outcome.status !== 0) return { unknown: 'bad_status', detail };
        return parsed ? numberIn(outcome.stdout, parsed.path) : onlyNumber(outcome.stdout);
      }),
    close: () => programs.close(),
  };
}

function onlyNumber(stdout: string): FoundNumber {
  if (stdout.trim() === '') return { unknown: 'no_value', detail: 'it printed nothing' };
  const value = printedNumber(stdout);
  if (value === undefined) return { unknown: 'not_a_number', detail: 'it printed something else than one number' };
  return { value };
}

function numberIn(stdout: string, path: JsonPath): FoundNumber {
  let document: unknown;
  try {
    document = JSON.parse(stdout);
  } catch {
    return { unknown: 'not_json', detail: stdout.trim() === '' ? 'it printed nothing' : 'what it printed is not JSON' };
  }
  return findNumber(document, path);
}
