import type { Logger } from 'pino';
import type { Adapters } from '../adapters/index.js';
import type { OnCrashPoint } from '../crash-points.js';
import type { Deliver } from '../deliver/index.js';
import type { Dispatch, DispatchAnswer } from '../dispatch.js';
import type { Actor } from '../rollout/plan/actor.js';
import type { PushedAlertSource } from '../rollout/plan/plan.js';
import type { Reason } from '../rollout/plan/reasons.js';
import type { Verb } from '../rollout/state/verbs.js';
import type { Arrival } from '../slack/connection/arrival.js';
import type { Form } from '../slack/forms/index.js';
import type { Directory } from '../slack/people/directory.js';
import type { Rendered } from '../slack/words/blocks.js';
import type { Db } from '../store/connect.js';
import type { ButtonValue } from './value.js';

/** What a person filled into a form, by field; '' where a field was left empty. */
export interface FormAnswers {
  readonly reason: string;
  readonly to: string;
  readonly duration: string;
  readonly plan: string;
  readonly note: string;
  readonly number: string;
  /** The values of all that were ticked or chosen. */
  readonly items: readonly string[];
  readonly how: 'failed' | 'blocked';
  /** The role that acts next, and what becomes of the exposure, where a request is denied. */
  readonly next: string;
  readonly after: string;
}

/** One thing a person asked, whatever surface it came through. */
export interface Request {
  readonly surface: 'slash' | 'click' | 'mention' | 'form';
  /** Makes the delivery one however often it comes. */
  readonly key: string;
  readonly actor: Extract<Actor, { kind: 'slack' }>;
  readonly channelId: string;
  /** The thread it was said in, if any. */
  readonly threadTs: string | null;
  /** Whether by now it is too late to raise anything by it. */
  readonly tooLate: () => boolean;
  /** The words behind the verb, or '' for a click. */
  readonly args: string;
  /** What the clicked button carried, or the form was opened from; null when typed. */
  readonly button: ButtonValue | null;
  /** The message whose button was clicked. */
  readonly messageTs: string;
  /** The submitted form; null for anything else. */
  readonly filled: FormAnswers | null;
}

/** Only Slack's slash commands and clicks bring what is needed to open a form. */
export function canOpenForm({ surface }: Pick<Request, 'surface'>): boolean {
  return surface === 'slash' || surface === 'click';
}

/** What the person is told, and what must be carried out once they are. */
export interface Reply {
  readonly rendered: Rendered;
  readonly after?: () => Promise<void>;
  /** Asks for more first; `rendered` says the same where no form can be opened. */
  readonly form?: Form;
  /** Why it was refused: for the log, people see the words. */
  readonly refused?: Reason;
  /** A field of the submitted form that has to be filled in again, and why. */
  readonly field?: { readonly name: keyof FormAnswers; readonly error: string };
}

/** What was asked is done; something may also follow from what is refused. */
export function isDone({ after, refused }: Reply): boolean {
  return after !== undefined && refused === undefined;
}

/** How this bot was set up, as help says it. */
export interface HelpSettings {
  readonly transport: 'socket' | 'http';
  readonly probeNetworks: 'open' | 'listed';
  /** Who may push alerts. */
  readonly hooks: readonly PushedAlertSource[];
}

/** What commands are given to work with. */
export interface Desk {
  readonly db: Db;
  readonly dispatch: Dispatch;
  readonly deliver: Deliver;
  readonly adapters: Adapters;
  readonly directory: Directory;
  /** The same over connections that other requests do not use: a flood of them does not hold a rollback up. */
  readonly wayDown: Pick<Desk, 'db' | 'directory'>;
  /** Reads the checks of this rollout, if they are due, as the clock would. */
  readonly runChecks: (rolloutId: number) => Promise<unknown>;
  readonly settings: HelpSettings;
  /** Whether what raises comes too late by a request that arrived so. */
  readonly isTooLate: (arrival: Arrival) => boolean;
  readonly plansDir: string;
  readonly log: Logger;
  readonly onCrashPoint: OnCrashPoint;
}

/** One verb, typed or clicked: one file, one of these. */
export interface VerbHandler {
  readonly verb: Verb;
  /** How it is typed, behind `/rollout`. */
  readonly usage: string;
  /** What it does, in a few words for the help. */
  readonly does: string;
  run(request: Request, desk: Desk): Promise<Reply>;
}

/** Carries out what an accepted command made due: what this process claimed at once, then whatever else is due. */
export function carryOut(desk: Desk, answer: DispatchAnswer): (() => Promise<void>) | undefined {
  if (answer.kind !== 'accepted') return undefined;
  const { rollout, claimed } = answer;
  return async () => {
    await desk.deliver.run(claimed);
    await desk.deliver.pump(rollout.id);
  };
}
