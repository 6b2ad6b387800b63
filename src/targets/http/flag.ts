import type { HttpTargetConfig, HttpWrite, HttpWrites } from '../../rollout/plan/http-requests.js';
import { isGood } from '../../web/request.js';
import { type Values, valuesFor } from '../scale.js';
import { TargetError } from '../target.js';
import { type Says, writeBackOf } from '../write-back.js';
import { type Call, callFor, type Sending, sendRead, sendWrite } from './calls.js';
import { ABSENT, type FlagState, stateReader } from './state.js';
import { placeholdersIn } from './templates.js';
import { allOfThem, untilOneFails, writesOf } from './writes.js';

/** A look before a lowering may not hold it up for long. */
const LOOK_MS = 2_000;

/** One request: of whom, and how long it may take; the longest of all when `limitMs` is absent. */
export interface FlagRequest {
  readonly signal: AbortSignal;
  readonly tenant?: string;
  readonly limitMs?: number;
  /** Of a raise: asked when a write would go out. */
  readonly mayWrite?: () => boolean;
  /** Of a lowering to off: it may be sent twice. */
  readonly mayRepeat?: boolean;
}

interface Made {
  readonly of: HttpWrite;
  readonly call: Call;
}

/** Telling and asking about one flag, or one tenant's. */
export interface Flag {
  /** Makes it this percent; 0 is off. Throws TargetError. */
  write(exposure: number, asked: FlagRequest): Promise<void>;
  /**
   * Takes it down to this percentage; never up. Off goes through `off`, and where that is refused for good through `set`, which is told:
   * the answer is for people, null when there is nothing to tell. Throws TargetError.
   */
  lower(exposure: number, asked: FlagRequest): Promise<string | null>;
  /** Makes it what it is, where that changes nothing. Answers what was not tried, for people. Throws TargetError. */
  writeBack(state: FlagState, asked: FlagRequest): Promise<string | null>;
  /** Throws TargetError. */
  state(asked: FlagRequest): Promise<FlagState>;
}

export function createFlag(
  { set, off, read, rehearse, scale }: HttpTargetConfig,
  fill: (text: string) => string,
  sending: Sending,
): Flag {
  const { target } = sending;
  const made = (what: string, writes: HttpWrites) =>
    writesOf(writes).map((of) => ({ of, call: callFor(target, what, of, fill) }));
  const calls = { set: made('set', set), off: off && made('off', off), read: callFor(target, 'read', read, fill) };
  const stateOf = stateReader(target, read, scale);
  const named = placeholdersIn(writesOf(set).map(({ url, body }) => [url, body]));
  const says: Says = {
    exposure: named.has('exposure') || named.has('rest'),
    enabled: named.has('enabled'),
    off: off !== undefined,
  };
  const within = ({ limitMs = sending.requestMs }: FlagRequest): Sending => ({ ...sending, requestMs: limitMs });

  const sendOne = (isOff: boolean, values: Values, asked: FlagRequest) => (one: Made) => {
    const gone = isOff && read.absent === 'off';
    const expects = (status: number) => one.of.expect?.includes(status) ?? isGood(status);
    const { mayWrite: maySend, signal } = asked;
    const { mayRepeat = false } = asked;
    const write = { call: one.call, values, expects, gone, mayRepeat, ...(maySend && { maySend }) };
    return sendWrite(within(asked), write, signal);
  };
  const valuesOf = (exposure: number, enabled: boolean, asked: FlagRequest): Values => ({
    ...valuesFor(exposure, enabled, scale),
    ...tenantOf(asked),
  });
  /** Up, or the same again: what fails ends it. */
  const tell = (exposure: number, enabled: boolean, asked: FlagRequest): Promise<void> =>
    untilOneFails(target, calls.set, sendOne(false, valuesOf(exposure, enabled, asked), asked));
  /** Down: what fails holds up nothing that comes after it. */
  const tellDown = (exposure: number, enabled: boolean, asked: FlagRequest): Promise<void> =>
    allOfThem(target, calls.set, sendOne(false, valuesOf(exposure, enabled, asked), asked));
  const switchOff = (asked: FlagRequest): Promise<void> =>
    calls.off
      ? allOfThem(target, calls.off, sendOne(true, valuesOf(0, false, asked), asked))
      : tellDown(0, false, asked);
  const state = async (asked: FlagRequest): Promise<FlagState> => {
    const values = valuesOf(0, false, asked);
    const question = { call: calls.read, values, means: read.absent };
    const answer = await sendRead(within(asked), question, asked.signal);
    return answer === 'absent' ? ABSENT : stateOf(answer);
  };

  /** Through `off`, and where that is refused for good through `set`, if it can say so. */
  const lowerToOff = async (asked: FlagRequest): Promise<string | null> => {
    try {
      await switchOff(asked);
      return null;
    } catch (refusal) {
      const final = refusal instanceof TargetError && !refusal.retryable;
      if (!final || !off || !(says.exposure || says.enabled)) throw refusal;
      const why = refusal.detail;
      await tellDown(0, false, asked).catch((error: unknown) => {
        if (!(error instanceof TargetError)) throw error;
        const message = `${refusal.detail}; and then ${error.detail}`;
        throw new TargetError(error.code, message, { target, retryable: error.retryable, cause: error });
      });
      return `off was refused, so set was told to be off (${why})`;
    }
  };
  return {
    write: (exposure, asked) => (exposure === 0 ? switchOff(asked) : tell(exposure, true, asked)),
    async lower(exposure, asked) {
      if (exposure === 0) return lowerToOff({ ...asked, mayRepeat: true });
      // Told a percentage, one that somebody took lower already would rise.
      const lookMs = Math.min(LOOK_MS, asked.limitMs ?? sending.requestMs);
      const seen = await state({ ...asked, limitMs: lookMs }).catch(() => null);
      if (seen === null || seen.exposure >= exposure) await tellDown(exposure, true, asked);
      return null;
    },
    async writeBack(found, asked) {
      const enabled = read.enabled === undefined ? undefined : found.enabled;
      const back = writeBackOf(says, { ...found, enabled, absent: found === ABSENT }, rehearse);
      switch (back.kind) {
        case 'off':
          await switchOff(asked);
          return null;
        case 'set':
          await tell(back.exposure, back.enabled, asked);
          return back.note;
        case 'nothing':
          return back.note;
        case 'refused':
          throw new TargetError('rejected', back.why, { target, retryable: false });
        default:
          return back satisfies never;
      }
    },
    state,
  };
}

function tenantOf({ tenant }: FlagRequest): Pick<Values, 'tenant'> {
  return tenant === undefined ? {} : { tenant };
}
