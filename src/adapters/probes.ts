import { createAlertProbe, type ReadAlerts } from '../probes/alert.js';
import { createExecProbe } from '../probes/exec.js';
import { createHttpProbe } from '../probes/http.js';
import { createMemoryProbe } from '../probes/memory.js';
import type { Probe } from '../probes/probe.js';
import { createPrometheusProbe } from '../probes/prometheus/index.js';
import { createSqlProbe } from '../probes/sql/index.js';
import type { ProgramDirs } from '../programs/run.js';
import type { ProbeConfig } from '../rollout/plan/plan.js';
import type { NetworkRules } from '../web/network.js';

/** `fill`: puts values in place of `${NAME}`. */
export interface ProbeOptions {
  readonly fill: (value: string) => string;
  readonly network: NetworkRules;
  readonly alerts?: ReadAlerts;
  readonly programDirs?: ProgramDirs;
}

/**
 * Builds the probe a plan asks for. `fill` puts values in place of `${NAME}` and may throw when one is not set.
 * Throws on a configuration that cannot be used, and on a kind there is no probe for.
 */
export function createProbe(probe: ProbeConfig, { fill, network, alerts, programDirs }: ProbeOptions): Probe {
  switch (probe.kind) {
    case 'http':
      return createHttpProbe({ ...probe, url: fill(probe.url), headers: filled(probe.headers, fill) }, network);
    case 'manual':
      // What people report stands in the rollout, and is read there.
      throw new Error('a check that people report has no source to read');
    case 'exec':
      return createExecProbe({ ...probe, env: valuesOf(probe.env, fill), dirs: programDirs });
    case 'sql':
      return createSqlProbe({ ...probe, url: fill(probe.url) }, network);
    case 'alert':
      return createAlertProbe(probe, alerts);
    case 'prometheus':
      return createPrometheusProbe({ ...probe, url: fill(probe.url), headers: filled(probe.headers, fill) }, network);
    case 'memory':
      return createMemoryProbe(probe.name);
    default:
      return unknownKind(probe satisfies never);
  }
}

/** The values of variables that are named, not written into a text. */
function valuesOf(names: readonly string[], fill: (value: string) => string): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, fill(`\${${name}}`)]));
}

function filled(headers: Readonly<Record<string, string>>, fill: (value: string) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, fill(value)]));
}

function unknownKind(probe: never): never {
  const { kind }: { kind?: unknown } = probe;
  throw new Error(`there is no probe of kind "${String(kind)}"`);
}
