/** Credentials written out among the words a program is started with: everybody on its machine sees those. */
import { SECRET_HEADER, SECRET_PARAMETER } from './connections.js';

/** Names of variables and fields beyond those of a query: `PGPASSWORD`, `MYSQL_PWD`, `STRIPE_KEY`; not `key=checkout`. */
const SECRET_NAME =
  /(?:password|passwd|passphrase|token|secret|credentials?|(?:api|access|private|secret|auth)[-_]?key)$/i;
const SECRET_VARIABLE = /^(?:[A-Z0-9_]+_(?:KEY|AUTH)|(?!OLD)[A-Z0-9_]+PWD|REDISCLI_AUTH|Pwd)$/;
/** Followed by `user:password`. */
const USER_OPTION = /^(?:-u|-U|--user|--proxy-user)$/;

/** A longer word is no word of a command (see `kinds/programs.ts`), and what is said about it repeats only its beginning. */
const MOST_CHARS = 1_000;

/** True when a word of a command, or what a shell would make of it, holds a credential. `before`: the word before it. */
export function holdsSecret(whole: string, wholeBefore: string | undefined): boolean {
  const word = whole.slice(0, MOST_CHARS);
  const before = wholeBefore?.slice(0, MOST_CHARS);
  if (fieldsIn(word) || addressesIn(word)) return true;
  // What a shell is told is one word here and many to it.
  const words = /\s/.test(word) ? [word, ...word.split(/\s+/).map(unquoted)] : [unquoted(word)];
  return words.some((each, index) => headersIn(each) || follows(each, index === 0 ? before : words[index - 1]));
}

function follows(word: string, before: string | undefined): boolean {
  const [, attached] = /^(?:-u|--(?:proxy-)?user=)(\S+)$/.exec(word) ?? [];
  if (attached !== undefined && isPair(unquoted(attached))) return true;
  if (before === undefined || word === '' || word.startsWith('-')) return false;
  const [, option] = /^--?([\w-]+)$/.exec(before) ?? [];
  if (option !== undefined && SECRET_PARAMETER.test(option)) return isClear(word);
  return USER_OPTION.test(before) && isPair(word);
}

/** `user:password`; two numbers are a user and a group, and an address is none. */
function isPair(word: string): boolean {
  const [, password] = /^[^:\s=/]*:(?!\/\/)(.+)$/s.exec(word) ?? [];
  return password !== undefined && !/^\d+:\d+$/.test(word) && isClear(password);
}

/** `Name: value`, also behind a quote or `-H`. A bare `key:` names many things. */
function headersIn(word: string): boolean {
  const found = word.matchAll(/(?:^|["']|^-H|^--header=)\s*([A-Za-z][\w-]*)\s*:\s*([^"'\r\n]+)/g);
  return [...found].some(([, name = '', value = '']) => name !== 'key' && SECRET_HEADER.test(name) && isClear(value));
}

/** `NAME=value`, `--name=value`, `?name=value`, and `"name": "value"` of JSON. */
function fieldsIn(word: string): boolean {
  const assigned = word.matchAll(/(?:^|[\s;&?"'(,{])-*([A-Za-z_][\w.-]*)=("[^"]*"|'[^']*'|[^\s&;"']+)/g);
  const said = word.matchAll(/["']([\w-]+)["']\s*:\s*["']([^"']+)["']/g);
  return [...assigned, ...said].some(([, name = '', value = '']) => isSecretName(name) && isClear(value));
}

function addressesIn(word: string): boolean {
  const found = word.matchAll(/(?<=[a-z0-9+.-]):\/\/[^/?#@:\s]*:([^/?#@\s]+)@/gi);
  return [...found].some(([, password = '']) => isClear(password));
}

function isSecretName(name: string): boolean {
  return [SECRET_PARAMETER, SECRET_NAME, SECRET_VARIABLE].some((pattern) => pattern.test(name));
}

/** `$NAME` and `$(…)` are filled by a shell from what it may know, so they give nothing away. */
function isClear(value: string): boolean {
  const filled = value.replace(/\$\([^)]*\)?|\$\{[^}]*\}?|\$\w+/g, '');
  return unquoted(filled.replace(/^\W*(?:bearer|basic|token)\s+/i, '').trim()) !== '';
}

function unquoted(text: string): string {
  return text.replace(/^["']+|(?<!["'])["']+$/g, '');
}
