import { hintOf } from '../../postgres/session.js';
import { withoutSecrets } from '../../web/secrets.js';
import { tlsTroubleOf } from '../../web/tls-trouble.js';
import { TargetError, type TargetErrorCode } from '../target.js';

type Verdict = readonly [code: TargetErrorCode, retryable: boolean];

// Postgres' own codes: whole ones first, then their classes (the first two letters).
const SQLSTATES: Readonly<Record<string, Verdict>> = {
  '42501': ['denied', false],
  '42P01': ['missing', false],
  '42703': ['missing', false],
  '42704': ['missing', false],
  '3D000': ['missing', false],
  '3F000': ['missing', false],
  '57014': ['timeout', true],
  '55P03': ['timeout', true],
  // A standby that refuses writes is a failover under way: the next attempt may meet the new primary.
  '25006': ['rejected', true],
  '55006': ['rejected', true],
  '40': ['rejected', true],
  '58': ['rejected', true],
  XX: ['rejected', true],
  '28': ['denied', false],
  '08': ['unreachable', true],
  '53': ['unreachable', true],
  '57': ['unreachable', true],
};

const NETWORK = /^(E[A-Z]+|EAI_[A-Z]+)$/;

/** Makes the one kind of error a target throws from whatever `pg` or a socket threw. `secrets` never appear in it. */
export function targetErrorFrom(target: string, error: unknown, secrets: readonly string[]): TargetError {
  if (error instanceof TargetError) return error;
  const [code, retryable] = verdictOn(error);
  const said = error instanceof Error ? error.message || codeOf(error) : 'an unknown fault';
  const text = known(codeOf(error)) ? `${said}${hintOf(error)}` : (tlsTroubleOf(error)?.words ?? said);
  return new TargetError(code, withoutSecrets(text, secrets), { target, retryable, cause: error });
}

/** What one of Postgres' own codes means, in five characters. */
export function verdictOnCode(code: string): Verdict {
  return known(code) ?? ['rejected', false];
}

/** The same for a block in the database: true where SQLSTATE says nothing about the write itself, so that asking again may work. */
export const SQLSTATE_MAY_PASS = `(SQLSTATE ~ '^(${codesThat((_, retryable) => retryable).join('|')})')`;

function codesThat(are: (...verdict: Verdict) => boolean): string[] {
  return Object.entries(SQLSTATES).flatMap(([code, verdict]) => (are(...verdict) ? [code] : []));
}

function known(code: string): Verdict | undefined {
  return SQLSTATES[code] ?? (code.length === 5 ? SQLSTATES[code.slice(0, 2)] : undefined);
}

function verdictOn(error: unknown): Verdict {
  const code = codeOf(error);
  const verdict = known(code);
  if (verdict) return verdict;
  // Certificates do not get better by themselves.
  if (tlsTroubleOf(error)) return ['unreachable', false];
  if (code === 'ETIMEDOUT') return ['timeout', true];
  if (NETWORK.test(code)) return ['unreachable', true];
  // The five characters of a code we do not know: the server has answered and said no.
  if (/^[0-9A-Z]{5}$/.test(code)) return ['rejected', false];
  if (code !== '') return ['unreachable', false];
  // Without any code it is `pg` speaking about the connection: "Connection terminated unexpectedly" and the like.
  const message = error instanceof Error ? error.message : '';
  if (/password|SASL|SCRAM/i.test(message)) return ['denied', false];
  return /connection|stream|socket/i.test(message) ? ['unreachable', true] : ['rejected', false];
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
