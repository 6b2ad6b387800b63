import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { REASONS } from '../../src/rollout/plan/reasons.js';

const page = readFileSync(new URL('../../docs/reference/reasons.md', import.meta.url), 'utf8');
const entries = new Map(
  page
    .split(/^### /m)
    .slice(1)
    .map((entry) => {
      const [heading = '', ...text] = entry.split(/^## /m)[0]?.split('\n') ?? [];
      return [heading.replaceAll('`', ''), text.join('\n').trim()] as const;
    }),
);

describe('the page of reason codes', () => {
  test('explains every code, in the order of the list, and no other', () => {
    expect([...entries.keys()]).toEqual([...REASONS]);
  });

  test.each(REASONS)('says of %s what it means and what to do', (reason) => {
    const [meaning = '', todo = ''] = entries.get(reason)?.split('**What to do:**') ?? [];
    expect(meaning.trim().length).toBeGreaterThan(20);
    expect(todo.trim()).toMatch(/\.$/);
  });

  test('no code is listed twice', () => {
    expect(new Set(REASONS).size).toBe(REASONS.length);
  });
});
