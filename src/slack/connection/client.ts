import { type Logger, LogLevel, WebClient, type WebClientOptions } from '@slack/web-api';

export interface SlackClientOptions {
  /** A bot token, or the app-level one for what only that may do. */
  readonly token: string;
  readonly apiUrl: string;
  /** Silent when absent: every failure is told by whoever asked. */
  readonly logger?: Logger;
  /** How requests are made; the platform's own way when absent. */
  readonly fetch?: WebClientOptions['fetch'];
}

/** A client of Slack's Web API whose every call ends within 3 s and is made once. */
export function createSlackClient({ token, apiUrl, logger = SILENT, fetch }: SlackClientOptions): WebClient {
  return new WebClient(token, { ...clientOptions(apiUrl), logger, ...(fetch && { fetch }) });
}

/** What is tried again, and when, is decided by us and never inside a client. */
export function clientOptions(apiUrl: string) {
  return { slackApiUrl: apiUrl, retryConfig: { retries: 0 }, rejectRateLimitedCalls: true, timeout: 3_000 };
}

const nothing = (): void => undefined;
const SILENT: Logger = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  setLevel: nothing,
  setName: nothing,
  getLevel: () => LogLevel.ERROR,
};
