import type { ProbeConfig } from './plan.js';

/** What has to be known of each kind of probe before one is built. A new kind does not compile without it. */
export const PROBE_KINDS = {
  http: { settled: false, source: 'server' },
  prometheus: { settled: false, source: 'server' },
  sql: { settled: false, source: 'server' },
  exec: { settled: false, source: 'program' },
  // People look before they report, and whoever pushes alerts has waited already: one number is believed at once.
  manual: { settled: true, source: 'people' },
  alert: { settled: true, source: 'pushed' },
  memory: { settled: false, source: 'own process' },
} as const satisfies Record<
  ProbeConfig['kind'],
  {
    readonly settled: boolean;
    readonly source: 'server' | 'program' | 'people' | 'pushed' | 'own process';
  }
>;

export function isProbeKind(text: string): text is ProbeConfig['kind'] {
  return Object.hasOwn(PROBE_KINDS, text);
}

/** Reading it takes time. */
export function isRead(kind: ProbeConfig['kind']): boolean {
  const { source } = PROBE_KINDS[kind];
  return source === 'server' || source === 'program';
}
