/**
 * What a plan says, after it was read: the ordered stages, the checks with their limits, who may do what.
 * Parsed once at the edge (src/plans), stored with the rollout at start, never re-read for a running rollout.
 * Durations are milliseconds, exposures are percent from 0 to 100 (decimals allowed); named users have places below 0.01,
 * see `exposure.ts`.
 */
import type { HttpTargetConfig } from './http-requests.js';
import type { TenantShares } from './tenant-shares.js';

/** What a broken limit makes the bot do, mildest first. `disable` is a rollback to off, whatever the plan's way back is. */
export type Act =
  | { readonly kind: 'post' }
  | { readonly kind: 'hold' }
  /** Without `to`: where the stage's or the plan's rollback goes. */
  | { readonly kind: 'rollback'; readonly to?: RollbackTo }
  | { readonly kind: 'disable' };

/** When a limit counts as broken. Absent: two readings in a row, one window apart. */
export interface Patience {
  /** So many of the last so many readings, each one window apart. */
  readonly fail?: { readonly count: number; readonly of: number };
  /** Four of five readings for this long, ms. */
  readonly forMs?: number;
}

/** A condition one reading is compared with. `above` and `below` are strict; `atLeast` and `atMost` include the number. */
export interface Limit extends Patience {
  readonly op: 'above' | 'below' | 'at_least' | 'at_most';
  readonly value: number;
  /** What `value` was reckoned from. */
  readonly than?: Reference;
  /** Absent: a warning is posted, a critical limit rolls back. */
  readonly act?: Act;
}

/** A number that is known only while a rollout runs: what it is of, times `times`, plus `plus`. */
export interface Reference {
  /** What was measured before any exposure, or the mean over a whole earlier bake. */
  readonly of: { readonly kind: 'baseline' } | { readonly kind: 'stage'; readonly stage: string };
  readonly times: number;
  readonly plus: number;
  /** Written as `+ 50%`, not as `* 1.5`. */
  readonly percent?: boolean;
}

/** A planned limit: against a number, or against one that is yet to be measured. */
export type PlannedLimit =
  | Limit
  | (Omit<Limit, 'value' | 'than'> & { readonly value?: undefined; readonly than: Reference });

/** Who pushes alerts to the bot: the last part of the hook's path. */
export const PUSHED_ALERT_SOURCES = ['alertmanager', 'sentry', 'alert'] as const;
export type PushedAlertSource = (typeof PUSHED_ALERT_SOURCES)[number];

/** Label → value. An alert has to have all of them, exactly. */
export type PushedAlertMatch = Readonly<Record<string, string>>;

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
  /** A number that a person reports, asked for at this rhythm, ms. */
  | { readonly kind: 'manual'; readonly ask: string; readonly everyMs: number }
  | {
      readonly kind: 'exec';
      /** The program and its arguments; no shell reads them. */
      readonly run: readonly string[];
      /** Names of variables the program is given; their values are looked up when the probe is built. */
      readonly env: readonly string[];
      readonly cwd?: string;
      /** JSON path to the number in the output. Absent: the output is the number. */
      readonly value?: string;
      readonly timeoutMs: number;
    }
  | { readonly kind: 'sql'; readonly url: string; readonly query: string; readonly timeoutMs: number }
  | {
      readonly kind: 'alert';
      readonly source: PushedAlertSource;
      /** Counts the alerts that are firing and have all of these. */
      readonly match: PushedAlertMatch;
      /** What silence means: absent, no alert is 0; else it is 0 only while such an alert keeps coming. */
      readonly heartbeat?: { readonly match: PushedAlertMatch; readonly withinMs: number };
    }
  | {
      readonly kind: 'prometheus';
      readonly url: string;
      /** PromQL, as an instant query. */
      readonly query: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly timeoutMs: number;
      /** Which of several series counts. Absent: there must be one. */
      readonly group?: 'highest' | 'lowest';
      /** How far back samples are looked for. Absent: as far as the server does by itself, mostly 5 minutes. */
      readonly freshMs?: number;
    }
  | { readonly kind: 'memory'; readonly name: string };

/** The limits of a check as its plan has them. */
export interface PlannedLimits {
  readonly warning?: PlannedLimit;
  readonly critical?: PlannedLimit;
  /** Further limits. One that only posts is a warning, any other is critical. */
  readonly others?: readonly PlannedLimit[];
}

export interface CheckPlan extends PlannedLimits {
  readonly name: string;
  readonly title: string;
  /** Shown behind the number: `%`, `ms`, or '' when the plan gives none. */
  readonly unit: string;
  readonly probe: ProbeConfig;
  /** Its source has made sure already: one reading decides. */
  readonly settled?: boolean;
  /** How much time one number is made of, ms. Absent: not known, and the stage's rhythm is taken for it. */
  readonly windowMs?: number;
  /** So many of a hundred: a number outside 0 to 100 is none. */
  readonly share?: boolean;
}

/** A table with one row per flag and user, and the named users of the plan's stages. */
export interface UserOverrides {
  readonly table: string;
  /** Columns: the flag's name, the user's id, the switch. */
  readonly flag: string;
  readonly user: string;
  readonly enabled: string;
  /** In rising order; each has everybody of the one before. */
  readonly steps: readonly { readonly exposure: number; readonly names: readonly string[] }[];
}

/** Rows of the flag table itself: one per tenant, and the one without a tenant for everybody. */
export interface TenantRows extends TenantShares {
  readonly column: string;
}
/** What a stage changes in a check while it is the current one; null: the stage has no such limit. */
export interface CheckOverride extends Pick<PlannedLimits, 'others'> {
  readonly warning?: PlannedLimit | null;
  readonly critical?: PlannedLimit | null;
}

/** What can make a bake start over. */
export const RESTARTS = ['warning', 'no_data', 'drift'] as const;
export type Restart = (typeof RESTARTS)[number];

export type TargetConfig =
  | HttpTargetConfig
  | {
      readonly kind: 'postgres';
      readonly url: string;
      readonly table: string;
      /** The column that names a row and exactly the rows that move together. */
      readonly rows: {
        readonly column: string;
        readonly values: readonly string[];
        /** Other columns that say which row of a name is meant, such as the environment. */
        readonly where?: readonly { readonly column: string; readonly value: string }[];
      };
      /** Without `exposure` the rows are on or off, or on for `tenants`; without `enabled` the percentage alone decides. */
      readonly columns: { readonly exposure?: string; readonly enabled?: string; readonly updatedAt?: string };
      /** What the switch holds, as text; true and false when absent. */
      readonly switch?: { readonly on: string; readonly off: string };
      /** The number that means everybody; 100 when absent. */
      readonly scale?: number;
      readonly users?: UserOverrides;
      readonly tenants?: TenantRows;
    }
  | {
      readonly kind: 'exec';
      /** Programs with their arguments; `{{exposure}}` and `{{enabled}}` are filled in `set` and `off`. */
      readonly set: readonly string[];
      /** Absent: `set` with 0. */
      readonly off?: readonly string[];
      readonly read: readonly string[];
      /** As of an http target. */
      readonly rehearse?: 'write' | 'read';
      /** Names of variables the programs are given; their values are looked up when the target is built. */
      readonly env: readonly string[];
      readonly cwd?: string;
      /** For each program. */
      readonly timeoutMs: number;
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

/** Who gets a stage, where it is not simply so many percent of the users. */
export type Population =
  | { readonly kind: 'users'; readonly users: readonly string[] }
  | { readonly kind: 'tenants'; readonly tenants: readonly string[] }
  /** The plan says `on`, not a percentage. */
  | { readonly kind: 'everyone' }
  /** Whose percentage it is, in the plan's words; the target decides who that is. */
  | { readonly kind: 'part'; readonly of: string };

export interface StagePlan {
  /** 1 for the first stage. */
  readonly no: number;
  readonly name: string;
  readonly title: string;
  readonly exposure: number;
  readonly population?: Population;
  readonly bakeMs: number;
  readonly checkEveryMs: number;
  /** Absent: no approval is needed. */
  readonly approve?: Quorum;
  /** `auto`: when this stage's bake has passed with nothing but pass, the next stage is asked for by itself. Absent: a person asks. */
  readonly advance?: 'auto';
  /** What makes the bake start over. Absent: nothing does. */
  readonly restartsOn?: readonly Restart[];
  /** The longest a bake may take by the clock, ms; then the rollout is held. Absent: as long as it takes. */
  readonly maxBakeMs?: number;
  /** When people are shown a summary during the bake: each rhythm for its time, the last one until the end. */
  readonly reportEvery?: readonly { readonly everyMs: number; readonly forMs?: number }[];
  /** Checks that are judged otherwise in this stage, by name. */
  readonly checks?: Readonly<Record<string, CheckOverride>>;
  /** Where a rollback goes from this stage. Absent: where the plan's goes. */
  readonly rollbackTo?: RollbackTo;
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
  /** How long every check is measured before any exposure, ms. Absent: there is no baseline. */
  readonly baselineMs?: number;
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
