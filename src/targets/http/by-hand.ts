/** What the http target would send, as a line for a shell. Variables of the plan stay `$NAME`: the person has them, the line has not. */
import type { HttpWrite } from '../../rollout/plan/http-requests.js';
import type { Values } from '../scale.js';
import { asIs, inAddress, jsonTemplate, textTemplate } from './templates.js';

const unfilled = (text: string) => text;

/** The longest list of tenants that is written out, in characters. */
const LONGEST_LIST = 600;

/** Names that read the same in a shell, an address and JSON. */
const SIMPLE = /^[A-Za-z0-9._~-]+$/;
// Letters and digits only, so that no escaping touches it.
const STAND_IN = 'zTENANTz';

export function curlLine(request: HttpWrite, values: Values): string {
  const url = textTemplate(request.url, unfilled, inAddress)(values);
  const headers = { ...request.headers };
  let body: string | undefined;
  if (typeof request.body === 'string') {
    const form = Object.values(headers).some((value) => /x-www-form-urlencoded/i.test(value));
    body = textTemplate(request.body, unfilled, form ? inAddress : asIs)(values);
  } else if (request.body !== undefined) {
    if (!Object.keys(headers).some((name) => /^content-type$/i.test(name)))
      headers['Content-Type'] = 'application/json';
    body = JSON.stringify(jsonTemplate(request.body, unfilled)(values));
  }
  return [
    `curl -fsS -X ${request.method} ${quoted(url)}`,
    ...Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    ...(body === undefined ? [] : [`--data-raw ${quoted(body)}`]),
  ].join(' ');
}

/** The same for each of these tenants; `all` tells whether they are all of the plan's. */
export function curlForEach(request: HttpWrite, values: Values, tenants: readonly string[]): string {
  const [first, ...others] = tenants;
  if (first === undefined) return '';
  if (!tenants.every((tenant) => SIMPLE.test(tenant))) {
    const line = curlLine(request, { ...values, tenant: first });
    return others.length === 0 ? line : `${line} # and so for ${named(others)}`;
  }
  const line = curlLine(request, { ...values, tenant: STAND_IN });
  return `for tenant in ${named(tenants, ' ')}; do ${line}; done`;
}

function named(tenants: readonly string[], separator = ', '): string {
  const all = tenants.join(separator);
  if (all.length <= LONGEST_LIST) return all;
  return separator === ' ' ? `$TENANTS_${tenants.length}_OF_THE_PLAN` : `${tenants.length} more of the plan`;
}

const VARIABLE = /(\$\{[A-Za-z_][A-Za-z0-9_]*\})/;

/** Variables in double quotes, so that the shell fills them in; everything else in single ones, so that it does not. */
function quoted(written: string): string {
  const text = written.replaceAll(STAND_IN, `\${tenant}`);
  const pieces = text.split(VARIABLE).filter((piece) => piece !== '');
  const plain = pieces.filter((piece) => !VARIABLE.test(piece)).join('');
  if (pieces.length > 1 && !/["\\$`!]/.test(plain)) return `"${text.replace(/\$\{(\w+)\}(?!\w)/g, '$$$1')}"`;
  return pieces.map((piece) => (VARIABLE.test(piece) ? `"${piece}"` : `'${piece.replaceAll("'", `'\\''`)}'`)).join('');
}
