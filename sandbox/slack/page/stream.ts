import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LocalSlack, SlackChange } from '../types.js';

/** Keeps proxies and the browser from taking a quiet stream for a dead one. */
const HEARTBEAT_MS = 20_000;

/** What of a change this person may hear of; never another person's ephemeral, view or Home. */
function noticeFor(user: string, change: SlackChange): Record<string, unknown> | undefined {
  if (change.type === 'connection' || change.type === 'workspace') return { type: change.type };
  if (change.type === 'message') {
    const { ephemeralTo, channel, ts, threadTs } = change.message;
    return ephemeralTo && ephemeralTo !== user ? undefined : { type: 'message', channel, ts, threadTs };
  }
  return change.user === user ? { type: change.type } : undefined;
}

/** An EventSource stream that says that something changed; the page then asks for its state. Ends with the connection. */
export function openStream(user: string, slack: LocalSlack, request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' });
  response.write('retry: 1000\n\n');
  const unsubscribe = slack.subscribe((change) => {
    const notice = noticeFor(user, change);
    if (notice) response.write(`data: ${JSON.stringify(notice)}\n\n`);
  });
  const heartbeat = setInterval(() => response.write(': still here\n\n'), HEARTBEAT_MS);
  heartbeat.unref();
  request.on('close', () => {
    clearInterval(heartbeat);
    unsubscribe();
  });
}
