/** What is wrong with the bot's own database, told from its errors, in words that say what to do. */
import type pg from 'pg';
import type { Db, Statement } from './connect.js';

export interface Trouble {
  /** `53100` or `ECONNREFUSED`; '' where there is none. */
  readonly code: string;
  /** A sentence without a point, for people and for `/readyz`. */
  readonly words: string;
}

const WORDS: Readonly<Record<string, string>> = {
  '53100': 'the disk of the bot’s database is full',
  '53200': 'the bot’s database is out of memory',
  '53300': 'the bot’s database has no connection to spare',
  '53400': 'the bot’s database is at a limit of its configuration',
  '25006': 'the bot’s database only reads, as a standby does',
  '28P01': 'the bot’s database refuses the password',
  '28000': 'the bot’s database refuses who asks',
  '3D000': 'the bot’s database is not there any more',
  '42501': 'the bot’s role has lost a right in its database',
  '57P01': 'the bot’s database is shutting down',
  '57P02': 'the bot’s database is restarting after a crash',
  '57P03': 'the bot’s database is starting',
  '57P05': 'the bot’s database ended an idle session',
  '57014': 'the bot’s database did not answer in time',
  '55P03': 'something in the bot’s database is locked for long',
  '58030': 'the bot’s database cannot read or write its disk',
  '42P01': 'a table of the bot’s database is gone',
};
const CLASSES: Readonly<Record<string, string>> = {
  '08': 'the connection to the bot’s database is lost',
  '53': 'the bot’s database is short of something it needs',
  '58': 'the bot’s database has a fault of its system',
  XX: 'the bot’s database reports damage',
};
const UNREACHABLE = 'the bot’s database cannot be reached';
const FILE = 'a certificate file that DATABASE_URL names cannot be read';
const SLOW = 'the bot’s database did not answer in time';

/** Of what was asked of the database. Null for an error that is not its state, such as a broken constraint. */
export function troubleOf(error: unknown): Trouble | null {
  if (!(error instanceof Error)) return null;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const known = WORDS[code] ?? (code.length === 5 ? CLASSES[code.slice(0, 2)] : undefined);
  if (known !== undefined) return { code, words: known };
  // The only files that the client of Postgres opens.
  if (ofFile(error)) return { code, words: FILE };
  if (/^(?:E[A-Z]+|EAI_[A-Z]+)$/.test(code)) return { code, words: UNREACHABLE };
  if (code !== '') return null;
  if (/password|SASL|SCRAM/i.test(error.message)) return { code, words: WORDS['28P01'] ?? '' };
  if (/timeout/i.test(error.message)) return { code, words: SLOW };
  return /terminated|Connection/i.test(error.message) ? { code, words: UNREACHABLE } : null;
}

/** True where the database refuses what is to be written, or a part of it: a value or a constraint. */
export function isAboutData(error: unknown): boolean {
  const { code }: { code?: unknown } = Object(error);
  return typeof code === 'string' && /^2[23][0-9A-Z]{3}$/.test(code);
}

/** Of a file, and not of a connection. */
export function ofFile(error: Error): boolean {
  return 'syscall' in error && error.syscall === 'open' && 'path' in error;
}

/** How long a trouble that was seen counts: what needs the database runs every second, and would see it again. */
const COUNTS_MS = 15_000;
/** These say nothing about the database as a whole: one statement was slow, or one session ended. */
const OF_ONE_STATEMENT: readonly string[] = ['', '57014', '55P03', '57P05'];

export interface TroubleWatch {
  /** The same connections; what goes wrong over them is noted. */
  over(db: Db): Db;
  /** The last trouble of the database as a whole, while it is recent. */
  now(): Trouble | null;
}

export function watchTrouble(nowMs: () => number = () => performance.now()): TroubleWatch {
  let last: { readonly trouble: Trouble; readonly atMs: number } | null = null;
  return {
    over: (db) => ({
      async query<R extends pg.QueryResultRow>(statement: Statement, values?: unknown[]) {
        try {
          return await db.query<R>(statement, values);
        } catch (error) {
          const trouble = troubleOf(error);
          if (trouble && !OF_ONE_STATEMENT.includes(trouble.code)) last = { trouble, atMs: nowMs() };
          throw error;
        }
      },
    }),
    now: () => (last && nowMs() - last.atMs < COUNTS_MS ? last.trouble : null),
  };
}
