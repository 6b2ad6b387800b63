import type { HttpTargetConfig } from '../rollout/http-requests.js';
import { isGood } from '../web/request.js';
import { callFor, type Sending, sendRead, sendWrite } from './http-calls.js';
import { ABSENT, type FlagState, stateReader } from './http-state.js';
import { placeholdersIn, type Values } from './http-templates.js';

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
  /** Makes it what it is: a percentage that waits behind a switch stays there, where `set` can say both. Throws TargetError. */
  writeBack(state: FlagState, asked: Asked): Promise<void>;
  /** Throws TargetError. */
  state(asked: Asked): Promise<FlagState>;
}

export function createFlag(
  { set, off, read }: HttpTargetConfig,
  fill: (text: string) => string,
  sending: Sending,
): Flag {
  const { target } = sending;
  const calls = { set: callFor(target, 'set', set, fill), read: callFor(target, 'read', read, fill) };
  const callOff = off && callFor(target, 'off', off, fill);
  const stateOf = stateReader(target, read);
  const setSaysEnabled = placeholdersIn([set.url, set.body]).has('enabled');
  const within = ({ limitMs = sending.requestMs }: Asked): Sending => ({ ...sending, requestMs: limitMs });

  const write = (values: Values, asked: Asked): Promise<void> => {
    const turnsOff = values.exposure === 0 || !values.enabled;
    const request = turnsOff && callOff ? { call: callOff, values, of: off } : { call: calls.set, values, of: set };
    const gone = request.of === off && read.absent === 'off';
    const expects = (status: number) => request.of?.expect?.includes(status) ?? isGood(status);
    const { mayWrite: maySend, signal } = asked;
    return sendWrite(within(asked), { ...request, expects, gone, ...(maySend && { maySend }) }, signal);
  };
  return {
    write: (exposure, asked) => write({ exposure, enabled: exposure > 0, ...tenantOf(asked) }, asked),
    writeBack(state, asked) {
      const { enabled } = state;
      const exposure = enabled || (setSaysEnabled && !off) ? (state.value ?? state.exposure) : 0;
      return write({ exposure, enabled, ...tenantOf(asked) }, asked);
    },
    async state(asked) {
      const values = { exposure: 0, enabled: false, ...tenantOf(asked) };
      const question = { call: calls.read, values, means: read.absent };
      const answer = await sendRead(within(asked), question, asked.signal);
      return answer === 'absent' ? ABSENT : stateOf(answer);
    },
  };
}

function tenantOf({ tenant }: Asked): Pick<Values, 'tenant'> {
  return tenant === undefined ? {} : { tenant };
}
