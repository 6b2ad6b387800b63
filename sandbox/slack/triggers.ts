import { randomBytes } from 'node:crypto';
import { SlackError } from './web-api/slack-error.js';

interface Trigger {
  user: string;
  issuedAt: number;
  used: boolean;
}

/** Trigger ids: each opens one view, for the person who caused it, in time. */
export class Triggers {
  readonly #issued = new Map<string, Trigger>();
  readonly #now: () => number;
  readonly #lifetimeMs: number;

  constructor(now: () => number, lifetimeMs: number) {
    this.#now = now;
    this.#lifetimeMs = lifetimeMs;
  }

  issue(user: string): string {
    const id = `${Math.floor(this.#now())}.${this.#issued.size + 1}.${randomBytes(16).toString('hex')}`;
    this.#issued.set(id, { user, issuedAt: this.#now(), used: false });
    return id;
  }

  /** The user id whose screen the trigger opens; throws Slack's error codes. */
  redeem(id: string): string {
    const trigger = this.#issued.get(id);
    if (!trigger) throw new SlackError('invalid_trigger_id');
    if (trigger.used) throw new SlackError('exchanged_trigger_id');
    if (this.#now() - trigger.issuedAt > this.#lifetimeMs) throw new SlackError('expired_trigger_id');
    trigger.used = true;
    return trigger.user;
  }
}
