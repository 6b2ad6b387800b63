import type { Json } from '../values.js';

/** A refusal with one of Slack's error codes; `details` are further fields of the answer. */
export class SlackError extends Error {
  readonly code: string;
  readonly details: Json;

  constructor(code: string, details: Json = {}) {
    super(code);
    this.code = code;
    this.details = details;
  }
}
