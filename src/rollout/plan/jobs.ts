/** What the bot does for an item: a program, a request or a query, once, and how it is told that it is done. */

/** One thing that is done outside. Texts may hold `${NAME}`, which are filled just before. */
export type Action =
  /** `env`: names of variables, all that the program finds in its environment. `cwd`: absolute. */
  | { readonly kind: 'run'; readonly run: readonly string[]; readonly env: readonly string[]; readonly cwd?: string }
  | {
      readonly kind: 'request';
      readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
      readonly url: string;
      /** Names in lower case. */
      readonly headers: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  /** Reads: in a transaction that changes nothing. */
  | { readonly kind: 'query'; readonly url: string; readonly sql: string };

/**
 * What has to come of it beside its end. A number: of a request its status, else what it printed or read. A text: all of what it
 * printed, read or was answered, without blanks around it.
 */
export type ExpectedResult =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  /** Bounds of a number, each as far as it is given. */
  | {
      readonly kind: 'bounds';
      readonly below?: number;
      readonly above?: number;
      readonly atMost?: number;
      readonly atLeast?: number;
    };

export type Attempt = Action & { readonly expect?: ExpectedResult };

export type Job = Attempt & {
  /** The longest it may take, ms. */
  readonly timeoutMs: number;
  /** It is asked again every ten seconds for so long, ms, until it holds. */
  readonly withinMs?: number;
  /** How long a result holds, ms. */
  readonly freshMs?: number;
  /** It may be done twice. */
  readonly repeatable?: true;
  /** Asked where nobody knows whether it was done. */
  readonly verify?: Attempt;
};

export const ASK_AGAIN_MS = 10_000;

/** Doing it twice changes nothing: it only reads, or the plan says that it may be. */
export function mayRepeat(job: Job): boolean {
  return job.repeatable === true || job.withinMs !== undefined || onlyReads(job);
}

function onlyReads(action: Action): boolean {
  switch (action.kind) {
    case 'run':
      return false;
    case 'request':
      return action.method === 'GET';
    case 'query':
      return true;
    default:
      return action satisfies never;
  }
}
