/** Colours where there is a terminal to show them, and none where there is not. */
export interface Paint {
  bold(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  bad(text: string): string;
  /** Who said it. */
  name(text: string): string;
}

export function paintFor(isTerminal: boolean): Paint {
  const sgr = (on: number, off: number) => (text: string) => (isTerminal ? `\u001b[${on}m${text}\u001b[${off}m` : text);
  return { bold: sgr(1, 22), dim: sgr(2, 22), good: sgr(32, 39), bad: sgr(31, 39), name: sgr(36, 39) };
}
