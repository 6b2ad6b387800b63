/** The bot's words: all of them into a file, what a person should know onto the screen. */
import { createWriteStream, renameSync, statSync } from 'node:fs';
import { z } from 'zod';

const WARN = 40;
/** The same words again within this time stay in the file. */
const REPEAT_MS = 60_000;
const LARGEST_FILE = 5_000_000;

const entry = z.looseObject({
  level: z.number(),
  msg: z.string().default(''),
  why: z.string().optional(),
  err: z.looseObject({ message: z.string() }).optional(),
});

export interface BotLog {
  line(line: string): void;
  close(): Promise<void>;
}

/** Appends to `file` (a large one is put aside as `<file>.1`) and says warnings and errors in one line each. */
export function botLog(file: string, say: (line: string) => void): BotLog {
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > LARGEST_FILE) renameSync(file, `${file}.1`);
  const stream = createWriteStream(file, { flags: 'a' });
  // A full disk must not end the sandbox; the screen still has the warnings.
  stream.on('error', () => undefined);
  const said = new Map<string, number>();
  return {
    line(line) {
      stream.write(`${line}\n`);
      const words = worthSaying(line);
      if (words === undefined || performance.now() - (said.get(words) ?? Number.NEGATIVE_INFINITY) < REPEAT_MS) return;
      said.set(words, performance.now());
      say(words);
    },
    close: () => new Promise((closed) => stream.end(() => closed())),
  };
}

/** One line for a person, or undefined. What is not a log entry was written by Node itself: a crash, of which the reason counts. */
export function worthSaying(line: string): string | undefined {
  const parsed = entry.safeParse(asJson(line));
  if (!parsed.success) return /^\w*Error\b/.test(line) ? line : undefined;
  const { level, msg, why, err } = parsed.data;
  if (level < WARN) return undefined;
  const reason = why ?? err?.message;
  return reason === undefined ? msg : `${msg}: ${reason.split('\n')[0]}`;
}

function asJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
