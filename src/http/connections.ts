/** How many connections the port holds. Requests that are only half sent must not use up what others need. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Far below what a process may open. Slack opens a few. */
export const MOST_CONNECTIONS = 256;
/** A request has so long to come: its head, and all of it. Slack sends at once. */
const HEAD_MS = 5_000;
const WHOLE_MS = 10_000;

/**
 * Ends the connection that has waited longest for its sender when there are too many; one whose request is whole is being
 * answered, and stays. So a new one always gets in. `onDropped` is called for each.
 */
export function limitConnections(server: Server, onDropped: () => void, most = MOST_CONNECTIONS): void {
  server.headersTimeout = HEAD_MS;
  server.requestTimeout = WHOLE_MS;
  /** Oldest first; true while a whole request is answered. */
  const open = new Map<Socket, boolean>();
  server.on('connection', (socket) => {
    open.set(socket, false);
    socket.once('close', () => open.delete(socket));
    if (open.size <= most) return;
    const [waiting] = [...open].find(([other, answered]) => !answered && other !== socket) ?? [socket];
    onDropped();
    open.delete(waiting);
    waiting.destroy();
  });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    request.once('end', () => open.has(socket) && open.set(socket, true));
    response.once('close', () => {
      // Asked again over the same connection, it is the youngest of those that wait.
      if (open.delete(socket) && !socket.destroyed) open.set(socket, false);
    });
  });
}
