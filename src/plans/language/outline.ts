/**
 * What can be made out of a plan that may be wrong elsewhere: every field is there with its right type, or is
 * undefined. The rules that compare places work on this, so that one mistyped key does not hide another mistake.
 */
import { outlining } from './outlined.js';
import { planSchema } from './schema.js';

const read = outlining(planSchema);

export type Outline = NonNullable<ReturnType<typeof read>>;
export type TargetOutline = NonNullable<NonNullable<Outline['targets']>[string]>;
export type CheckOutline = NonNullable<NonNullable<Outline['checks']>[string]>;
export type StageOutline = NonNullable<NonNullable<Outline['stages']>[number]>;
export type LimitOutline = NonNullable<CheckOutline['warning']>;
export type ItemOutline = Mapping<NonNullable<Outline['after']>[number]>;
/** What a stage changes in a check, a key each: `none` is a word and no limit. */
export type OverrideOutline = NonNullable<NonNullable<StageOutline['checks']>[string]>;

/** Never fails; a value that is not a mapping has an empty outline. */
export function outlineOf(value: unknown): Outline {
  return read(value) ?? {};
}

/** A bake as it is written: a duration alone says how long. */
export function bakeOf(stage: StageOutline | undefined): Exclude<StageOutline['bake'], string | undefined> {
  const bake = stage?.bake;
  return typeof bake === 'string' ? { for: bake } : (bake ?? {});
}

type Requests = TargetOutline['set'];
type Mapping<T> = Exclude<T, string | readonly unknown[] | undefined>;

export interface RequestAt {
  readonly request: Mapping<Requests>;
  /** Behind the target's own path. */
  readonly at: readonly (string | number)[];
}

/** The requests of a target's `set`, `off` or `read`, each with where it stands. Programs are none. */
export function requestsIn(target: TargetOutline, name: 'set' | 'off' | 'read'): RequestAt[] {
  if (name === 'read') {
    const read = readRequest(target);
    return read ? [{ request: { url: read.url, headers: read.headers }, at: ['read'] }] : [];
  }
  const written = target[name];
  if (!Array.isArray(written)) return typeof written === 'object' ? [{ request: written, at: [name] }] : [];
  return written.flatMap((request, index) => (typeof request === 'object' ? [{ request, at: [name, index] }] : []));
}

/** How a target is asked, where that is a request. */
export function readRequest({ read: written }: TargetOutline): Mapping<TargetOutline['read']> | undefined {
  return typeof written === 'object' && !Array.isArray(written) ? written : undefined;
}
