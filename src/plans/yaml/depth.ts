import type { CST } from 'yaml';

const MAX_DEPTH = 24;

/**
 * True when collections are nested deeper than any plan needs. Works on the parser's flat tokens with a stack of
 * its own, because the composer that comes next recurses, and a deep enough text takes the whole process down there.
 */
export function isTooDeep(tokens: readonly CST.Token[]): boolean {
  const open = tokens.map((token) => ({ token, depth: 0 }));
  for (let next = open.pop(); next; next = open.pop()) {
    const { token, depth } = next;
    if (depth > MAX_DEPTH) return true;
    if (token.type === 'document' && token.value) open.push({ token: token.value, depth });
    if (!('items' in token)) continue;
    for (const { key, value } of token.items) {
      if (key) open.push({ token: key, depth: depth + 1 });
      if (value) open.push({ token: value, depth: depth + 1 });
    }
  }
  return false;
}
