import { describeOutcome, type Outcome } from '../programs/outcome.js';
import { printedNumber } from '../programs/printed.js';
import { createPrograms, type Programs } from '../programs/run.js';
import { commandFor, type ExecConfig, keyOf, lineByHand } from './exec-words.js';
import { requirePercent } from './exposure.js';
import {
  LONGEST_TARGET_CALL_MS,
  NotRaisedError,
  requireAsSeen,
  type Target,
  TargetError,
  type TargetErrorCode,
  type TargetReading,
} from './target.js';

/** What a whole call may take, all its programs together: a moment less than what everybody counts on. */
const CALL_MS = LONGEST_TARGET_CALL_MS - 500;

/** Exit statuses with a meaning: of shells (126, 127), of `timeout` (124), of <sysexits.h> (69, 75, 77). */
const STATUSES: Readonly<Record<number, readonly [TargetErrorCode, retryable: boolean]>> = {
  69: ['unreachable', true],
  75: ['unreachable', true],
  77: ['denied', false],
  124: ['timeout', true],
  126: ['denied', false],
  127: ['missing', false],
};

const NOT_STARTED: Readonly<Record<string, readonly [TargetErrorCode, retryable: boolean]>> = {
  ENOENT: ['missing', false],
  ENOTDIR: ['missing', false],
  EACCES: ['denied', false],
  EPERM: ['denied', false],
  // The machine has no process, memory or file to spare at the moment.
  EAGAIN: ['unreachable', true],
  ENOMEM: ['unreachable', true],
  EMFILE: ['unreachable', true],
  ENFILE: ['unreachable', true],
  ETXTBSY: ['unreachable', true],
};

/**
 * Moves and reads exposure with programs. `config.env` holds the values of the named variables. No two calls wait for each
 * other. Throws TargetError `rejected` when the configuration cannot be used.
 */
export function createExecTarget(name: string, config: ExecConfig): Target {
  if (config.set.length === 0 || config.read.length === 0) {
    throw new TargetError('rejected', `target ${name}: set or read names no program`, { retryable: false });
  }
  const programs = createPrograms(config);
  const call = callsOf(name, config, programs);
  return {
    name,
    kind: 'exec',
    keys: [keyOf(config)],
    async raise(exposure, { signal, seen, mayWrite }) {
      requirePercent(name, exposure);
      const { set, read } = call(signal);
      requireAsSeen(name, seen, await read());
      // The program is started in this turn of the event loop.
      if (!mayWrite()) throw new NotRaisedError(name, 'over');
      await set(exposure);
    },
    async lower(exposure, signal) {
      requirePercent(name, exposure);
      await call(signal).set(exposure);
      return { note: null };
    },
    read: (signal) => call(signal).read(),
    async rehearse(_places, signal) {
      const { set, read } = call(signal);
      const before = await read();
      await set(before.exposure);
      const after = await read();
      if (after.exposure === before.exposure) return { reading: after, notes: [] };
      const message = `target ${name}: told to stay at ${before.exposure} %, read ${after.detail}`;
      throw new TargetError('rejected', message, { retryable: false });
    },
    byHand: (exposure) => lineByHand(config, exposure),
    close: () => programs.close(),
  };
}

/** The programs of one call, which share its time. */
function callsOf(name: string, config: ExecConfig, programs: Programs) {
  return (signal: AbortSignal) => {
    const started = performance.now();
    const run = async (argv: readonly string[]): Promise<string> => {
      const leftMs = Math.max(1, CALL_MS - (performance.now() - started));
      const outcome = await programs.run(argv, { timeoutMs: Math.min(config.timeoutMs, leftMs), signal });
      if (outcome.end === 'exited' && outcome.status === 0) return outcome.stdout;
      throw errorOf(name, argv[0] ?? '', outcome);
    };
    return {
      set: async (exposure: number): Promise<void> => void (await run(commandFor(config, exposure))),
      read: async (): Promise<TargetReading> => readingOf(name, await run(config.read)),
    };
  };
}

function readingOf(name: string, stdout: string): TargetReading {
  const exposure = exposureOf(stdout.trim());
  if (exposure !== undefined && exposure >= 0 && exposure <= 100) {
    return { exposure, partial: false, detail: `${exposure} %`, version: null };
  }
  // What it printed instead is nobody's business: it may be anything.
  const message = `target ${name}: read printed neither a percentage from 0 to 100 nor on or off`;
  throw new TargetError('rejected', message, { retryable: false });
}

function exposureOf(printed: string): number | undefined {
  if (printed === 'on') return 100;
  return printed === 'off' ? 0 : printedNumber(printed);
}

function errorOf(name: string, program: string, outcome: Outcome): TargetError {
  const [code, retryable] = verdictOn(outcome);
  return new TargetError(code, `target ${name}: ${describeOutcome(program, outcome)}`, { retryable });
}

function verdictOn(outcome: Outcome): readonly [TargetErrorCode, boolean] {
  switch (outcome.end) {
    case 'exited':
      return STATUSES[outcome.status] ?? ['rejected', true];
    case 'not_started':
      return NOT_STARTED[outcome.code] ?? ['rejected', false];
    case 'timeout':
    case 'given_up':
      return ['timeout', true];
    case 'signalled':
      return ['rejected', true];
    case 'too_much_output':
    case 'output_held':
      return ['rejected', false];
    default:
      return outcome satisfies never;
  }
}
