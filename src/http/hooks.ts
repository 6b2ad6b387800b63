import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { readAlertmanager } from '../hooks/alertmanager.js';
import { readGeneric, readMapping } from '../hooks/generic.js';
import { bearer, type Proof, sentrySignature, signature } from '../hooks/proof.js';
import { readSentry } from '../hooks/sentry.js';
import type { Told, Unread } from '../hooks/told.js';
import type { PushedAlertSource } from '../rollout/plan/plan.js';
import type { PushedAlertDelivery, Stored } from '../store/pushed-alerts.js';
import { readBody } from './body.js';
import { createJunk, type Junk } from './junk.js';

/** The largest body of a hook, bytes. */
export const HOOK_BODY_BYTES = 1024 * 1024;

/** As many alerts that could not be read, or are older than what is known, are named in an answer. */
const MOST_NAMED = 20;
const REFUSALS = {
  401: 'not authorised',
  413: `more than ${HOOK_BODY_BYTES} bytes`,
  415: 'expected application/json',
} as const;

type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export interface HookOptions {
  /** Absent: no hook for Alertmanager and for others. */
  readonly token: string | undefined;
  /** What Sentry signs with. Absent: no hook for Sentry. */
  readonly sentrySecret: string | undefined;
  /** Stores a delivery; throws when it could not. */
  readonly receive: (delivery: PushedAlertDelivery) => Promise<Pick<Stored, 'repeated' | 'ignored'>>;
  readonly log: Logger;
  readonly now?: () => number;
}

interface Hook {
  readonly source: PushedAlertSource;
  readonly proof: (request: IncomingMessage) => Proof;
  /** What the body says; words when it does not say it in a way that is understood. */
  readonly read: (body: unknown, request: IncomingMessage) => Told | Unread;
}

/** `POST /hooks/…`: alerts that others push. A delivery is stored before it is answered with 200. */
export function createHooks(options: HookOptions): Readonly<Record<string, Handle>> {
  const { token, sentrySecret } = options;
  const hooks = [
    ...(token ? tokenHooks(token, options.now ?? Date.now) : []),
    ...(sentrySecret ? [sentryHook(sentrySecret)] : []),
  ];
  const shared: Shared = { junk: createJunk(options.log), underWay: 0 };
  return Object.fromEntries(hooks.map((hook) => [`POST /hooks/${hook.source}`, handler(hook, options, shared)]));
}

function tokenHooks(token: string, now: () => number): Hook[] {
  return [
    {
      source: 'alertmanager',
      proof: ({ headers }) => bearer(headers, token),
      read: (body) => readAlertmanager(body) ?? { unread: 'expected a JSON object with a list of alerts' },
    },
    {
      source: 'alert',
      proof: ({ headers }) =>
        headers['x-rollout-signature'] === undefined
          ? bearer(headers, token)
          : signature(headers, { token, now: now() }),
      read: (body, request) => {
        const mapping = readMapping(new URL(request.url ?? '/', 'http://bot').searchParams);
        return mapping && 'unread' in mapping ? mapping : readGeneric(body, mapping);
      },
    },
  ];
}

function sentryHook(secret: string): Hook {
  return {
    source: 'sentry',
    proof: ({ headers }) => sentrySignature(headers, secret),
    read: (body, { headers }) =>
      readSentry(String(headers['sentry-hook-resource'] ?? ''), body) ?? { unread: 'expected what Sentry sends' },
  };
}

/** As many deliveries are stored at once over all hooks; who sent the others sends them again. */
const MOST_UNDER_WAY = 32;

interface Shared {
  readonly junk: Junk;
  underWay: number;
}

function handler({ source, proof, read }: Hook, { receive, log }: HookOptions, shared: Shared): Handle {
  return async (request, response) => {
    const proven = proof(request);
    if (proven.refused) return refuse(request, response, 401);
    if (!/^application\/json\s*(;|$)/i.test(String(request.headers['content-type'] ?? '')))
      return refuse(request, response, 415);
    const body = await readBody(request, HOOK_BODY_BYTES);
    if (body === null) return refuse(request, response, 413);
    if (!proven.holds(body)) return refuse(request, response, 401);
    const json = parse(body);
    const told = json === undefined ? { unread: 'not JSON' } : read(json, request);
    if ('unread' in told) return answer(response, 400, { error: told.unread });
    if (told.alerts.length === 0 && told.refused.length === 0 && told.group === null)
      shared.junk(`nothing ${source}`, { source }, 'a delivery says nothing about an alert; left');
    if (told.leftOut > 0) log.warn({ source, leftOut: told.leftOut }, 'alerts of a group were not sent');
    // Only of senders that have proven who they are, so that nobody else uses this up.
    if (shared.underWay >= MOST_UNDER_WAY) {
      shared.junk(
        'busy',
        { underWay: shared.underWay },
        'too many alerts at once; their senders have to send them again',
      );
      response.setHeader('retry-after', '1');
      return answer(response, 503, { error: 'too many at once, send it again' });
    }
    shared.underWay += 1;
    try {
      const { alerts, leftOut, group } = told;
      const received = await receive({ source, key: proven.key, alerts, leftOut, group });
      if (received.ignored.length > 0) log.info({ source, ignored: ignoredOf(received) }, 'alerts are old, and left');
      const stored = storedOf(received, alerts.length);
      if (told.refused.length === 0) return answer(response, 200, stored);
      const refused = told.refused.slice(0, MOST_NAMED);
      log.warn({ source, refused, count: told.refused.length }, 'alerts could not be read');
      answer(response, 400, { ...stored, refused });
    } catch (error) {
      log.error({ err: error, source }, 'alerts not stored; their sender has to send them again');
      answer(response, 503, { error: 'not stored, send it again' });
    } finally {
      shared.underWay -= 1;
    }
  };

  /** Before anything of the body was believed, perhaps before it was read: then the connection ends with the answer. */
  function refuse(request: IncomingMessage, response: ServerResponse, status: keyof typeof REFUSALS): void {
    shared.junk(`${source} ${status}`, { source, status }, 'hook refused');
    if (!request.complete) response.setHeader('connection', 'close');
    answer(response, status, { error: REFUSALS[status] });
  }
}

type Received = Awaited<ReturnType<HookOptions['receive']>>;

function storedOf(received: Received, told: number): object {
  if (received.repeated) return { repeated: true };
  const stored = told - received.ignored.length;
  return received.ignored.length === 0 ? { stored } : { stored, ignored: ignoredOf(received) };
}

/** Told a sender, who cannot see otherwise why its alert has no effect. */
function ignoredOf({ ignored }: Received): string[] {
  return ignored
    .slice(0, MOST_NAMED)
    .map(({ fingerprint, firing }) =>
      firing
        ? `${fingerprint}: is over, and can fire again only with a later start`
        : `${fingerprint}: ended before it last began`,
    );
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(`${JSON.stringify(body)}\n`);
}
