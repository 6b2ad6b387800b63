/** Where `${NAME}` may stand, which names are refused, and secrets written out in clear. */
import { isConnectionValue } from '../language/kinds/index.js';
import { type Outline, requestsIn } from '../language/outline.js';
import { type Finding, formatPath, type Path } from '../values/problem.js';
import { isBotVariable, variableNames, withoutVariables } from '../values/variables.js';

/** Header names whose value is a credential. */
export const SECRET_HEADER =
  /^(?:(?:proxy-)?authorization|cookie|x-(?:api|auth)-.+|(?:.+[-_])?(?:key|token|secret|password))$/i;
/** Names in a query that are one. */
export const SECRET_PARAMETER =
  /^(?:(?:.+[-_])?(?:token|secret|password|passwd)|(?:api|access)[-_]?key|sig|signature)$/i;

/** Looks at every text of the file, keys included, but not inside what is refused as a whole. */
export function variableFindings(value: unknown, refused: readonly Path[]): Finding[] {
  const findings: Finding[] = [];
  const skip = new Set(refused.map(formatPath));
  const visit = (item: unknown, path: Path): void => {
    if (path.length > 0 && skip.has(formatPath(path))) return;
    if (typeof item === 'string') findings.push(...textFindings(item, path), ...shownFindings(item, path));
    if (typeof item !== 'object' || item === null) return;
    for (const [key, inner] of Object.entries(item)) {
      if (!Array.isArray(item) && key.includes('${')) findings.push(misplaced([...path, key], 'key'));
      visit(inner, [...path, Array.isArray(item) ? Number(key) : key]);
    }
  };
  visit(value, []);
  return findings;
}

function textFindings(text: string, path: Path): Finding[] {
  if (!text.includes('${')) return [];
  const own = variableNames(text).filter(isBotVariable);
  if (own.length > 0) {
    const message = `expected a variable of your own, found ${[...new Set(own)].join(', ')}, which the bot keeps to itself`;
    return [{ code: 'bot_variable', path, message }];
  }
  if (!isConnectionValue(path)) return [misplaced(path)];
  if (!withoutVariables(text, '').includes('${')) return [];
  const message = `expected \${NAME} with letters, digits and underscores, found \${ with something else`;
  return [{ code: 'variable', path, message }];
}

/** So much of a text is looked through; no field that is shown takes more. */
const SHOWN_CHARS = 4_000;

/** What is no connection may be shown to everybody in the channel: links, what people are asked, words of the plan's own. */
function shownFindings(text: string, path: Path): Finding[] {
  const [section, , third, fourth] = path;
  if (
    isConnectionValue(path) ||
    section === 'targets' ||
    (section === 'checks' && third === 'probe' && fourth !== 'ask')
  )
    return [];
  const shown = text.slice(0, SHOWN_CHARS);
  const inLink = section === 'links' && urlFindings(shown, path, 'web').length > 0;
  if (!inLink && !/:\/\/[^\s/?#@:]*:[^\s/?#@]*@/.test(shown)) return [];
  const message = 'expected no password or token in what everybody in the channel reads, found one';
  return [{ code: 'secret_in_clear', path, message }];
}

function misplaced(path: Path, on?: 'key'): Finding {
  const message = `expected \${NAME} only in an address, a header or a body of a target, a probe or an item, found it here`;
  return on === undefined ? { code: 'variable', path, message } : { code: 'variable', path, on, message };
}

/** Passwords and tokens that stand in the file instead of `${NAME}`. The message never repeats them. */
export function secretFindings(outline: Outline): Finding[] {
  const findings: Finding[] = [];
  for (const [name, target] of Object.entries(outline.targets ?? {})) {
    if (target?.url !== undefined) findings.push(...urlFindings(target.url, ['targets', name, 'url'], 'database'));
    findings.push(...requestFindings({ headers: target?.headers }, ['targets', name]));
    for (const request of ['set', 'off', 'read'] as const) {
      for (const one of target ? requestsIn(target, request) : [])
        findings.push(...requestFindings(one.request, ['targets', name, ...one.at]));
    }
  }
  for (const [name, check] of Object.entries(outline.checks ?? {})) {
    const path = ['checks', name, 'probe'];
    // Addresses of databases have users; those of web pages should not.
    if (check?.probe?.kind !== 'sql') findings.push(...requestFindings(check?.probe, path));
    else if (check.probe.url !== undefined)
      findings.push(...urlFindings(check.probe.url, [...path, 'url'], 'database'));
  }
  return findings;
}

interface RequestOutline {
  readonly url?: string | undefined;
  readonly headers?: Readonly<Record<string, string | undefined>> | undefined;
  readonly body?: unknown;
}

export function requestFindings(request: RequestOutline | undefined, path: Path): Finding[] {
  const findings = request?.url === undefined ? [] : urlFindings(request.url, [...path, 'url'], 'web');
  for (const [header, value] of Object.entries(request?.headers ?? {})) {
    if (value === undefined || variableNames(value).length > 0 || !SECRET_HEADER.test(header)) continue;
    findings.push(secret([...path, 'headers', header], 'the credential'));
  }
  return [...findings, ...bodyFindings(request?.body, [...path, 'body'])];
}

/** In JSON a key says what is a credential, in a form its field does. */
function bodyFindings(body: unknown, path: Path): Finding[] {
  if (typeof body === 'string') return fieldFindings(body, path);
  if (typeof body !== 'object' || body === null) return [];
  return Object.entries(body).flatMap(([key, value]) => {
    const at = [...path, Array.isArray(body) ? Number(key) : key];
    if (typeof value !== 'string') return bodyFindings(value, at);
    return SECRET_PARAMETER.test(key) && variableNames(value).length === 0 ? [secret(at, 'the credential')] : [];
  });
}

export function urlFindings(url: string, path: Path, of: 'database' | 'web'): Finding[] {
  const [, user] = /^[^/]*:\/\/([^/?#]*)@/.exec(url) ?? [];
  if (user !== undefined && of === 'web') {
    const message = `expected an address without user or password, found one: put it in headers as \${NAME}`;
    return [{ code: 'secret_in_clear', path, message }];
  }
  const colon = user?.indexOf(':') ?? -1;
  if (user !== undefined && colon >= 0 && !isFilledLater(user.slice(colon + 1)))
    return [secret(path, 'the password or the whole url')];
  const query = url.includes('?') ? url.slice(url.indexOf('?') + 1) : '';
  return fieldFindings(query.split('#', 1).join(''), path);
}

/** `a=1&token=…`, as in a query or a form. */
function fieldFindings(text: string, path: Path): Finding[] {
  for (const part of text.split('&')) {
    const [key = '', ...rest] = part.split('=');
    if (SECRET_PARAMETER.test(key) && !isFilledLater(rest.join('='))) return [secret(path, `the value of ${key}`)];
  }
  return [];
}

function isFilledLater(text: string): boolean {
  return withoutVariables(text, '') === '';
}

function secret(path: Path, what: string): Finding {
  return { code: 'secret_in_clear', path, message: `expected ${what} as \${NAME}, found it written out` };
}
