/** Finds what pure functions and tests must not do. */
import { argumentsOf, isNode, literal, type Node, nameOf, nodesIn, type Source } from './sources.js';

/** What a pure function cannot use: the clock, luck, waiting, the world. */
const IMPURE =
  /^(Date\.now|performance\.now|Math\.random|crypto\.\w+|set(Timeout|Interval|Immediate)|queueMicrotask|fetch|process\..*)$/;

/** Everything in this file that makes its functions depend on more than their arguments. */
export function impurities({ nodes }: Source): string[] {
  return nodes.flatMap((one) => {
    if (one.type === 'AwaitExpression' || one.async === true) return 'waits (async)';
    const name =
      one.type === 'MemberExpression' ? nameOf(one) : one.type === 'CallExpression' ? nameOf(one.callee) : '';
    if (one.type === 'NewExpression' && nameOf(one.callee) === 'Date' && argumentsOf(one).length === 0)
      return 'uses new Date()';
    return IMPURE.test(name) ? `uses ${name}` : [];
  });
}

const WATCH = /\b(performance\.now|process\.hrtime(\.bigint)?)$/;

/** Where this file asks for the time that passes, or has a page ask for it. */
export function watchesIn(source: Source): string[] {
  const asked = source.nodes.flatMap((one) => (one.type === 'MemberExpression' ? nameOf(one) : []));
  const inTexts = textsIn(source).flatMap((text) => text.match(/\b[\w.]+(?=\(\))/g) ?? []);
  return [...asked, ...inTexts].filter((name) => WATCH.test(name));
}

const MINUTE = 60_000;

/** Waiting that the runner ends after its own second, or within a minute, whatever the machine does meanwhile. */
export function hurriesIn({ nodes }: Source): string[] {
  return nodes.flatMap((one) => {
    const name = one.type === 'CallExpression' ? nameOf(one.callee) : '';
    const [, options] = argumentsOf(one);
    const ownSecond = /^vi\.wait(For|Until)$/.test(name) && options === undefined;
    return ownSecond || (/^(vi\.wait(For|Until)|expect\.poll)$/.test(name) && timeoutOf(options) < MINUTE)
      ? [name]
      : [];
  });
}

/** The number under `timeout` in this literal; what is written in another way is taken to be long enough. */
function timeoutOf(options: unknown): number {
  const properties = isNode(options) && Array.isArray(options.properties) ? options.properties.filter(isNode) : [];
  const timeout = properties.find((property) => nameOf(property.key) === 'timeout')?.value;
  return isNode(timeout) && typeof timeout.value === 'number' ? timeout.value : Number.POSITIVE_INFINITY;
}

/** The server's own clock in SQL. */
const SERVER_TIME =
  /(?<!\w)(now|clock_timestamp|statement_timestamp|transaction_timestamp)\(\)|\b(current_(date|time|timestamp)|localtime(stamp)?)\b/gi;

/** Where SQL in this file asks what time the server has. */
export function serverTimesIn(source: Source): string[] {
  return textsIn(source).flatMap((text) => text.match(SERVER_TIME) ?? []);
}

/** The text of strings and templates. */
export function textsIn({ nodes }: Source): string[] {
  return nodes.flatMap(({ type, value }) => {
    const raw =
      type === 'TemplateElement' && typeof value === 'object' && value !== null && 'raw' in value ? value.raw : value;
    return (type === 'TemplateElement' || type === 'Literal') && typeof raw === 'string' ? [raw] : [];
  });
}

/**
 * Waiting for time instead of for what should happen: `new Promise((done) => setTimeout(done, …))`, or the promised
 * timer of Node. A pause within a loop is a look at the clock between two looks at the world, and fine.
 */
export function sleepsIn({ nodes }: Source): Node[] {
  const looping = new Set(nodes.filter(({ type }) => LOOPS.has(type)).flatMap((loop) => [...nodesIn(loop)]));
  const timers = new Set(nodes.flatMap(promisedTimers));
  const sleeps = (one: Node) => isSleep(one) || (one.type === 'CallExpression' && timers.has(nameOf(one.callee)));
  return nodes.filter((one) => sleeps(one) && !looping.has(one));
}

const LOOPS = new Set(['WhileStatement', 'DoWhileStatement', 'ForStatement', 'ForOfStatement']);

/** What this file calls the timer of `node:timers/promises`. */
function promisedTimers(one: Node): string[] {
  if (one.type !== 'ImportDeclaration' || !/^(node:)?timers\/promises$/.test(literal(one.source))) return [];
  const names: unknown[] = Array.isArray(one.specifiers) ? one.specifiers : [];
  return names.flatMap((name) => (isNode(name) ? [nameOf(name.local), `${nameOf(name.local)}.setTimeout`] : []));
}

function isSleep(one: Node): boolean {
  if (one.type !== 'NewExpression' || nameOf(one.callee) !== 'Promise') return false;
  const [executor] = argumentsOf(one);
  if (!isNode(executor) || !Array.isArray(executor.params)) return false;
  const done = nameOf(executor.params[0]);
  const timers = [...nodesIn(executor.body)].filter(
    (call) => call.type === 'CallExpression' && nameOf(call.callee) === 'setTimeout',
  );
  return timers.some((timer) => {
    const [what] = argumentsOf(timer);
    return nameOf(what) === done || (isNode(what) && nameOf(what.body) === done);
  });
}
