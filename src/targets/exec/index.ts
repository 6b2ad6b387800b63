import { describeOutcome, type ProgramOutcome } from '../../programs/outcome.js';
import { printedNumber } from '../../programs/printed.js';
import { createPrograms, type Programs } from '../../programs/run.js';
import { requirePercent } from '../exposure.js';
import {
  LONGEST_TARGET_CALL_MS,
  NotRaisedError,
  requireAsSeen,
  type Target,
  TargetError,
  type TargetErrorCode,
  type TargetReading,
} from '../target.js';
import { writeBackOf } from '../write-back.js';
import { commandFor, type ExecConfig, keyOf, lineByHand, saysOf } from './words.js';

/** What a whole call may take, all its programs together: a moment less than what everybody counts on. */
const CALL_MS = LONGEST_TARGET_CALL_MS - 500;

/** A look before a lowering may not hold it up for long. */
const LOOK_MS = 2_000;

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
    throw new TargetError('rejected', 'set or read names no program', { target: name, retryable: false });
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
      const run = call(signal);
      if (exposure === 0) return { note: await run.off() };
      // Told a percentage, one that somebody took lower already would rise.
      const seen = await run.look().catch(() => null);
      if (seen === null || seen.exposure >= exposure) await run.set(exposure);
      return { note: null };
    },
    read: (signal) => call(signal).read(),
    async rehearse(_places, signal) {
      const { set, off, read } = call(signal);
      const before = await read();
      const { exposure } = before;
      const says = saysOf(config);
      // The number a program prints is all there is: 0 is off.
      const enabled = says.enabled ? exposure > 0 : undefined;
      const back = writeBackOf(says, { exposure, value: exposure, enabled, absent: false }, config.rehearse);
      if (back.kind === 'refused') throw new TargetError('rejected', back.why, { target: name, retryable: false });
      if (back.kind === 'nothing') return { reading: before, notes: [back.note] };
      if (back.kind === 'off') await off('alone');
      else await set(exposure);
      const after = await read();
      const notes = back.kind === 'set' && back.note !== null ? [back.note] : [];
      if (after.exposure === before.exposure) return { reading: after, notes };
      const message = `told to stay at ${before.exposure} %, read ${after.detail}`;
      throw new TargetError('rejected', message, { target: name, retryable: false });
    },
    byHand: (exposure) => lineByHand(config, exposure),
    close: () => programs.close(),
  };
}

/** The programs of one call, which share its time. */
function callsOf(name: string, config: ExecConfig, programs: Programs) {
  return (signal: AbortSignal) => {
    const started = performance.now();
    const attempt = (argv: readonly string[], mostMs = config.timeoutMs): Promise<ProgramOutcome> => {
      const leftMs = Math.max(1, CALL_MS - (performance.now() - started));
      return programs.run(argv, { timeoutMs: Math.min(mostMs, leftMs), signal });
    };
    const run = async (argv: readonly string[], mostMs?: number): Promise<string> => {
      const outcome = await attempt(argv, mostMs);
      if (outcome.end === 'exited' && outcome.status === 0) return outcome.stdout;
      throw errorOf(name, argv[0] ?? '', outcome);
    };
    return {
      set: async (exposure: number): Promise<void> => void (await run(commandFor(config, exposure))),
      read: async (): Promise<TargetReading> => readingOf(name, await run(config.read)),
      look: async (): Promise<TargetReading> => readingOf(name, await run(config.read, LOOK_MS)),
      /** Where `off` answers no, `set` is told to be off, if it can say so; that is told. */
      async off(rungs?: 'alone'): Promise<string | null> {
        const first = commandFor(config, 0);
        const outcome = await attempt(first);
        if (outcome.end === 'exited' && outcome.status === 0) return null;
        const error = errorOf(name, first[0] ?? '', outcome);
        const { off, exposure, enabled } = saysOf(config);
        if (rungs === 'alone' || !off || !(exposure || enabled) || !isAnswer(outcome)) throw error;
        const why = error.detail;
        await run(commandFor({ set: config.set }, 0)).catch((second: unknown) => {
          if (!(second instanceof TargetError)) throw second;
          const message = `${error.detail}; and then ${second.detail}`;
          throw new TargetError(second.code, message, { target: name, retryable: second.retryable, cause: second });
        });
        return `off was refused, so set was told to be off (${why})`;
      },
    };
  };
}

/** The program has answered no, or can never be run; not: it was away, too slow, or killed. */
function isAnswer(outcome: ProgramOutcome): boolean {
  if (outcome.end === 'exited') return ![69, 75, 124].includes(outcome.status);
  return outcome.end === 'not_started' && !verdictOn(outcome)[1];
}

function readingOf(name: string, stdout: string): TargetReading {
  const exposure = exposureOf(stdout.trim());
  if (exposure !== undefined && exposure >= 0 && exposure <= 100) {
    return { exposure, partial: false, detail: `${exposure} %`, version: null };
  }
  // What it printed instead is nobody's business: it may be anything.
  const message = 'read printed neither a percentage from 0 to 100 nor on or off';
  throw new TargetError('rejected', message, { target: name, retryable: false });
}

function exposureOf(printed: string): number | undefined {
  if (printed === 'on') return 100;
  return printed === 'off' ? 0 : printedNumber(printed);
}

function errorOf(name: string, program: string, outcome: ProgramOutcome): TargetError {
  const [code, retryable] = verdictOn(outcome);
  const final = !retryable && outcome.end !== 'output_held' && outcome.end !== 'too_much_output';
  return new TargetError(code, describeOutcome(program, outcome), { target: name, retryable, final });
}

function verdictOn(outcome: ProgramOutcome): readonly [TargetErrorCode, boolean] {
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
