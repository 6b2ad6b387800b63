/** Rules of targets of kind http: placeholders, a way back, tenants, and exposures that can be reached at all. */
import { MOST_ROUNDS, MOST_TENANTS } from './kinds/http-target.js';
import type { Outline, TargetOutline } from './outline.js';
import { expected, type Finding, type Path, quote } from './problem.js';
import { PLACEHOLDER, placeholderFindings } from './templates.js';
import { withoutVariables } from './variables.js';

type Target = NonNullable<TargetOutline>;
type Request = 'set' | 'off' | 'read';

export function httpTargetFindings(outline: Outline): Finding[] {
  const targets = Object.entries(outline.targets ?? {}).flatMap(([name, target]) =>
    target?.kind === 'http' ? [{ name, target, path: ['targets', name] as Path }] : [],
  );
  return [
    ...targets.flatMap(({ target, path }) => [
      ...(['set', 'off', 'read'] as const).flatMap((request) => requestFindings(target, request, [...path, request])),
      ...headerFindings(target.headers, [...path, 'headers']),
      ...wayBackFindings(target, path),
      ...readFindings(target, path),
      ...tenantFindings(target, path),
    ]),
    ...sharedFindings(targets),
    ...targets.flatMap(({ name, target }) => exposureFindings(outline, name, target)),
  ];
}

function requestFindings(target: Target, request: Request, path: Path): Finding[] {
  const outline = target[request];
  if (!outline) return [];
  const tenant = target.per ? ['tenant'] : [];
  const known = request === 'read' ? tenant : ['exposure', 'enabled', ...tenant];
  const body = 'body' in outline ? outline.body : undefined;
  return [
    ...(outline.url === undefined ? [] : addressFindings(outline.url, { path: [...path, 'url'], known })),
    ...headerFindings(outline.headers, [...path, 'headers']),
    ...bodyFindings(body, { path: [...path, 'body'], known }),
    ...formFindings(target, request, [...path, 'body']),
    ...(target.per && !mentions([outline.url, body], 'tenant') ? [sameForAll([...path, 'url'])] : []),
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
function formFindings(target: Target, request: Request, path: Path): Finding[] {
  const outline = target[request];
  if (!outline || !('body' in outline) || typeof outline.body !== 'string') return [];
  const headers = Object.entries({ ...target.headers, ...outline.headers });
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

function wayBackFindings({ set, off }: Target, path: Path): Finding[] {
  if (!set || off || mentions([set.url, set.body], 'exposure') || mentions([set.url, set.body], 'enabled')) return [];
  const message = 'expected off, or {{exposure}} or {{enabled}} in set, found neither: there would be no way back';
  return [{ code: 'missing', path: [...path, 'off'], message }];
}

function readFindings({ read }: Target, path: Path): Finding[] {
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
    const url = target.set?.url;
    const first = targets.slice(0, index).find((other) => other.target.set?.url === url);
    if (url === undefined || !first) return [];
    const message = `expected an address that no other target has, found that of target ${quote(first.name)}`;
    return [{ code: 'duplicate', path: [...path, 'set', 'url'], message }];
  });
}

/** What this target can never be read back as is refused now, not when the stage comes. */
function exposureFindings(outline: Outline, name: string, { set, read, per }: Target): Finding[] {
  const percent = mentions([set?.url, set?.body], 'exposure') && read?.value !== undefined;
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

function mentions(value: unknown, placeholder: string): boolean {
  if (typeof value === 'string')
    return [...value.matchAll(PLACEHOLDER)].some(([, inside = '']) => inside.trim() === placeholder);
  return typeof value === 'object' && value !== null && Object.values(value).some((one) => mentions(one, placeholder));
}
