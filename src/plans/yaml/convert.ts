/** YAML nodes → plain values with their places, refusing what plans do not use: tags, odd keys, keys given twice. */
import { isAlias, isMap, isNode, isScalar, isSeq, type Pair, type Scalar } from 'yaml';
import { type Finding, type Path, QUOTE_BRACES, quote } from '../values/problem.js';

/** Where a value stands, and where the values in it do. */
export interface YamlEntry {
  readonly offset: number;
  readonly keyOffset?: number;
  /** Where it ends, for a single value. */
  readonly end?: number;
  readonly entries?: ReadonlyMap<string | number, YamlEntry>;
}

export interface Converted {
  readonly value: unknown;
  readonly entry: YamlEntry;
  /** How many values this is with all aliases unfolded. */
  readonly size: number;
}

/** A finding whose place is known by its offset in the text. */
export interface PlacedFinding extends Finding {
  readonly offset: number;
}

interface Place {
  readonly path: Path;
  readonly offset: number;
}

/** Keys that mean something to JavaScript itself. */
const FORBIDDEN_KEYS = ['__proto__', 'constructor', 'prototype'];

/** Walks a document once. Anchors are remembered as values and shared, so nothing is unfolded in memory. */
export class Converter {
  readonly findings: PlacedFinding[] = [];
  private readonly anchors = new Map<string, Converted>();

  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** `near` stands in for the place of a value that is not there, as in `{ kind }`. */
  convert(node: unknown, path: Path, near = 0): Converted {
    if (isAlias(node)) return this.alias(node.source, { path, offset: node.range?.[0] ?? 0 });
    if (!isMap(node) && !isSeq(node) && !isScalar(node)) return { value: null, entry: { offset: near }, size: 1 };
    const place = { path, offset: node.range?.[0] ?? 0 };
    if (node.tag !== undefined) this.add('syntax', place, `expected no tag, found ${quote(node.tag)}`);
    const converted = this.content(node, place);
    if (node.anchor !== undefined) this.anchors.set(node.anchor, converted);
    return converted;
  }

  private content(node: unknown, place: Place): Converted {
    if (isSeq(node)) return this.list(node.items, place);
    if (isMap(node)) return this.map(node.items, place);
    const value = isScalar(node) && isPlain(node.value) ? node.value : null;
    const end = isScalar(node) ? node.range?.[1] : undefined;
    if (isScalar(node) && node.type === 'PLAIN' && typeof value === 'string') this.swallowed(node, place);
    return { value, entry: { offset: place.offset, ...(end !== undefined && { end }) }, size: 1 };
  }

  /** What a text without quotes lost to a comment, or took of the lines below it. */
  private swallowed({ comment, range }: Scalar, place: Place): void {
    if (/^\d/.test(comment ?? ''))
      this.add('invalid', place, 'expected quotes around a text with a number sign in it, found a comment behind it');
    const written = this.text.slice(place.offset, range?.[1] ?? place.offset);
    // A query may well go on with a sign.
    if (typeof place.path.at(-1) !== 'number' || !/\n[ \t]{0,200}[-*+•☐] /.test(written)) return;
    this.add(
      'invalid',
      place,
      'expected one text a line, found a list inside a text: write { group: <title>, items: [ … ] }',
    );
  }

  private list(items: readonly unknown[], { path, offset }: Place): Converted {
    const parts = items.map((item, index) => this.convert(item, [...path, index]));
    const entries = new Map(parts.map(({ entry }, index) => [index, entry] as const));
    return { value: parts.map(({ value }) => value), entry: { offset, entries }, size: sizeOf(parts) };
  }

  private map(pairs: readonly Pair<unknown, unknown>[], { path, offset }: Place): Converted {
    const parts: Converted[] = [];
    const value: Record<string, unknown> = {};
    const entries = new Map<string, YamlEntry>();
    for (const pair of pairs) {
      const key = this.key(pair.key, { path, taken: entries });
      if (key === undefined) continue;
      const part = this.convert(pair.value, [...path, key.name], key.offset);
      parts.push(part);
      entries.set(key.name, { ...part.entry, keyOffset: key.offset });
      value[key.name] = part.value;
    }
    return { value, entry: { offset, entries }, size: sizeOf(parts) };
  }

  private key(key: unknown, at: { path: Path; taken: ReadonlyMap<string, YamlEntry> }) {
    const place = { path: at.path, offset: isNode(key) ? (key.range?.[0] ?? 0) : 0 };
    const name = isScalar(key) ? key.value : undefined;
    if (isMap(key) && key.flow === true) this.add('invalid', place, QUOTE_BRACES);
    else if (typeof name !== 'string') {
      this.add('invalid', place, 'expected a text as key, in quotes if it looks like a number or is empty');
    } else if (FORBIDDEN_KEYS.includes(name)) {
      this.add('invalid', place, `expected another key than ${quote(name)}`);
    } else if (at.taken.has(name)) {
      const message = `expected each key once, found ${quote(name)} again`;
      this.add('duplicate_key', { path: [...at.path, name], offset: place.offset }, message);
    } else return { name, offset: place.offset };
    return undefined;
  }

  private alias(source: string, place: Place): Converted {
    const anchored = this.anchors.get(source);
    if (anchored) return anchored;
    this.add('syntax', place, `expected an anchor for the alias ${quote(source)} before it, found none`);
    return { value: null, entry: { offset: place.offset }, size: 1 };
  }

  private add(code: Finding['code'], place: Place, message: string): void {
    this.findings.push({ code, path: place.path, offset: place.offset, message });
  }
}

function isPlain(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function sizeOf(parts: readonly Converted[]): number {
  return parts.reduce((sum, { size }) => Math.min(sum + size, Number.MAX_SAFE_INTEGER), 1);
}
