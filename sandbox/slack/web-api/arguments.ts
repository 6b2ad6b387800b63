import { isTrue, type Json, parseJson } from '../values.js';
import { SlackError } from './slack-error.js';

function complaint(message: string): SlackError {
  return new SlackError('invalid_arguments', { response_metadata: { messages: [`[ERROR] ${message}`] } });
}

/** The arguments of one call. Form fields carry structures as JSON text, JSON bodies carry them as they are. */
export class Arguments {
  readonly values: Json;

  constructor(values: Json) {
    this.values = values;
  }

  has(name: string): boolean {
    const value = this.values[name];
    return value !== undefined && value !== null && value !== '';
  }

  text(name: string): string | undefined {
    const value = this.values[name];
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    throw complaint(`invalid type for field: ${name}`);
  }

  required(name: string): string {
    const value = this.text(name);
    if (value === undefined || value === '') throw complaint(`missing required field: ${name}`);
    return value;
  }

  flag(name: string): boolean {
    return isTrue(this.values[name]);
  }

  /** The structure under this name; undefined when absent. Text that is no JSON answers `onBroken`. */
  structure(name: string, onBroken = 'invalid_arguments'): unknown {
    const value = this.values[name];
    if (value === undefined || value === null || value === '') return undefined;
    if (typeof value !== 'string') return value;
    const parsed = parseJson(value);
    if (parsed === undefined) throw new SlackError(onBroken);
    return parsed;
  }

  /** A page size from 1 to `most`. */
  limit(standard: number, most = 1_000): number {
    if (!this.has('limit')) return standard;
    const limit = Number(this.text('limit'));
    if (!Number.isInteger(limit) || limit < 0) throw new SlackError('invalid_limit');
    return limit === 0 ? standard : Math.min(limit, most);
  }
}

/** One page of a list and the cursor to the next one, as Slack's `response_metadata` carries it. */
export function page<T>(items: T[], args: Arguments, standard: number): { items: T[]; metadata: Json; more: boolean } {
  const cursor = args.text('cursor') ?? '';
  const start =
    cursor === ''
      ? 0
      : Number(
          Buffer.from(cursor, 'base64')
            .toString()
            .replace(/^next:/, ''),
        );
  if (!Number.isInteger(start) || start < 0) throw new SlackError('invalid_cursor');
  const end = start + args.limit(standard);
  const more = end < items.length;
  const next = more ? Buffer.from(`next:${end}`).toString('base64') : '';
  return { items: items.slice(start, end), metadata: { next_cursor: next }, more };
}
