/**
 * What a plan says, after it was read: the ordered stages, the checks with their limits, who may do what.
 * Parsed once at the edge (src/plans), stored with the rollout at start, never re-read for a running rollout.
 * Durations are milliseconds, exposures are percent from 0 to 100 (decimals allowed).
 */

/** A condition one reading is compared with. `above` and `below` are strict; `atLeast` and `atMost` include the number. */
export interface Limit {
  readonly op: 'above' | 'below' | 'at_least' | 'at_most';
  readonly value: number;
}

/** Where a probe reads, by kind. Connection values may still hold `${NAME}`; they are filled when the probe is built. */
export type ProbeConfig =
  | {
      readonly kind: 'http';
      readonly url: string;
      /** JSON path (dotted keys and `[n]`) to the number in the answer. */
      readonly value: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly timeoutMs: number;
    }
  | { readonly kind: 'memory'; readonly name: string };

export interface CheckPlan {
  readonly name: string;
  readonly title: string;
  /** Shown behind the number: `%`, `ms`, or '' when the plan gives none. */
  readonly unit: string;
  readonly probe: ProbeConfig;
  readonly warning?: Limit;
  readonly critical?: Limit;
}

export type TargetConfig =
  | {
      readonly kind: 'postgres';
      readonly url: string;
      readonly table: string;
      /** The column that names a row and exactly the rows that move together. */
      readonly rows: { readonly column: string; readonly values: readonly string[] };
      readonly columns: { readonly exposure: string; readonly enabled: string; readonly updatedAt?: string };
    }
  | { readonly kind: 'memory'; readonly name: string };

export interface TargetPlan {
  readonly name: string;
  readonly config: TargetConfig;
}

/** One person from each role in `all`; or `any` different people who hold at least one of the roles in `of`. */
export type Quorum =
  | { readonly kind: 'each'; readonly roles: readonly string[] }
  | { readonly kind: 'any'; readonly count: number; readonly roles: readonly string[] };

export interface StagePlan {
  /** 1 for the first stage. */
  readonly no: number;
  readonly name: string;
  readonly title: string;
  readonly exposure: number;
  readonly bakeMs: number;
  readonly checkEveryMs: number;
  /** Absent: no approval is needed. */
  readonly approve?: Quorum;
  /** `auto`: when this stage's bake has passed with nothing but pass, the next stage is asked for by itself. Absent: a person asks. */
  readonly advance?: 'auto';
}

export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Day = (typeof DAYS)[number];

/** When people may be reminded, in the plan's time zone. Minutes since midnight; `from` is before `to`. */
export interface WorkingHours {
  readonly days: readonly Day[];
  readonly fromMinute: number;
  readonly toMinute: number;
}

/** How people who are waited for are reminded. */
export interface Reminders {
  readonly everyMs: number;
  /** After so many at that interval: none for a request (it expires), one a day for anything else. */
  readonly atMost: number;
  /** Absent: at any hour. */
  readonly hours?: WorkingHours;
}

/** Posts whose first words a plan may choose; what people must know and can do stays under them. */
export const TEMPLATES = [
  'approval_request',
  'stage_start',
  'stage_complete',
  'alert',
  'incident',
  'completed',
] as const;
export type Template = (typeof TEMPLATES)[number];

/** Where a rollback goes: off is 0 % and disabled, previous is the stage before (the anchor in stage 1). */
export type RollbackTo =
  | { readonly kind: 'off' }
  | { readonly kind: 'previous' }
  | { readonly kind: 'exposure'; readonly exposure: number };

/** A person or group as the plan writes it; made into ids when the rollout starts. */
export type PersonRef =
  | { readonly kind: 'user'; readonly id: string }
  | { readonly kind: 'group'; readonly id: string }
  | { readonly kind: 'handle'; readonly handle: string }
  | { readonly kind: 'email'; readonly email: string };

export interface Plan {
  readonly name: string;
  readonly title: string;
  /** A channel id, or a name beginning with `#`. */
  readonly channel: string;
  readonly timezone: string;
  readonly links: Readonly<Record<string, string>>;
  /** Roles named in stage-start and incident posts. */
  readonly contact: readonly string[];
  /** Role → who holds it. `operators` is always there. */
  readonly people: Readonly<Record<string, readonly PersonRef[]>>;
  readonly targets: readonly TargetPlan[];
  readonly checks: readonly CheckPlan[];
  readonly stages: readonly StagePlan[];
  readonly rollback: { readonly to: RollbackTo; readonly withinMs: number };
  /** How long a request for approval stays open, ms. Absent: REQUEST_EXPIRES_MS. */
  readonly approveWithinMs?: number;
  /** Absent: DEFAULT_REMINDERS. */
  readonly reminders?: Reminders;
  /** The plan's own first words of a post, with `{{placeholder}}`s that were checked when it was read. */
  readonly templates?: Readonly<Partial<Record<Template, string>>>;
}

/** The stage with this number; a number outside the plan is a bug, not a refusal. */
export function stageAt(plan: Plan, no: number): StagePlan {
  const stage = plan.stages[no - 1];
  if (!stage) throw new Error(`plan ${plan.name} has no stage ${no}`);
  return stage;
}
