import type { HttpTargetConfig, HttpWrite } from '../rollout/http-requests.js';
import { isGood } from '../web/request.js';
import { type Call, callFor, type Sending, sendRead, sendWrite } from './http-calls.js';
import { ABSENT, type FlagState, stateReader } from './http-state.js';
import { placeholdersIn, type Values } from './http-templates.js';
import { TargetError } from './target.js';
import { type Says, writeBackOf } from './write-back.js';

/** A look before a lowering may not hold it up for long. */
const LOOK_MS = 2_000;

/** One request: of whom, and how long it may take; the longest of all when `limitMs` is absent. */
export interface Asked {
  readonly signal: AbortSignal;
  readonly tenant?: string;
  readonly limitMs?: number;
  /** Of a raise: asked when a write would go out. */
  readonly mayWrite?: () => boolean;
}

/** Telling and asking about one flag, or one tenant's. */
export interface Flag {
  /** Makes it this percent; 0 is off. Throws TargetError. */
  write(exposure: number, asked: Asked): Promise<void>;
  /**
   * Takes it down to this percentage; never up. Off goes through `off`, and where that is refused for good through `set`, which is told:
   * the answer is for people, null when there is nothing to tell. Throws TargetError.
   */
  lower(exposure: number, asked: Asked): Promise<string | null>;
  /** Makes it what it is, where that changes nothing. Answers what was not tried, for people. Throws TargetError. */
  writeBack(state: FlagState, asked: Asked): Promise<string | null>;
  /** Throws TargetError. */
  state(asked: Asked): Promise<FlagState>;
}

export function createFlag(
  { set, off, read, rehearse }: HttpTargetConfig,
  fill: (text: string) => string,
  sending: Sending,
): Flag {
  const { target } = sending;
  const calls = { set: callFor(target, 'set', set, fill), read: callFor(target, 'read', read, fill) };
  const callOff = off && callFor(target, 'off', off, fill);
  const stateOf = stateReader(target, read);
  const named = placeholdersIn([set.url, set.body]);
  const says: Says = { exposure: named.has('exposure'), enabled: named.has('enabled'), off: off !== undefined };
  const within = ({ limitMs = sending.requestMs }: Asked): Sending => ({ ...sending, requestMs: limitMs });

  const send = (call: Call, of: HttpWrite, values: Values, asked: Asked): Promise<void> => {
    const gone = of === off && read.absent === 'off';
    const expects = (status: number) => of.expect?.includes(status) ?? isGood(status);
    const { mayWrite: maySend, signal } = asked;
    return sendWrite(within(asked), { call, values, expects, gone, ...(maySend && { maySend }) }, signal);
  };
  const tell = (exposure: number, enabled: boolean, asked: Asked): Promise<void> =>
    send(calls.set, set, { exposure, enabled, ...tenantOf(asked) }, asked);
  const switchOff = (asked: Asked): Promise<void> =>
    off && callOff
      ? send(callOff, off, { exposure: 0, enabled: false, ...tenantOf(asked) }, asked)
      : tell(0, false, asked);
  const state = async (asked: Asked): Promise<FlagState> => {
    const values = { exposure: 0, enabled: false, ...tenantOf(asked) };
    const question = { call: calls.read, values, means: read.absent };
    const answer = await sendRead(within(asked), question, asked.signal);
    return answer === 'absent' ? ABSENT : stateOf(answer);
  };

  /** Through `off`, and where that is refused for good through `set`, if it can say so. */
  const lowerToOff = async (asked: Asked): Promise<string | null> => {
    try {
      await switchOff(asked);
      return null;
    } catch (refusal) {
      const final = refusal instanceof TargetError && !refusal.retryable;
      if (!final || !off || !(says.exposure || says.enabled)) throw refusal;
      const why = refusal.message.replace(`target ${target}: `, '');
      await tell(0, false, asked).catch((error: unknown) => {
        if (!(error instanceof TargetError)) throw error;
        const message = `${refusal.message}; and then ${error.message.replace(`target ${target}: `, '')}`;
        throw new TargetError(error.code, message, { retryable: error.retryable, cause: error });
      });
      return `off was refused, so set was told to be off (${why})`;
    }
  };
  return {
    write: (exposure, asked) => (exposure === 0 ? switchOff(asked) : tell(exposure, true, asked)),
    async lower(exposure, asked) {
      if (exposure === 0) return lowerToOff(asked);
      // Told a percentage, one that somebody took lower already would rise.
      const lookMs = Math.min(LOOK_MS, asked.limitMs ?? sending.requestMs);
      const seen = await state({ ...asked, limitMs: lookMs }).catch(() => null);
      if (seen === null || seen.exposure >= exposure) await tell(exposure, true, asked);
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
          throw new TargetError('rejected', `target ${target}: ${back.why}`, { retryable: false });
        default:
          return back satisfies never;
      }
    },
    state,
  };
}

function tenantOf({ tenant }: Asked): Pick<Values, 'tenant'> {
  return tenant === undefined ? {} : { tenant };
}
