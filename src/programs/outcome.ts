/** How a run of a program ended, and how that is said. Nothing a program printed is in it but the last line of its complaints. */

/** The most a program may print to be read, in bytes. */
export const LONGEST_OUTPUT_BYTES = 64 * 1024;

export type ProgramOutcome =
  /** It ended by itself. `lastWords`: the last line of its standard error, shortened and without secrets; may be empty. */
  | { readonly end: 'exited'; readonly status: number; readonly stdout: string; readonly lastWords: string }
  /** A signal ended it that was not ours. */
  | { readonly end: 'signalled'; readonly signal: string; readonly lastWords: string }
  /** `code` as of the operating system: `ENOENT`, `EACCES`, … */
  | { readonly end: 'not_started'; readonly code: string }
  | { readonly end: 'too_much_output' }
  /** It ended, but something it started has left its process group and holds its output: nobody can tell what is still to come. */
  | { readonly end: 'output_held' }
  | { readonly end: 'timeout'; readonly afterMs: number }
  | { readonly end: 'given_up' };

const NOT_STARTED: Readonly<Record<string, string>> = {
  ENOENT: 'no such program or directory',
  ENOTDIR: 'no such program or directory',
  EACCES: 'no right to run it',
  EPERM: 'no right to run it',
  NOT_IN_PROGRAM_DIRS: 'it is in none of the folders of PROGRAM_DIRS',
};

/** One line for people: the program's name, never its arguments or its output. */
export function describeOutcome(program: string, outcome: ProgramOutcome): string {
  switch (outcome.end) {
    case 'exited':
      return `${program} exited with ${outcome.status}${after(outcome.lastWords)}`;
    case 'signalled':
      return `${program} was ended by ${outcome.signal}${after(outcome.lastWords)}`;
    case 'not_started':
      return `${program} cannot be started: ${NOT_STARTED[outcome.code] ?? outcome.code}`;
    case 'too_much_output':
      return `${program} printed more than ${LONGEST_OUTPUT_BYTES / 1024} KB`;
    case 'output_held':
      return `${program} left a process behind that keeps its output open`;
    case 'timeout':
      return `${program} was not done within ${timeWords(outcome.afterMs)}`;
    case 'given_up':
      return `${program} was given up`;
    default:
      return outcome satisfies never;
  }
}

function timeWords(ms: number): string {
  return ms < 1_000 ? `${ms} ms` : `${ms / 1_000} s`;
}

function after(lastWords: string): string {
  return lastWords === '' ? '' : `: ${lastWords}`;
}
