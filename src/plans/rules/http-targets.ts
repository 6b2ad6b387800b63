/** Rules of targets of kind http: placeholders, a way back, tenants, and exposures that can be reached at all. */
import { MOST_ROUNDS, MOST_TENANTS } from '../language/kinds/http-target.js';
import { type Outline, type RequestAt, readRequest, requestsIn, type TargetOutline } from '../language/outline.js';
import { expected, type Finding, type Path, quote } from '../values/problem.js';
import { withoutVariables } from '../values/variables.js';
import { PLACEHOLDER, placeholderFindings } from './templates.js';

type Target = TargetOutline;
type Request = 'set' | 'off' | 'read';

/** How many have it, and how many have not. */
const NUMBERS = ['exposure', 'rest'];
const SETTABLE = ['exposure', 'exposure_text', 'rest', 'rest_text', 'enabled', 'enabled_text'];

export function httpTargetFindings(outline: Outline): Finding[] {
  const targets = Object.entries(outline.targets ?? {}).flatMap(([name, target]) =>
    target?.kind === 'http' ? [{ name, target, path: ['targets', name] as Path }] : [],
  );
  return [
    ...targets.flatMap(({ target, path }) => [
      ...(['set', 'off', 'read'] as const).flatMap((request) =>
        requestsIn(target, request).flatMap((one) => requestFindings(target, request, { ...one, path })),
      ),
      ...headerFindings(target.headers, [...path, 'headers']),
      ...wayBackFindings(target, path),
      ...orderFindings(target, path),
      ...scaleFindings(target, path),
      ...readFindings(target, path),
      ...tenantFindings(target, path),
    ]),
    ...sharedFindings(targets),
    ...targets.flatMap(({ name, target }) => exposureFindings(outline, name, target)),
  ];
}

function requestFindings(target: Target, kind: Request, one: RequestAt & { readonly path: Path }): Finding[] {
  const { url, headers, body } = one.request;
  const path = [...one.path, ...one.at];
  const tenant = target.per ? ['tenant'] : [];
  const known = kind === 'read' ? tenant : [...SETTABLE, ...tenant];
  return [
    ...(url === undefined ? [] : addressFindings(url, { path: [...path, 'url'], known })),
    ...headerFindings(headers, [...path, 'headers']),
    ...bodyFindings(body, { path: [...path, 'body'], known }),
    ...formFindings(target, one.request, [...path, 'body']),
    ...(target.per && !mentions([url, body], ['tenant']) ? [sameForAll([...path, 'url'])] : []),
  ];
}

function addressFindings(url: string, at: { path: Path; known: readonly string[] }): Finding[] {
  const host = /^(?:[^/?#]*:\/\/)?[^/?#]*/.exec(withoutVariables(url, 'x'))?.[0] ?? '';
  const message = 'expected placeholders in the path or the query of an address, found one before them';
  return host.includes('{{') ? [{ code: 'placeholder', path: at.path, message }] : placeholderFindings(url, at);
}

function headerFindings(headers: Target['headers'], path: Path): Finding[] {
  return Object.entries(headers ?? {}).flatMap(([name, value]) =>
    value === undefined ? [] : placeholderFindings(value, { path: [...path, name], known: [] }),
  );
}

function bodyFindings(body: unknown, { path, known }: { path: Path; known: readonly string[] }): Finding[] {
  if (typeof body === 'string') return placeholderFindings(body, { path, known });
  if (typeof body !== 'object' || body === null) return [];
  return Object.entries(body).flatMap(([key, value]) => {
    const at = [...path, Array.isArray(body) ? Number(key) : key];
    const message = 'expected placeholders in values, found one in a key';
    const inKey: Finding[] = key.includes('{{') ? [{ code: 'placeholder', path: at, on: 'key', message }] : [];
    return [...inKey, ...bodyFindings(value, { path: at, known })];
  });
}

/** A text is escaped by what it is; JSON is only made from a mapping, so that no value can end a text in it. */
function formFindings(target: Target, request: RequestAt['request'], path: Path): Finding[] {
  if (typeof request.body !== 'string') return [];
  const headers = Object.entries({ ...target.headers, ...request.headers });
  const type = headers.findLast(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
  if (/^(text\/plain|application\/x-www-form-urlencoded)\b/i.test(type)) return [];
  const message =
    'expected a mapping to be sent as JSON, or a text with the header Content-Type: text/plain or application/x-www-form-urlencoded, found a text without';
  return [{ code: 'invalid', path, message }];
}

function sameForAll(path: Path): Finding {
  const message = 'expected {{tenant}} in the address or the body, found none: every tenant would be the same';
  return { code: 'placeholder', path, message };
}

function wayBackFindings(target: Target, path: Path): Finding[] {
  if (!target.set || target.off || saysIn(target, 'set', [...NUMBERS, 'enabled'])) return [];
  const message = 'expected off, or {{exposure}} or {{enabled}} in set, found neither: there would be no way back';
  return [{ code: 'missing', path: [...path, 'off'], message }];
}

/** A switch that is turned on before the number is written gives it to whoever the number stood for before. */
function orderFindings(target: Target, path: Path): Finding[] {
  const set = requestsIn(target, 'set');
  const numbered = set.map(({ request }) => mentions([request.url, request.body], NUMBERS));
  const late = numbered.findIndex((is, index) => is && numbered.slice(0, index).includes(false));
  const many = (['set', 'off'] as const).filter((name) => requestsIn(target, name).length > 1);
  const perTenant = target.per ? many : [];
  return [
    ...(late < 0
      ? []
      : [
          {
            code: 'invalid' as const,
            path: [...path, ...(set[late]?.at ?? [])],
            message:
              'expected the requests with {{exposure}} first, found one behind another: on would come before how many',
          },
        ]),
    ...perTenant.map((name) => ({
      code: 'invalid' as const,
      path: [...path, name],
      message: 'expected one request for each tenant, found a list: not all of them would be told in time',
    })),
  ];
}

/** A number without its scale may be read as percent where the service means something else. */
function scaleFindings(target: Target, path: Path): Finding[] {
  const numbers = saysIn(target, 'set', NUMBERS) || readRequest(target)?.value !== undefined;
  if (!numbers || 'scale' in target) return [];
  const message =
    'expected scale, the number that means everybody there (100 for percent, 1 for a share from 0 to 1, 10000 for basis points), found nothing';
  return [{ code: 'missing', path: [...path, 'scale'], message }];
}

function readFindings(target: Target, path: Path): Finding[] {
  const read = readRequest(target);
  if (!read || read.value !== undefined || read.enabled !== undefined) return [];
  const message = 'expected value or enabled, found neither: nothing could be read back';
  return [{ code: 'missing', path: [...path, 'read', 'value'], message }];
}

/** Mistakes in the list itself are told with those of other targets' lists. */
function tenantFindings({ per }: Target, path: Path): Finding[] {
  const count = per?.tenants?.length ?? 0;
  const concurrency = per?.concurrency ?? 4;
  const least = Math.ceil(count / MOST_ROUNDS);
  if (count > MOST_TENANTS || concurrency >= least) return [];
  const what = `a concurrency of at least ${least} for ${count} tenants`;
  const message = `${expected(what, concurrency)}: not all of them would be told in time`;
  return [{ code: 'invalid', path: [...path, 'per', 'concurrency'], message }];
}

/** Two targets that go to the same place would undo each other. The address itself is not repeated. */
function sharedFindings(targets: readonly { name: string; target: Target; path: Path }[]): Finding[] {
  return targets.flatMap(({ target, path }, index): Finding[] => {
    const [one] = requestsIn(target, 'set');
    const url = one?.request.url;
    const first = targets.slice(0, index).find((other) => requestsIn(other.target, 'set')[0]?.request.url === url);
    if (url === undefined || !first) return [];
    const message = `expected an address that no other target has, found that of target ${quote(first.name)}`;
    return [{ code: 'duplicate', path: [...path, ...(one?.at ?? []), 'url'], message }];
  });
}

/** What this target can never be read back as is refused now, not when the stage comes. */
function exposureFindings(outline: Outline, name: string, target: Target): Finding[] {
  const { set, per } = target;
  const read = readRequest(target);
  const percent = saysIn(target, 'set', NUMBERS) && read?.value !== undefined;
  if (!set || !read || per || percent) return [];
  const wrong = (exposure: unknown, path: Path, what: string): Finding[] => {
    if (typeof exposure !== 'number' || exposure <= 0 || exposure >= 100) return [];
    const message = `${expected(what, exposure)}: target ${quote(name)} can only be on or off`;
    return [{ code: 'population', path, message }];
  };
  const back = (to: unknown, path: Path) => wrong(to, [...path, 'rollback', 'to'], 'off or previous');
  return [
    ...(outline.stages ?? []).flatMap((stage, index) => {
      const path = ['stages', index];
      return [...wrong(stage?.exposure, [...path, 'exposure'], 'on'), ...back(stage?.rollback?.to, path)];
    }),
    ...back(outline.rollback?.to, []),
  ];
}

function saysIn(target: Target, name: 'set' | 'off', placeholders: readonly string[]): boolean {
  return requestsIn(target, name).some(({ request }) => mentions([request.url, request.body], placeholders));
}

/** One of these names stands in it, with or without `_text`. */
function mentions(value: unknown, placeholders: readonly string[]): boolean {
  if (typeof value === 'string')
    return [...value.matchAll(PLACEHOLDER)].some(([, inside = '']) =>
      placeholders.includes(inside.trim().replace(/_text$/, '')),
    );
  return typeof value === 'object' && value !== null && Object.values(value).some((one) => mentions(one, placeholders));
}
