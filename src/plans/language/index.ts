/** What can be seen to be wrong with the queries of a plan's checks, in each language. */

import type { Finding } from '../values/problem.js';
import type { Outline } from './outline.js';
import { promqlTrouble } from './promql.js';
import { sqlTrouble } from './sql.js';

const TROUBLES: Readonly<Record<string, (query: string) => string | undefined>> = {
  prometheus: promqlTrouble,
  sql: sqlTrouble,
};

export function languageFindings(outline: Outline): Finding[] {
  return Object.entries(outline.checks ?? {}).flatMap(([name, check]): Finding[] => {
    const { kind = '', query = '' } = check?.probe ?? {};
    const trouble = query.trim() === '' || !Object.hasOwn(TROUBLES, kind) ? undefined : TROUBLES[kind]?.(query);
    if (trouble === undefined) return [];
    return [{ code: 'invalid', path: ['checks', name, 'probe', 'query'], message: `expected ${trouble}` }];
  });
}
