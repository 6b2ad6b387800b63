import type { SocketModeReceiver } from '@slack/bolt';
import type { Logger } from 'pino';

const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = 15_000;
const CLOSE_MS = 2_000;

/**
 * Keeps one Socket Mode connection: the client mends a connection it had, this makes the first one, however long Slack
 * is away when the bot starts.
 */
export function keepConnected(
  receiver: SocketModeReceiver,
  options: { log: Logger; afterMs: number },
): { close(): Promise<void> } {
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  const attempt = (retryMs: number): void => {
    receiver.start().then(
      () => options.log.info('connected to Slack'),
      (error: unknown) => {
        if (closed) return;
        options.log.warn({ err: error, retryMs }, 'Slack is not reachable; trying again');
        timer = setTimeout(() => attempt(Math.min(MAX_RETRY_MS, retryMs * 2)), retryMs);
      },
    );
  };
  timer = setTimeout(() => attempt(FIRST_RETRY_MS), options.afterMs);
  return {
    async close() {
      closed = true;
      clearTimeout(timer);
      // The library resolves before the socket is gone, or never: do not wait for it for long.
      let limit: NodeJS.Timeout | undefined;
      const patience = new Promise<void>((resolve) => {
        limit = setTimeout(resolve, CLOSE_MS);
      });
      await Promise.race([receiver.client.disconnect().catch(() => undefined), patience]);
      clearTimeout(limit);
    },
  };
}
