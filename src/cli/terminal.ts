/** Words on their way to a terminal. */

export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Words written for Slack, for a terminal. */
export function plain(text: string): string {
  return text.replaceAll('\u00a0', ' ').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
