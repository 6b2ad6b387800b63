/**
 * The people in the shop. Each has one request at a time and really sends it over HTTP; what they remember is what they
 * were last served, which is the only honest answer to "who is on the new checkout?".
 */
import { Agent, get } from 'node:http';
import { z } from 'zod';
import type { Variant } from './served.js';

export interface Customers {
  readonly count: number;
  /** Those who were last served the new checkout, in order of their number. */
  onNewCheckout(): string[];
  /** Everybody checks out once, now, whatever the rhythm is. */
  everyoneChecksOut(): Promise<void>;
  /** No new requests; resolves when the open ones are answered and the sockets closed. */
  leave(): Promise<void>;
}

interface Customer {
  readonly id: string;
  request: Promise<void> | undefined;
  visits: number;
  lastServed: Variant | undefined;
}

const TICK_MS = 50;
const VISITS_PER_LOGIN = 10;
const answer = z.object({ checkout: z.enum(['old', 'new']) });

/** Customers u1, u2, … come round in turn, together `requestsPerSecond` checkouts a second. */
export function letCustomersIn(url: string, count: number, requestsPerSecond: number): Customers {
  const agent = new Agent({ keepAlive: true });
  const customers = Array.from({ length: count }, (_, index): Customer => {
    // Counting from different numbers spreads the logins over time.
    return { id: `u${index + 1}`, request: undefined, visits: index % VISITS_PER_LOGIN, lastServed: undefined };
  });
  let open = true;
  const visit = async (customer: Customer) => {
    if (!open) return;
    customer.request ??= checkOut(url, agent, customer).finally(() => {
      customer.request = undefined;
    });
    await customer.request;
  };
  const timer = inTurn(customers, requestsPerSecond, visit);
  return {
    count,
    onNewCheckout: () => customers.filter(({ lastServed }) => lastServed === 'new').map(({ id }) => id),
    async everyoneChecksOut() {
      // A request that is under way may have been decided before now: it does not count.
      await Promise.all(
        customers.map((customer) =>
          customer.request === undefined ? visit(customer) : customer.request.then(() => visit(customer)),
        ),
      );
    },
    async leave() {
      open = false;
      clearInterval(timer);
      await Promise.all(customers.map(({ request }) => request));
      agent.destroy();
    },
  };
}

function inTurn(
  customers: readonly Customer[],
  perSecond: number,
  visit: (customer: Customer) => unknown,
): NodeJS.Timeout {
  let due = 0;
  let turn = 0;
  let before = performance.now();
  return setInterval(() => {
    const now = performance.now();
    // After a standstill nobody makes up for the visits that were missed.
    due += (Math.min(now - before, 1_000) / 1_000) * perSecond;
    before = now;
    for (; due >= 1; due--) {
      const customer = customers[turn++ % customers.length];
      // Somebody still waiting for an answer does not send a second request.
      if (customer && !customer.request) visit(customer);
    }
  }, TICK_MS);
}

/** Never rejects: a customer whose request gets lost comes back later. */
async function checkOut(url: string, agent: Agent, customer: Customer): Promise<void> {
  const { id } = customer;
  try {
    if (customer.visits++ % VISITS_PER_LOGIN === 0) await fetchText(`${url}/login?user=${id}`, agent);
    const body: unknown = JSON.parse(await fetchText(`${url}/checkout?user=${id}`, agent));
    customer.lastServed = answer.parse(body).checkout;
  } catch {
    // Nothing was served: what they saw last is still what they saw last.
  }
}

function fetchText(url: string, agent: Agent): Promise<string> {
  return new Promise((done, failed) => {
    const request = get(url, { agent }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => done(text));
      response.on('error', failed);
    });
    request.on('error', failed);
  });
}
