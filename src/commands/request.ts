import type { Logger } from 'pino';
import type { Adapters } from '../adapters.js';
import type { Deliver } from '../deliver.js';
import type { Answer, Dispatch } from '../dispatch.js';
import type { Actor } from '../rollout/actor.js';
import type { Verb } from '../rollout/authority.js';
import type { Rendered } from '../slack/blocks.js';
import type { Directory } from '../slack/directory.js';
import type { OnStep } from '../steps.js';
import type { Db } from '../store/connect.js';

/** One thing a person asked, whatever surface it came through. */
export interface Request {
  /** Makes the delivery one however often it comes. */
  readonly key: string;
  readonly actor: Extract<Actor, { kind: 'slack' }>;
  readonly channelId: string;
  /** The thread it was said in, if any. */
  readonly threadTs: string | null;
  /** The words behind the verb, or '' for a click. */
  readonly args: string;
  /** What the clicked button carried; null when typed. */
  readonly button: ButtonValue | null;
  /** The message whose button was clicked. */
  readonly messageTs: string;
}

export type ButtonValue =
  | { readonly request: string }
  | { readonly rollout: number; readonly stage?: number | undefined; readonly attempt?: number | undefined };

/** What the person is told, and what must be carried out once they are. */
export interface Reply {
  readonly rendered: Rendered;
  readonly after?: () => Promise<void>;
}

/** What commands are given to work with. */
export interface Desk {
  readonly db: Db;
  readonly dispatch: Dispatch;
  readonly deliver: Deliver;
  readonly adapters: Adapters;
  readonly directory: Directory;
  readonly plansDir: string;
  readonly log: Logger;
  readonly onStep: OnStep;
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
export function carryOut(desk: Desk, answer: Answer): (() => Promise<void>) | undefined {
  if (answer.kind !== 'accepted') return undefined;
  const { rollout, claimed } = answer;
  return async () => {
    await desk.deliver.run(claimed);
    await desk.deliver.pump(rollout.id);
  };
}
