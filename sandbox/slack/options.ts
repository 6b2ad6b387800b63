import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SlashCommand, Workspace } from './types.js';

/** How a local Slack is started. */
export interface LocalSlackOptions {
  /** 0 or unset: any free port. */
  port?: number;
  workspace?: Workspace;
  /** Where messages, views and channels are kept over restarts (JSON, written atomically, at most a few times a second). */
  stateFile?: string;
  /** Milliseconds since 1970, for ts values, trigger and response_url expiry. Default Date.now. */
  now?: () => number;
  /** How long the app may take to acknowledge, and to open a view. Default 3 s, as Slack gives it; a test on a busy machine gives more. */
  answerWithinMs?: number;
  botToken?: string;
  appToken?: string;
  signingSecret?: string;
  /** Default: those of the project's manifest.yml. */
  commands?: readonly SlashCommand[];
  /** Answers requests this module does not know (the sandbox page's shop panel). Return false if not yours. */
  extra?: (request: IncomingMessage, response: ServerResponse) => boolean;
}
