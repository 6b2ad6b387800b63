import type { Logger } from 'pino';
import type { Actions } from '../actions/index.js';
import type { Adapters } from '../adapters/index.js';
import type { OnCrashPoint } from '../crash-points.js';
import type { Dispatch } from '../dispatch.js';
import type { Directory } from '../slack/people/directory.js';
import type { Sender } from '../slack/posting/send.js';
import type { Db } from '../store/connect.js';
import type { StepRunner } from './step-lane.js';

/** What carrying effects out is made of. */
export interface DeliverOptions {
  readonly db: Db;
  /** For the target lane, so that neither messages nor people hold a lowering up; `db` when absent. */
  readonly urgent?: Db;
  readonly worker: string;
  readonly dispatch: Dispatch;
  readonly adapters: Adapters;
  /** Null: messages stay where they are, for a process that can talk to Slack. */
  readonly sender: Sender | null;
  /** Says who may approve and who is in a channel. Absent: nobody but who started a rollout is written to in person. */
  readonly directory?: Pick<Directory, 'holders' | 'membersOf'>;
  /** Carries out steps. Absent: they stay where they are, for a process that can. */
  readonly steps?: StepRunner;
  /** Does what items of the bot say. Absent: they stay where they are, for a process that can. */
  readonly actions?: Actions;
  /** Given when the process ends: what items are doing is broken off. */
  readonly ending?: AbortSignal;
  readonly log: Logger;
  readonly onCrashPoint?: OnCrashPoint;
}
