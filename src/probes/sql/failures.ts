import { hintOf, unreadableFile } from '../../postgres/session.js';
import { shortened } from '../../web/shortened.js';
import { tlsTroubleOf } from '../../web/tls-trouble.js';
import type { FoundNumber } from '../json-path.js';

type Unknown = Extract<FoundNumber, { unknown: unknown }>;

const NETWORK = /^(E[A-Z]+|EAI_[A-Z]+)$/;

/** Classes of Postgres' codes that tell of the server, not of the question: connections, resources, shutting down. */
const SERVER_IS_AWAY = ['08', '53', '57'];

/** Classes whose messages speak of the query's own words and of rights: the plan shows them anyway. */
const SAYABLE = ['25', '42'];

/** What the server said of a table, with where that table is. The words come from the catalog, which holds no data. */
export class MisplacedTable extends Error {
  readonly words: string;
  constructor(cause: unknown, words: string) {
    super('a table was not found', { cause });
    this.words = words;
  }
}

/** Why there is no answer. Other messages of the server may quote data, so only their code is told. */
export function explainSqlFailure(error: unknown, server: string): Unknown {
  if (error instanceof MisplacedTable) {
    const { unknown, detail } = explainSqlFailure(error.cause, server);
    return { unknown, detail: `${detail}; ${error.words}` };
  }
  const code = codeOf(error);
  const file = unreadableFile(error);
  if (file) return { unknown: 'unreachable', detail: file };
  if (code === '57014' || code === 'ETIMEDOUT') return { unknown: 'timeout', detail: `${server}: ${code}` };
  const tls = tlsTroubleOf(error);
  if (tls) return { unknown: 'unreachable', detail: `${server}: ${tls.words}` };
  if (NETWORK.test(code)) return { unknown: 'unreachable', detail: `${server}: ${code}` };
  if (/^[0-9A-Z]{5}$/.test(code)) return refusal(error, code, server);
  const message = error instanceof Error ? error.message : '';
  // Without a code it is the client itself that speaks.
  if (/password|SASL|SCRAM/i.test(message)) return { unknown: 'bad_status', detail: `${server} wants a password` };
  if (/connection|SSL|stream|socket/i.test(message)) {
    return { unknown: 'unreachable', detail: `${server}: the connection ended` };
  }
  return { unknown: 'internal', detail: error instanceof Error ? error.name : 'an unknown fault' };
}

function refusal(error: unknown, code: string, server: string): Unknown {
  const group = code.slice(0, 2);
  // A query with a parameter nobody gives is told as a fault of the conversation.
  if (SERVER_IS_AWAY.includes(group) && code !== '08P01')
    return { unknown: 'unreachable', detail: `${server}: ${code}` };
  const words =
    SAYABLE.includes(group) && error instanceof Error
      ? ` (${shortened(`${error.message}${hintOf(error)}`.replace(/\s+/g, ' '), 200)})`
      : '';
  return { unknown: 'bad_status', detail: `${server} answered ${code}${words}` };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
