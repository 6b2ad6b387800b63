import type { Delivery } from './types.js';
import type { Json } from './values.js';

/** How an app is told something: the Socket Mode envelope type, which also decides the HTTP encoding. */
type ParcelKind = 'slash_commands' | 'interactive' | 'events_api';

export interface Parcel {
  kind: ParcelKind;
  body: Json;
}

/** How long an app may take to acknowledge, and to open a view, where nothing else was asked for. */
export const ANSWER_WITHIN_MS = 3_000;

/** What came of one attempt. `response` is undefined when the acknowledgement was empty. */
export interface Outcome {
  acked: boolean;
  response: unknown;
  status?: number;
}

export const NOT_DELIVERED: Outcome = { acked: false, response: undefined };

/** HTTP or Socket Mode. Preparing fixes signature or envelope id; each shot sends exactly those bytes. */
export interface Transport {
  /** `retry`: 1 to 3 for a redelivery, undefined for a first delivery. */
  prepare(parcel: Parcel, retry?: number): () => Promise<Outcome>;
}

const MOST_RETRIES = 3;

/** Hands parcels to the app over whichever transport is in use at that moment. */
export class Deliverer {
  readonly #transport: () => Transport;
  readonly #isDown: () => boolean;
  /** Every delivery so far, oldest first. */
  readonly done: Delivery[] = [];

  constructor(transport: () => Transport, isDown: () => boolean) {
    this.#transport = transport;
    this.#isDown = isDown;
  }

  /** `settle` applies what the acknowledgement asks for; it runs for every attempt, before the promise resolves. */
  deliver(parcel: Parcel, settle: (outcome: Outcome) => void = () => {}): Promise<Delivery> {
    let retries = 0;
    const attempt = async (shoot: () => Promise<Outcome>): Promise<Delivery> => {
      const startedAt = performance.now();
      const outcome = this.#isDown() ? NOT_DELIVERED : await shoot();
      const tookMs = performance.now() - startedAt;
      settle(outcome);
      const again = async (how: 'replay' | 'retry' = 'replay') => {
        if (how === 'replay') return attempt(shoot);
        retries += 1;
        if (retries > MOST_RETRIES) throw new Error(`Slack redelivers at most ${MOST_RETRIES} times`);
        return attempt(this.#transport().prepare(parcel, retries));
      };
      const delivery: Delivery = { ...outcome, body: parcel.body, tookMs, again };
      this.done.push(delivery);
      return delivery;
    };
    return attempt(this.#transport().prepare(parcel));
  }
}
