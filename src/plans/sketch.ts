/**
 * Words that plans will have but that nothing executes yet. They are refused by name, so that nobody takes a
 * key for working because the file was accepted, nor for a spelling mistake because it was not.
 */
import type { Path } from './problem.js';

/** The places of a plan that have keys of their own. */
export type Place =
  | 'plan'
  | 'target'
  | 'rows'
  | 'columns'
  | 'check'
  | 'probe'
  | 'limit'
  | 'stage'
  | 'approve'
  | 'reminders'
  | 'hours'
  | 'templates'
  | 'rollback';

const words = (text: string): string[] => text.split(' ');

/** For the plan as a whole, or for one stage. */
const AROUND_STAGES = [
  ...words('approvals before checklists commander escalation gates issues leave notify report_every reports'),
  ...words('reviews steps tests waivers when windows'),
];

export const SKETCHED_KEYS: Readonly<Record<Place, readonly string[]>> = {
  plan: [...AROUND_STAGES, ...words('after baseline emergency finally freeze goal inputs limits messages')],
  target: words('body headers method off per previous read rehearse set tenants users value verify when'),
  rows: [],
  columns: [],
  check: words('count do fail for fresh goal group limits no_data rising total when'),
  probe: words('body count fresh method total'),
  limit: words('do fail for limits rising when'),
  stage: [
    ...AROUND_STAGES,
    ...words(
      'checks goal limits max min_samples of off previous restarts_on rollback set target targets tenants users',
    ),
  ],
  approve: ['when'],
  reminders: [],
  hours: [],
  templates: [],
  rollback: words('do if_not_confirmed on postmortem then verify'),
};

export const SKETCHED_TARGETS = ['http', 'exec', 'unleash', 'launchdarkly', 'vercel', 'file', 'mysql', 'builtin'];
export const SKETCHED_PROBES = ['prometheus', 'sql', 'exec', 'manual', 'alert', 'builtin'];

/** Which place a path leads to; undefined for lists and for mappings whose keys are free. */
export function placeOf(path: Path): Place | undefined {
  const [section, , third, fourth] = path;
  if (path.length === 0) return 'plan';
  if (path.length === 1) return nestedPlace(section, ['rollback', 'reminders', 'templates']);
  if (section === 'reminders') return path.length === 2 ? nestedPlace(path[1], ['hours']) : undefined;
  if (section === 'targets') return path.length === 2 ? 'target' : nestedPlace(third, ['rows', 'columns']);
  if (section === 'stages') return path.length === 2 ? 'stage' : nestedPlace(third, ['approve']);
  if (section !== 'checks' || fourth !== undefined) return undefined;
  if (path.length === 2) return 'check';
  return third === 'warning' || third === 'critical' ? 'limit' : nestedPlace(third, ['probe']);
}

function nestedPlace(key: string | number | undefined, places: readonly Place[]): Place | undefined {
  return places.find((place) => place === key);
}

/** True for values in forms that are planned but not built: populations, bakes with conditions, relative limits. */
export function isSketchedValue(path: Path, value: unknown): boolean {
  const key = path.at(-1);
  const place = placeOf(path.slice(0, -1));
  const mapping = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (place === 'stage' && key === 'exposure') {
    return mapping || (typeof value === 'string' && ['on', 'off', 'users', 'tenants'].includes(value));
  }
  if (place === 'stage' && key === 'bake') return mapping;
  if (place === 'check' && (key === 'warning' || key === 'critical')) return Array.isArray(value) && value.length > 0;
  return place === 'limit' && typeof value === 'string' && /^(baseline|stage:)/.test(value);
}
