/** How a wall between parts of the project is said: looks at parsed files, answers one line per breach. */
import { callsIn, type Import, newsIn, type Source } from './sources.js';

export interface Wall {
  readonly rule: string;
  /** One line per breach, beginning with the file's path; empty when the wall stands. */
  readonly breaches: (sources: readonly Source[]) => string[];
}

/** True for a file below one of these folders (`a/b/`) or one of these files (`a/b/c`). */
export function inside(path: string, ...places: string[]): boolean {
  return places.some((place) => (place.endsWith('/') ? path.startsWith(place) : path.replace(/\.ts$/, '') === place));
}

/** What `say` complains of, for every file at these places. */
export function each(sources: readonly Source[], where: (path: string) => boolean, say: (source: Source) => string[]) {
  return sources
    .filter(({ path }) => where(path))
    .flatMap((source) => say(source).map((what) => `${source.path}: ${what}`));
}

/** Files of `from` import nothing but what `may` allows. */
export function onlyImports(rule: string, from: string[], may: (one: Import) => boolean): Wall {
  const breaches = (sources: readonly Source[]) =>
    each(
      sources,
      (path) => inside(path, ...from),
      ({ imports }) => imports.filter((one) => !may(one)).map((one) => `imports ${one.to}`),
    );
  return { rule, breaches };
}

/** Only files of `by` import what `what` names. */
export function onlyImportedBy(rule: string, what: (one: Import) => boolean, by: string[]): Wall {
  const breaches = (sources: readonly Source[]) =>
    each(
      sources,
      (path) => path.startsWith('src/') && !inside(path, ...by),
      ({ imports }) => imports.filter(what).map((one) => `imports ${one.to}`),
    );
  return { rule, breaches };
}

/** Only files of `by` call these functions or make these classes. */
export function onlyMadeBy(rule: string, names: readonly string[], by: string[]): Wall {
  const breaches = (sources: readonly Source[]) =>
    each(
      sources,
      (path) => path.startsWith('src/') && !inside(path, ...by),
      (source) =>
        [...callsIn(source), ...newsIn(source)].filter((name) => names.includes(name)).map((name) => `makes ${name}`),
    );
  return { rule, breaches };
}

/** One of our files at these places. */
export const own =
  (...places: string[]) =>
  (one: Import) =>
    one.own && inside(one.to, ...places);
/** A module of Node itself. */
export const node = (one: Import) => one.to.startsWith('node:');

/** Every own file reachable from this one over imports, itself left out. */
export function reachable(from: string, sources: readonly Source[]): Set<string> {
  const known = new Map(sources.map((source) => [source.path.replace(/\.ts$/, ''), source]));
  const found = new Set<string>();
  const open = [from];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const { to, own: mine } of known.get(at)?.imports ?? []) {
      if (!mine || found.has(to)) continue;
      found.add(to);
      open.push(to);
    }
  }
  return found;
}
