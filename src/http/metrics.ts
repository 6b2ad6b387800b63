/** One number as Prometheus scrapes it. */
export interface Metric {
  /** Lower case, with its unit at the end. */
  readonly name: string;
  readonly help: string;
  /** Null: not known yet; then it is left out. */
  readonly value: number | null;
}

export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Gauges in the text format of Prometheus. */
export function prometheusText(metrics: readonly Metric[]): string {
  return metrics
    .flatMap(({ name, help, value }) =>
      value === null ? [] : [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, `${name} ${value}`],
    )
    .map((line) => `${line}\n`)
    .join('');
}
