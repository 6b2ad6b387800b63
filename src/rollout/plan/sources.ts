import type { ProbeConfig } from './plan.js';

/** Where readings come from, as far as one outage there takes all of them: the same for every check that reads it. */
export interface Source {
  /** Equal for checks that would fail together. */
  readonly key: string;
  /** For people, without anything secret: `Prometheus at prom.internal:9090`. */
  readonly name: string;
}

/** Programs that only run another one, which is what fails. */
const INTERPRETERS = /^(sh|bash|dash|zsh|env|node|deno|bun|npx|uv|uvx|python[\d.]*|ruby|perl|php)$/;

/** What these readings have in common with others; null for those that fail alone. */
export function sourceOf(probe: ProbeConfig): Source | null {
  switch (probe.kind) {
    case 'prometheus':
      return named('Prometheus', place(probe.url));
    case 'http':
      return named('HTTP server', place(probe.url));
    case 'sql':
      return named('SQL server', place(probe.url));
    case 'exec':
      return program(probe.run);
    case 'alert':
      return { key: `alert ${probe.source}`, name: `Pushed alerts (${probe.source})` };
    // One person's number, and what exists in tests and demonstrations alone.
    case 'manual':
    case 'memory':
      return null;
    default:
      return probe satisfies never;
  }
}

function named(what: string, where: string): Source {
  return { key: `${what} ${where}`, name: `${what} at ${where}` };
}

/**
 * Host and port of an address. User, password, path and query are left out: they may be secret, and differ between checks of
 * one server. A `${NAME}` is not filled in here; it stands for the same address wherever it is written.
 */
function place(url: string): string {
  const [, scheme = '', rest = url] = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/is.exec(url) ?? [];
  const authority = rest.split(/[/?#]/, 1)[0] ?? '';
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  const named = withoutUsualPort(host, scheme.toLowerCase());
  return named.includes('${') ? named : named.toLowerCase();
}

const USUAL_PORTS: Readonly<Record<string, string>> = {
  http: '80',
  https: '443',
  postgres: '5432',
  postgresql: '5432',
};

function withoutUsualPort(host: string, scheme: string): string {
  const usual = USUAL_PORTS[scheme];
  return usual !== undefined && host.endsWith(`:${usual}`) ? host.slice(0, -usual.length - 1) : host;
}

function program([first = '', ...rest]: readonly string[]): Source {
  const base = first.slice(first.lastIndexOf('/') + 1);
  const script = INTERPRETERS.test(base) ? rest.find((word) => !word.startsWith('-')) : undefined;
  if (script === undefined) return { key: `Program ${first}`, name: `Program ${first}` };
  // A script that stands on the command line is no name.
  const inline = rest[rest.indexOf(script) - 1] === '-c' || rest[rest.indexOf(script) - 1] === '-e';
  return { key: `Program ${base} ${script}`, name: `Program ${inline ? base : `${base} ${script}`}` };
}
