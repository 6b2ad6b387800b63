/** The JSON Schema that editors read: the shape from the code, the help from the reference page. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { planSchema } from '../../src/plans/language/schema.js';
import { keysNamed } from './documented-keys.js';

const PAGE = new URL('../../docs/reference/plan-file.md', import.meta.url);

/** `stages[].bake` → what the page says of it. */
function helpOnPage(): Map<string, string> {
  const rows = readFileSync(PAGE, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .filter((cells) => cells.length === 6);
  return new Map(
    rows.flatMap(([, keys = '', type = '', standard = '', meaning = '']) => {
      const help = `${plain(meaning)}\n\n${plain(type)}; ${defaultWords(plain(standard))}`;
      const named = [...keys.matchAll(/`([^`]+)`/g)].flatMap(([, key = '']) => keysNamed(key));
      return named.map((key): [string, string] => [key, help]);
    }),
  );
}

/** The page's links lead nowhere from an editor, and not every editor shows marks. */
function plain(markdown: string): string {
  return markdown.replace(/\[([^\]]+)\]\([^)]*\)/g, '$1').replaceAll('`', '');
}

function defaultWords(standard: string): string {
  return standard.startsWith('required') ? standard : `default: ${standard}`;
}

type Json = Record<string, unknown>;

/** Puts the help where it belongs, all the way down; answers the paths for which there is none. */
function describe(schema: unknown, path: string, help: ReadonlyMap<string, string>): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { properties, additionalProperties, items, anyOf, oneOf } = schema as Json;
  const below = [
    ...Object.entries((properties ?? {}) as Json).map(([key, value]) => [path === '' ? key : `${path}.${key}`, value]),
    [`${path}.<name>`, additionalProperties],
    [`${path}[]`, items],
    ...[anyOf, oneOf].flatMap((list) => (Array.isArray(list) ? list.map((branch) => [path, branch]) : [])),
  ] as [string, unknown][];
  const missing = below.flatMap(([at, value]) => describe(value, at, help));
  for (const [key, value] of Object.entries((properties ?? {}) as Json)) {
    const at = path === '' ? key : `${path}.${key}`;
    const words = help.get(at);
    if (words === undefined) missing.push(at);
    else Object.assign(value as Json, { description: words });
  }
  return missing;
}

/** Throws when a key has no help on the page. */
export function planJsonSchema(): Json {
  // Draft 7 is what every editor reads.
  const { $schema, ...schema } = z.toJSONSchema(planSchema, { io: 'input', target: 'draft-7' }) as Json;
  const missing = describe(schema, '', helpOnPage());
  if (missing.length > 0) throw new Error(`docs/reference/plan-file.md says nothing of ${missing.join(', ')}`);
  return { $schema, title: 'A plan of rollout-bot', ...schema };
}
