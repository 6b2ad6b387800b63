import type { SlackState } from '../state.js';
import type { Triggers } from '../triggers.js';
import type { Json } from '../values.js';
import type { Arguments } from './arguments.js';

/** What a Web API method gets to work with. */
export interface Call {
  args: Arguments;
  state: SlackState;
  triggers: Triggers;
  /** A fresh WebSocket address for Socket Mode. */
  openSocketUrl: () => string;
  teamUrl: string;
}

/** Answers the fields beside `ok: true`, or throws SlackError. */
export type Method = (call: Call) => Json;
