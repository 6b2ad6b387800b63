/** Words on their way to a terminal. */
import { decoded } from '../slack/words/text.js';

export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/**
 * Whoever reads may go away, as `head` does: what is said then is lost, what is done goes on. A rollback must not end
 * because nobody reads what it says.
 */
export function surviveClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}

/** Words written for Slack, for a terminal. */
export function plain(text: string): string {
  return decoded(text.replaceAll('\u00a0', ' '));
}
