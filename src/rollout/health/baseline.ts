/** What is measured of a rollout besides its verdicts. */
import type { Actor } from '../plan/actor.js';

/** The mean of every check over the baseline's period, before any exposure or when somebody asked again. */
export interface Baseline {
  /** 1 for the one captured at the start. */
  readonly no: number;
  readonly numbers: Readonly<Record<string, number>>;
  readonly at: Date;
  /** What users had while it was measured, percent. */
  readonly exposure: number;
  readonly by: Actor;
  /** Why it was captured again; '' at the start. */
  readonly reason: string;
}

/** A baseline that is being captured. */
export interface Capture {
  readonly no: number;
  readonly since: Date;
  readonly by: Actor;
  readonly reason: string;
}

/** A number that a person reported. */
export interface Report {
  readonly value: number;
  readonly at: Date;
  readonly by: Actor;
  readonly note: string;
}

/** The last number of a check, when it was read, and by whom where a person reported it. */
export interface LastReading {
  readonly value: number;
  /** Null: not known. The check has given no number since. */
  readonly at: Date | null;
  readonly by?: Actor;
}
