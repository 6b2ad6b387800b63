/** What the shop really served: the last ten seconds for people and probes, totals for Prometheus. */
export type Variant = 'old' | 'new';

export interface ServedRequest {
  readonly path: 'checkout' | 'login';
  readonly user: string;
  readonly variant: Variant;
  readonly code: number;
  /** From its arrival to the last byte of the answer. */
  readonly tookMs: number;
}

/** Rates are percent. Without a request in the window there is no number: null, never 0 or 100. */
export interface ShopMetrics {
  window_seconds: number;
  requests: number;
  exposed_requests: number;
  users: number;
  exposed_users: number;
  error_rate: number | null;
  p95_ms: number | null;
  p99_ms: number | null;
  login_success: number | null;
  exposed: { requests: number; error_rate: number | null; p95_ms: number | null };
}

export interface ServedLog {
  record(request: ServedRequest): void;
  metrics(): ShopMetrics;
  /** The text exposition format. */
  prometheus(): string;
}

const WINDOW_MS = 10_000;
const BUCKETS_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export function servedLog(now: () => number): ServedLog {
  let recent: (ServedRequest & { at: number })[] = [];
  const totals = new Totals();
  const forget = () => {
    const since = now() - WINDOW_MS;
    const first = recent.findIndex(({ at }) => at > since);
    recent = first === -1 ? [] : recent.slice(first);
  };
  return {
    record(request) {
      // Forgetting one by one would copy the window for every request.
      if (recent.length % 1_000 === 999) forget();
      recent.push({ ...request, at: now() });
      totals.add(request);
    },
    metrics() {
      forget();
      return summarise(recent);
    },
    prometheus: () => totals.text(),
  };
}

function summarise(recent: readonly ServedRequest[]): ShopMetrics {
  const checkouts = recent.filter(({ path }) => path === 'checkout');
  const exposed = checkouts.filter(({ variant }) => variant === 'new');
  const loginFailures = failureRate(recent.filter(({ path }) => path === 'login'));
  return {
    window_seconds: WINDOW_MS / 1_000,
    requests: checkouts.length,
    exposed_requests: exposed.length,
    users: new Set(checkouts.map(({ user }) => user)).size,
    exposed_users: new Set(exposed.map(({ user }) => user)).size,
    error_rate: failureRate(checkouts),
    p95_ms: percentile(checkouts, 95),
    p99_ms: percentile(checkouts, 99),
    login_success: loginFailures === null ? null : rounded(100 - loginFailures),
    exposed: { requests: exposed.length, error_rate: failureRate(exposed), p95_ms: percentile(exposed, 95) },
  };
}

function failureRate(requests: readonly ServedRequest[]): number | null {
  if (requests.length === 0) return null;
  return rounded((requests.filter(({ code }) => code >= 500).length / requests.length) * 100);
}

/** Nearest rank: a time that one of the requests really took. */
function percentile(requests: readonly ServedRequest[], percent: number): number | null {
  const sorted = requests.map(({ tookMs }) => tookMs).sort((a, b) => a - b);
  const value = sorted[Math.ceil((percent / 100) * sorted.length) - 1];
  return value === undefined ? null : rounded(value);
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

class Totals {
  private readonly requests = new Map<string, number>();
  private readonly durations = new Map<string, { count: number; sum: number; buckets: number[] }>();

  add({ path, variant, code, tookMs }: ServedRequest): void {
    const labels = `path="${path}",variant="${variant}"`;
    const counter = `${labels},code="${code}"`;
    this.requests.set(counter, (this.requests.get(counter) ?? 0) + 1);
    const seconds = tookMs / 1_000;
    const before = this.durations.get(labels) ?? { count: 0, sum: 0, buckets: BUCKETS_SECONDS.map(() => 0) };
    this.durations.set(labels, {
      count: before.count + 1,
      sum: before.sum + seconds,
      buckets: before.buckets.map((count, index) => count + (seconds <= (BUCKETS_SECONDS[index] ?? 0) ? 1 : 0)),
    });
  }

  text(): string {
    const lines = ['# HELP requests_total Requests answered.', '# TYPE requests_total counter'];
    for (const [labels, count] of this.requests) lines.push(`requests_total{${labels}} ${count}`);
    const name = 'request_duration_seconds';
    lines.push(`# HELP ${name} From arrival to the last byte.`, `# TYPE ${name} histogram`);
    for (const [labels, { count, sum, buckets }] of this.durations) {
      for (const [index, le] of BUCKETS_SECONDS.entries()) {
        lines.push(`${name}_bucket{${labels},le="${le}"} ${buckets[index]}`);
      }
      lines.push(`${name}_bucket{${labels},le="+Inf"} ${count}`);
      lines.push(`${name}_sum{${labels}} ${sum}`, `${name}_count{${labels}} ${count}`);
    }
    return `${lines.join('\n')}\n`;
  }
}
