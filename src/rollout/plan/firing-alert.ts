import type { PushedAlertSource } from './plan.js';

/** An alert that was pushed and is firing, with the checks it is read by. */
export interface FiringAlert {
  readonly source: PushedAlertSource;
  readonly labels: Readonly<Record<string, string>>;
  readonly title: string;
  readonly url: string | null;
  /** Since when as its source says, else since when it is known. */
  readonly since: Date;
  readonly lastSeenAt: Date;
  /** How many alerts of its group were not sent. */
  readonly leftOut: number;
  /** In rollouts under way, or over for less than a day. */
  readonly readBy: readonly {
    readonly plan: string;
    readonly run: number;
    readonly check: string;
    /** Only a sign that its source is alive. */
    readonly heartbeat: boolean;
  }[];
}
