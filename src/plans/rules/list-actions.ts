/** What items say the bot does: one thing each, no credentials among words, and only what goes together. */
import { itemsIn, type WrittenItem, writtenLists } from '../language/lists.js';
import type { ItemOutline, Outline } from '../language/outline.js';
import { expected, type Finding, type Path } from '../values/problem.js';
import { requestFindings, urlFindings } from './connections.js';
import { commandFindings, envFindings } from './programs.js';
import { placeholderFindings } from './templates.js';

const ACTIONS = ['run', 'request', 'query'] as const;

type ActionOutline = Pick<ItemOutline, 'run' | 'request' | 'query' | 'cwd' | 'env' | 'expect'>;

export function listActionFindings(outline: Outline): Finding[] {
  return writtenLists(outline).flatMap(itemsIn).flatMap(itemFindings);
}

function itemFindings({ written, path }: WrittenItem): Finding[] {
  const { verify } = written;
  const findings = actionFindings(written, path);
  if (written.test !== undefined && written.expect !== undefined && typeof written.expect !== 'string') {
    const message = expected('a text that people read, beside test', written.expect);
    findings.push({ code: 'invalid', path: [...path, 'expect'], message });
  }
  if (!verify) return findings;
  const at = [...path, 'verify'];
  const given = ACTIONS.filter((kind) => verify[kind] !== undefined);
  if (given.length !== 1) {
    const found = given.length === 0 ? 'none' : given.join(' and ');
    const message = `expected exactly one of ${ACTIONS.join(', ')} in verify, found ${found}`;
    findings.push({ code: given.length === 0 ? 'missing' : 'invalid', path: at, message });
  }
  return [...findings, ...actionFindings(verify, at)];
}

function actionFindings({ run, request, query, env, expect }: ActionOutline, path: Path): Finding[] {
  const words = run ?? [];
  return [
    ...commandFindings(
      words.map((word) => word ?? ''),
      { path: [...path, 'run'], known: [] },
    ),
    ...words.flatMap((word, index) => placeholderFindings(word ?? '', { path: [...path, 'run', index], known: [] })),
    ...envFindings(
      env?.flatMap((name) => name ?? []),
      [...path, 'env'],
    ),
    ...requestFindings(request, [...path, 'request']),
    ...(query?.url === undefined ? [] : urlFindings(query.url, [...path, 'query', 'url'], 'database')),
    ...expectFindings(expect, [...path, 'expect']),
  ];
}

function expectFindings(expect: ActionOutline['expect'], path: Path): Finding[] {
  if (typeof expect !== 'object') return [];
  const { between, ...bounds } = expect;
  const given = Object.keys(bounds);
  if (given.length === 0 && between === undefined) {
    const message = 'expected below, above, at_most, at_least or between, found nothing';
    return [{ code: 'missing', path, message }];
  }
  if (between !== undefined && given.length > 0) {
    const message = `expected between alone, found it beside ${given.join(', ')}`;
    return [{ code: 'invalid', path: [...path, 'between'], on: 'key', message }];
  }
  const [low, high] = between ?? [];
  const from = low ?? bounds.at_least ?? bounds.above;
  const to = high ?? bounds.at_most ?? bounds.below;
  if (from === undefined || to === undefined || from <= to) return [];
  return [{ code: 'invalid', path, message: `expected bounds that a number can meet, found ${from} to ${to}` }];
}
