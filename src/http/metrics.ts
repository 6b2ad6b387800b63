/** One number as Prometheus scrapes it. */
export interface Metric {
  /** Lower case, with its unit at the end. */
  readonly name: string;
  readonly help: string;
  /** Label → value; plain words. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Null: not known yet; then it is left out. */
  readonly value: number | null;
}

export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Gauges in the text format of Prometheus: all of one name together, with what it means said once. */
export function prometheusText(metrics: readonly Metric[]): string {
  const known = metrics.filter(({ value }) => value !== null);
  const names = [...new Set(known.map(({ name }) => name))];
  return names
    .flatMap((name) => {
      const same = known.filter((metric) => metric.name === name);
      return [`# HELP ${name} ${same[0]?.help}`, `# TYPE ${name} gauge`, ...same.map(sample)];
    })
    .map((line) => `${line}\n`)
    .join('');
}

function sample({ name, labels = {}, value }: Metric): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${text}"`);
  return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}`;
}
