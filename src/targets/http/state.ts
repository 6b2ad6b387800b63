/** What a flag service says of a flag, or of one tenant's, and what of it may be believed. */
import type { HttpRead } from '../../rollout/plan/http-requests.js';
import { kindOf, parseJson, parseJsonPath, valueAt } from '../../web/json-path.js';
import { numberIn, percentOf, switchIn } from '../scale.js';
import { TargetError } from '../target.js';

export interface FlagState {
  /** The percentage as it stands there, also when the flag is off. */
  readonly value: number | undefined;
  readonly enabled: boolean;
  /** Percent that users really get. */
  readonly exposure: number;
  /** For people. */
  readonly detail: string;
}

export const ABSENT: FlagState = { value: undefined, enabled: false, exposure: 0, detail: 'not there' };

/** Throws TargetError `rejected` when a path cannot be read, and later on an answer that says nothing of use. */
export function stateReader(target: string, { value, enabled }: HttpRead, scale = 100): (answer: Buffer) => FlagState {
  const paths = { value: pathOf(target, value), enabled: pathOf(target, enabled) };
  return (answer) => {
    const read = parseJson(answer);
    if (!read) throw nonsense(target, 'the answer is not JSON');
    const told = paths.enabled ? valueAt(read.document, paths.enabled) : true;
    const on = switchIn(told);
    if (on === undefined) throw nonsense(target, `${enabled} is ${kindOf(told)}, expected true or false`);
    const found = paths.value ? valueAt(read.document, paths.value) : undefined;
    const number = numberIn(found);
    const percent = number === undefined ? undefined : percentOf(number, scale);
    // Switched off it exposes nobody, whatever its percentage says.
    if (on && paths.value && percent === undefined) {
      throw nonsense(target, `${value} is ${number === undefined ? kindOf(found) : `not from 0 to ${scale}`}`);
    }
    const exposure = on ? (percent ?? 100) : 0;
    return { value: percent, enabled: on, exposure, detail: detailOf(percent, paths.enabled ? on : undefined) };
  };
}

function detailOf(percent: number | undefined, on: boolean | undefined): string {
  const parts = [percent === undefined ? '' : `${percent} %`, on === undefined ? '' : on ? 'on' : 'off'];
  return parts.filter((part) => part !== '').join(' ');
}

function pathOf(target: string, text: string | undefined) {
  if (text === undefined) return undefined;
  const parsed = parseJsonPath(text);
  if ('error' in parsed) throw nonsense(target, parsed.error);
  return parsed.path;
}

function nonsense(target: string, what: string): TargetError {
  return new TargetError('rejected', what, { target, retryable: false });
}
