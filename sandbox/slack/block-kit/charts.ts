import { isRecord, recordsIn } from '../values.js';
import { own } from './composition.js';
import { all, byType, finite, list, type Rule, shape, text } from './rules.js';

const label = text(20);
const values = { label, value: finite };

const axes = shape({ categories: list(20, label) }, { x_label: text(50), y_label: text(50) });
const series = shape({ name: label, data: list(20, shape(values)) });

/** Each line has a name of its own and one value for each category. */
const fitting: Rule = (chart, pointer, problems) => {
  if (!isRecord(chart)) return;
  const { categories } = isRecord(chart.axis_config) ? chart.axis_config : {};
  const names = new Set<unknown>();
  recordsIn(chart.series).forEach(({ name, data }, index) => {
    const at = `${pointer}/series/${index}`;
    if (names.has(name)) problems.push({ pointer: `${at}/name`, message: `\`name\` ${String(name)} already exists` });
    names.add(name);
    const labels = recordsIn(data).map((point) => point.label);
    const wanted: unknown[] = Array.isArray(categories) ? categories : [];
    const isOnce = wanted.every((category) => labels.filter((each) => each === category).length === 1);
    if (!isOnce || labels.length !== wanted.length) {
      problems.push({ pointer: `${at}/data`, message: 'must have exactly one value for each category' });
    }
  });
};

const lines = all(shape({ series: list(6, series), axis_config: axes }), fitting);

const positive: Rule = (value, pointer, problems) => {
  if (typeof value !== 'number' || !(value > 0)) problems.push({ pointer, message: 'must be a number above 0' });
};

const chart = byType({
  line: lines,
  bar: lines,
  area: lines,
  pie: shape({ segments: list(6, shape({ label, value: positive })) }),
});

export const dataVisualization = shape({ title: text(50), chart }, own);
