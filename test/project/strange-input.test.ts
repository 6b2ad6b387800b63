/** Long and odd texts at every door: the one thread that reads them also rolls back, so none may hold it up. */
import { describe, expect, test } from 'vitest';
import { addressedByMention, addressedDirectly } from '../../src/commands/addressed.js';
import { asTyped, namesAt, readTyped } from '../../src/commands/grammar.js';
import { readAlertmanager } from '../../src/hooks/alertmanager.js';
import { readGeneric } from '../../src/hooks/generic.js';
import { readSentry } from '../../src/hooks/sentry.js';
import { parsePlan } from '../../src/plans/read/parse.js';
import { holdsSecret } from '../../src/plans/rules/program-secrets.js';
import { readDuration } from '../../src/plans/values/duration.js';
import { findNumber } from '../../src/probes/json-path.js';
import { numberFrom } from '../../src/probes/prometheus/answer.js';
import { showable } from '../../src/programs/last-words.js';
import { printedNumber } from '../../src/programs/printed.js';
import { readAdvance, readRollback } from '../../src/rollout/moves/orders.js';
import { asks, cautionIn, holdsBack } from '../../src/rollout/spoken/cautions.js';
import { readPlace } from '../../src/rollout/spoken/read-place.js';

import { escapeCode, escapeText, spoken, withoutHalfMark } from '../../src/slack/words/text.js';
import { parseJsonPath } from '../../src/web/json-path.js';
import { planText } from '../plans/build-plan.js';
import { PLAN } from '../rollout/fixture.js';

const SIZE = 200_000;
const long = (part: string) => part.repeat(SIZE / part.length);

/** Name and text: what repeats, then what stands around it. */
const TEXTS: readonly [string, string][] = [
  'a',
  '0',
  ' ',
  '\t',
  '\u00a0',
  '"',
  "'",
  '`',
  '<',
  '>',
  '?',
  '!',
  '.',
  '-',
  '%',
  '$',
  '{',
  '[',
  '(',
  '\\',
  '=',
  ':',
  '&',
  '*',
  '_',
  '/',
  '#',
  '@',
  '${',
  '{{ ',
  '$(',
  '"a',
  'a"="',
  'a=',
  'a:',
  '<@U1',
  '<@U1> ',
  '&lt;',
  '- ',
  ':x:',
  '1.',
  '10 %',
  'no ',
  'to 50 ',
  '? ',
  '"\\',
  '://a:',
  'A_',
  '\0',
  '\ud800',
  '\u200b',
  '\ufdfa',
  '\u202e',
  '__proto__ ',
  'constructor.',
  '😀',
  '\r\n',
  '\u2028',
].flatMap((part): [string, string][] => [
  [JSON.stringify(part), long(part)],
  [`${JSON.stringify(part)} between other words`, `rollback x${long(part)}\0x`],
]);

const BOT = 'U0BOT';
const ANSWERED = { answeredAt: undefined, safe: (text: string) => text };
const alert = (text: string) => ({
  status: 'firing',
  labels: { alertname: text, [text]: text },
  annotations: { summary: text },
});

/** Every place at which somebody else's words come in, and what reads them. None may throw. */
const DOORS: readonly [string, (text: string) => unknown][] = [
  ['typed', (text) => [readTyped(text), namesAt(asTyped(text)), readTyped(`rollback ${text}`)]],
  ['a mention', (text) => addressedByMention({ user: 'U1', text: `<@${BOT}> ${text}` }, BOT)],
  ['a direct message', (text) => addressedDirectly({ user: 'U1', text }, BOT)],
  ['a time', (text) => [readDuration(text), readDuration(`1h${text}`), readDuration(`by ${text}`)]],
  ['a place', (text) => [readPlace(PLAN, text), readRollback(PLAN, text), readAdvance(PLAN, text)]],
  ['a reason', (text) => [asks(text), cautionIn(text), holdsBack(text), cautionIn(`advance ${text}`)]],
  ['what is shown', (text) => [escapeText(text), escapeCode(text), spoken(text), withoutHalfMark(text)]],
  ['a word of a program', (text) => [holdsSecret(text, undefined), holdsSecret(`a ${text}`, text)]],
  [
    'what a program prints',
    (text) => [printedNumber(text), showable(text, ['secret', text.slice(0, 100).toWellFormed()])],
  ],
  [
    'an Alertmanager',
    (text) => readAlertmanager({ alerts: [alert(text)], groupKey: text, groupLabels: { [text]: text } }),
  ],
  ['a pushed alert', (text) => readGeneric(alert(text), null)],
  [
    'Sentry',
    (text) => readSentry('event_alert', { action: text, data: { event: { title: text }, triggered_rule: text } }),
  ],
  ['an answer of Prometheus', (text) => numberFrom({ status: 'error', error: text }, {}, ANSWERED)],
  ['a number of Prometheus', (text) => numberFrom(sample(text), {}, ANSWERED)],
  ['a path into JSON', (text) => [parseJsonPath(text), findNumber({ [text]: text }, [text])]],
];

function sample(value: string): unknown {
  return { status: 'success', data: { resultType: 'vector', result: [{ value: [1, value] }] } };
}

/** Values of a plan file, each of which gets the text. */
const KEYS = [
  'plan',
  'title',
  'channel',
  'people.operators',
  'contact',
  'links',
  'targets.flag.kind',
  'targets.flag.name',
  'checks.errors.critical',
  'checks.errors.critical.above',
  'checks.errors.unit',
  'checks.errors.probe.name',
  'stages',
  'rollback.to',
  'templates',
];

describe(`${SIZE / 1_000} kB`, () => {
  test.each(DOORS)('%s', (_, read) => {
    for (const [name, text] of TEXTS)
      expect(
        cpuSecondsOf(() => read(text)),
        name,
      ).toBeLessThan(3);
  });

  test.each(KEYS)('a plan whose %s is that long', (key) => {
    for (const [name, text] of TEXTS.filter((_, at) => at % 8 === 0)) {
      const plan = planText({ [key]: text.slice(0, SIZE / 2) });
      expect(
        cpuSecondsOf(() => parsePlan(plan)),
        name,
      ).toBeLessThan(3);
    }
  });
});

test.each([
  [
    'a list of 18,000 words for a program',
    { 'targets.flag': { kind: 'exec', set: Array(9_000).fill('a'), env: names(9_000) } },
  ],
  [
    '3,000 targets with the same rows',
    { targets: Object.fromEntries(names(3_000).map((name) => [name, { kind: 'memory', name: 'a' }])) },
  ],
  ['4,000 stages', { stages: names(4_000).map((stage) => ({ stage, exposure: 1 })) }],
  ['9,000 people', { 'people.operators': names(9_000) }],
  [
    '9,000 variables',
    {
      title: names(9_000)
        .map((name) => `\${${name}}`)
        .join(' '),
    },
  ],
])('a plan with %s is refused at once', (_, changes) => {
  const plan = planText(changes);
  expect(cpuSecondsOf(() => expect(parsePlan(plan).ok).toBe(false))).toBeLessThan(3);
});

function names(count: number): string[] {
  return Array.from({ length: count }, (_, at) => `a${at}`);
}

/** Processor time and no wall time: a busy machine is not a slow pattern. */
function cpuSecondsOf(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  return process.cpuUsage(before).user / 1_000_000;
}
