/**
 * What people paste from other tools, and what YAML makes of it: behind what was expected and found stands what to write
 * instead. Pure; a hint never repeats a value that may be a secret.
 */
import { isConnectionValue } from '../language/kinds/index.js';
import type { Finding, Path } from '../values/problem.js';
import { nearZones } from '../values/time-zones.js';

const LIMIT = 'a limit is written { above: 5 }, { below: 95 }, { at_least: … } or { at_most: … }';
const URL_KEY = 'write url: and the address, a variable of the environment where it is secret';
const PERCENT = 'write exposure: and a percentage, such as exposure: 10';
const BAKE = 'write bake: and how long it is watched before the next stage, such as bake: 24h';
const RHYTHM = 'how often it is read stands on the stages: check_every: 1m';
const PATIENCE = 'how many bad readings count is written in the limit: { above: 5, fail: 3 of 5 }';

const LISTS =
  'what people have to do stands in lists: before: of the plan and of a stage, exit: of a stage, after: and after_rollback: of the plan';

type Place =
  | 'top'
  | 'people'
  | 'target'
  | 'check'
  | 'probe'
  | 'limit'
  | 'stage'
  | 'every_stage'
  | 'item'
  | 'rollback'
  | 'other';

/** Words of lists in other tools, for a plan and for its stages. */
const CHECKLISTS =
  'checklist checklists gate gates leave task tasks todo todos tests signoff signoffs sign_offs criteria go_no_go preconditions prerequisites';

/** Words of other tools (Argo Rollouts, Flagger, GrowthBook, LaunchDarkly, Unleash, Spinnaker), by where they stand. */
const KEYS: Readonly<Record<Place, Readonly<Record<string, string>>>> = {
  top: {
    ...said('write plan: and the name of the file', 'name id'),
    ...said('write stages: and a list of { stage, exposure, bake }', 'phases waves rollout strategy canary'),
    ...said('write checks: and a mapping of { probe, critical }', 'metrics analysis alerts monitors slos'),
    ...said('write people: and the roles in it, operators first', 'approvers roles team teams owners'),
    ...said('write channel: "#name"', 'slack slack_channel slackChannel channels'),
    ...said('write title:', 'description summary'),
    ...said(LISTS, CHECKLISTS),
    ...said('write every_stage: { exit: [ … ] }, or exit: in a stage', 'exit'),
    ...said('write after:', 'cleanup clean_up followup follow_up post'),
    ...said('write after_rollback:', 'postmortem on_rollback rollback_steps afterRollback'),
  },
  people: {},
  target: {
    ...said(URL_KEY, 'address endpoint dsn connection connectionString database_url host uri'),
    ...said('write kind: and one of postgres, http, exec', 'type provider'),
    ...said('write rows: { <column that names a row>: [<its name>] }', 'row flag key name flags'),
    ...said('write columns: { exposure: <percentage>, enabled: <switch> }', 'column percentage enabled'),
  },
  check: {
    ...said(LIMIT, 'thresholdRange threshold thresholds max min successCondition failureCondition above below limit'),
    ...said(PATIENCE, 'failureLimit consecutiveErrorLimit consecutiveSuccessLimit inconclusiveLimit count'),
    ...said(RHYTHM, 'interval every initialDelay frequency rhythm check_every'),
    ...said('write probe: { kind: …, … }', 'provider query metric source url kind prometheus datadog'),
    ...said('write critical: with a limit', 'error fail alarm rollback'),
    ...said('write warning: with a limit', 'warn'),
  },
  probe: {
    ...said(URL_KEY, 'address endpoint server host uri'),
    ...said(
      'write kind: and one of prometheus, http, sql, exec, alert, manual',
      'type provider prometheus web datadog',
    ),
    ...said('write value: and the way to the number, such as data.error_rate', 'jsonPath jsonpath path field json'),
    ...said('write query:', 'promql expr expression sql metric'),
    ...said(RHYTHM, 'interval every'),
    ...said('write run: and a list of words', 'command cmd script args'),
  },
  limit: {
    ...said('write above: and the number', 'max gt maximum greater_than over threshold value'),
    ...said('write below: and the number', 'min lt minimum less_than under'),
    ...said('write at_least: and the number', 'gte ge atleast'),
    ...said('write at_most: and the number', 'lte le atmost'),
    ...said('write do: rollback, hold, disable or post', 'action then act'),
    ...said('write for: and a duration, such as for: 5m', 'duration window'),
    ...said('write fail: 3 of 5', 'failureLimit count consecutive'),
  },
  stage: {
    ...said(PERCENT, 'weight setWeight percentage percent coverage rollout traffic maxWeight stepWeight step value'),
    ...said(BAKE, 'pause duration wait hold interval bakeTime bake_time soak'),
    ...said('write stage: and a name', 'name id step_name'),
    ...said('write approve: [<role>]', 'approval approvers manual judgement manualApproval approved_by'),
    ...said('write checks: { <check>: { critical: … } }', 'analysis metrics'),
    ...said(LISTS, CHECKLISTS),
    ...said('it stands beside stages:, for the whole plan', 'after after_rollback every_stage'),
  },
  every_stage: said('write exit: and a list', `${CHECKLISTS} items list`),
  item: {
    ...said('write do: and what is to be done', 'text title task todo description summary step action what label'),
    ...said(
      'write by: and a role',
      'owner owners assignee assigned_to role roles who person responsible approver approve',
    ),
    ...said('write needs: [<name>]', 'depends depends_on dependsOn requires after blocked_by blockedBy need'),
    ...said('write name:', 'id key slug'),
    ...said('an item blocks unless it has optional: true', 'required mandatory blocking blocks'),
    ...said('an item is open until somebody says that it is done', 'done checked completed status state x'),
    ...said('write waive: [<role>]', 'waivers waiver skip skippable override'),
    ...said('write expect:', 'expected expected_result expects result should'),
    ...said('write how:', 'steps procedure instructions details notes note'),
    ...said('write { group: <title>, items: [ … ] }', 'checklist children subtasks tasks list tests'),
    ...said('a group stands in a list, not in another group', 'group items'),
  },
  rollback: {
    ...said('what is done after a rollback stands in after_rollback: of the plan', 'then after after_rollback'),
    ...said('write to: off, previous or a percentage', 'target stage exposure'),
    ...said('write within: and a duration, such as within: 30s', 'timeout deadline'),
  },
  other: {},
};

function said(hint: string, words: string): Record<string, string> {
  return Object.fromEntries(words.split(' ').map((word) => [word, hint]));
}

function placeOf(path: Path): Place {
  const [top, , third, fourth] = path;
  if (path.length === 0) return 'top';
  if (top === 'stages') return stagePlace(path);
  if (isInList(path)) return typeof path.at(-1) === 'number' ? 'item' : 'other';
  if (top === 'targets') return path.length === 2 ? 'target' : 'other';
  if (top === 'rollback' || top === 'people' || top === 'every_stage') return path.length === 1 ? top : 'other';
  if (top !== 'checks') return 'other';
  if (path.length === 2) return 'check';
  if (third === 'probe') return fourth === undefined ? 'probe' : 'other';
  return 'limit';
}

function stagePlace(path: Path): Place {
  const [, , third] = path;
  if (path.length === 2) return 'stage';
  if (isInList(path)) return typeof path.at(-1) === 'number' ? 'item' : 'other';
  if (third === 'rollback' && path.length === 3) return 'rollback';
  return third === 'checks' && path.length > 4 ? 'limit' : 'other';
}

const IN_LIST =
  /^(?:stages\.\d+\.(?:before|exit)|every_stage\.(?:before|exit)|before|after|after_rollback)\.\d+(?:\.|$)/;

function isInList(path: Path): boolean {
  return IN_LIST.test(`${path.slice(0, 4).join('.')}`);
}

/** What to do about it, ready to stand behind its message; '' when nothing is known. */
export function hintFor({ code, path }: Pick<Finding, 'code' | 'path'>, value: unknown): string {
  const hint = hintOf({ code, path }, value);
  return hint === '' ? '' : `; ${hint}`;
}

function hintOf({ code, path }: Pick<Finding, 'code' | 'path'>, value: unknown): string {
  if (code === 'unknown_key') return keyHint(path, value);
  if (code === 'not_supported_yet') return laterHint(path);
  return code === 'invalid' || code === 'missing' ? valueHint(path, value) : '';
}

/** What to write until then. */
function laterHint(path: Path): string {
  const key = path.at(-1);
  return key === 'steps' && !isInList(path) ? LISTS : '';
}

const BLANKS = 'write plain spaces: there is another kind of blank';

function keyHint(path: Path, value: unknown): string {
  const key = String(path.at(-1));
  if (/[^\S ]|^ | $/.test(key)) return `${BLANKS} in this key`;
  if (key === '<<') return 'merge keys are not read: write the keys out, or use an alias (*name) for a whole value';
  const place = placeOf(path.slice(0, -1));
  const hints = KEYS[place];
  if (Object.hasOwn(hints, key)) return hints[key] ?? '';
  return place === 'item' && !/^[a-z_]+$/.test(key) ? textAsKeyHint(value) : '';
}

/** `- Deploy: to production` is a mapping to YAML, and so is `- Golden flows:` with a list under it. */
function textAsKeyHint(value: unknown): string {
  if (Array.isArray(value)) return 'write { group: <title>, items: [ … ] }';
  if (value === null) return 'take the colon at the end away, or put quotes around the text';
  return 'put quotes around a text with ": " in it';
}

const PERCENTAGE = /^stages\.\d+\.exposure$/;
const DURATION = /(?:^|\.)(?:bake|check_every|for|within|timeout|every|baseline|approve_within|fresh|max|after)$/;
const NUMBER = /^(?:stages|checks|rollback)\b.*\.(?:exposure|above|below|at_least|at_most|to|any)$/;
const LIST = /^(?:people\.[^.]+|stages\.\d+\.approve|contact|stages\.\d+\.(?:users|tenants))$/;

function valueHint(path: Path, value: unknown): string {
  if (path.at(-1) === '<<') return keyHint(path, value);
  const place = path.join('.');
  if (value === undefined || value === null) return place === 'channel' && value === null ? HASH : '';
  if (isConnectionValue(path)) return '';
  if (isInList(path)) return itemHint(path, value);
  if (typeof value === 'string') return textHint(place, value.trim());
  if (typeof value === 'number') return numberHint(place, value);
  if (typeof value === 'boolean') return switchHint(place, value);
  return shapeHint(place, value);
}

const HASH = 'in YAML # begins a comment: write "#name" in quotes';
const ON = /^(?:on|yes|true|y|full|all|everyone|everybody|enabled?)$/i;
const OFF = /^(?:off|no|false|n|none|zero|disabled?)$/i;

function textHint(place: string, text: string): string {
  if (/^[“”„«»‘’‚].*[“”«»‘’]$/u.test(text)) return `write straight quotes, ' or ", not those of a word processor`;
  if (NUMBER.test(place)) return numericHint(place, text);
  if (DURATION.test(place)) return durationHint(text);
  if (place === 'timezone') return zoneHint(text);
  if (place === 'channel') return /^[a-z0-9_-]+$/i.test(text) ? `write "#${text.toLowerCase()}" in quotes` : '';
  if (/^people\.[^.]+\.\d+$/.test(place) && /^[\w.-]+$/.test(text))
    return `a user group is written "@${text}", in quotes`;
  if (LIST.test(place)) return 'write a list, [ ] around it';
  if (/^checks\.[^.]+\.(?:warning|critical)$/.test(place)) return LIMIT;
  if (place === 'rollback') return 'write rollback: { to: off }';
  return '';
}

const MOST_TITLE = 300;

/** An item, or something in it. */
function itemHint(path: Path, value: unknown): string {
  const key = path.at(-1);
  if (typeof key === 'number' || key === 'do' || key === 'test' || key === 'group') {
    if (typeof value === 'number' || typeof value === 'boolean') return 'put quotes around it if it is the text';
    if (Array.isArray(value)) return 'write { group: <title>, items: [ … ] }';
    if (typeof value !== 'string') return '';
    const long = value.length > MOST_TITLE || /[\r\n]/.test(value.trim());
    return long ? 'say it in one line, and put the details into how: of a test:, or behind a link' : '';
  }
  if ((key === 'needs' || key === 'waive') && typeof value === 'string') return 'write a list, [ ] around it';
  if (key === 'items' && typeof value === 'string') return 'write a list, [ ] around it';
  return '';
}

function zoneHint(text: string): string {
  const near = nearZones(text);
  if (near.length > 0) return `did you mean ${near.join(' or ')}?`;
  return text.includes('/') ? '' : 'write <area>/<city>';
}

function numericHint(place: string, text: string): string {
  const [, plain = ''] = /^["']?([0-9]{1,12}(?:[.,][0-9]{1,6})?)["']?$/.exec(text) ?? [];
  if (plain !== '') return `write ${plain.replace(',', '.')} without quotes`;
  const [, number = '', unit = ''] = /^([0-9]{1,12}(?:[.,][0-9]{1,6})?)\s*(%|[a-zA-Zµ]{1,6})$/.exec(text) ?? [];
  const written = number.replace(',', '.');
  if (unit === '%') return `write ${written} without %`;
  if (unit !== '') return `write ${written}, and unit: ${unit} in the check`;
  if (/^[0-9]+(?:_[0-9]+)+$/.test(text)) return `write ${text.replaceAll('_', '')}`;
  if (place === 'rollback.to') return OFF.test(text) ? 'write off' : '';
  if (PERCENTAGE.test(place)) return ON.test(text) ? 'write 100, or on for a flag without percentages' : '';
  if (/^[<>]=?/.test(text)) return LIMIT;
  return '';
}

function durationHint(text: string): string {
  const [, hours = '', minutes = ''] = /^(\d{1,3}):(\d{2})(?::\d{2})?$/.exec(text) ?? [];
  if (hours !== '') return `write ${Number(hours)}h${Number(minutes)}m`;
  return /^\d+$/.test(text) ? unitHint(text) : '';
}

function numberHint(place: string, value: number): string {
  if (DURATION.test(place)) return unitHint(String(value));
  if (/^checks\.[^.]+\.(?:warning|critical)$/.test(place)) return `write { above: ${value} } or { below: ${value} }`;
  if (/^stages\.\d+$/.test(place)) return `write { stage: wave-1, exposure: ${value}, bake: 24h }`;
  if (/^people\./.test(place) || place === 'channel') return 'write it in quotes';
  return '';
}

function unitHint(number: string): string {
  return `a number alone has no unit: write ${number}s, ${number}m or ${number}h`;
}

function switchHint(place: string, value: boolean): string {
  if (PERCENTAGE.test(place)) return value ? 'write 100, or on for a flag without percentages' : 'write a percentage';
  return place === 'rollback.to' && !value ? 'write off' : '';
}

function shapeHint(place: string, value: object): string {
  const isList = Array.isArray(value);
  if (place === 'stages' && !isList) return 'write a list: - { stage: <name>, exposure: 10, bake: 24h }';
  if ((place === 'checks' || place === 'targets' || place === 'people') && isList)
    return `write a mapping: ${place}: { <name>: … } without the dashes`;
  return DURATION.test(place) && !isList ? 'write the duration alone, such as 24h' : '';
}

interface Foreign {
  readonly has: readonly string[];
  readonly what: string;
}

const FOREIGN: readonly Foreign[] = [
  { has: ['apiVersion', 'kind'], what: 'a resource of Kubernetes, such as those of Argo Rollouts and Flagger' },
  { has: ['services'], what: 'a file of Docker Compose' },
  { has: ['jobs', 'on'], what: 'a workflow of GitHub Actions' },
  { has: ['rules', 'defaultValue'], what: 'a feature of GrowthBook' },
  { has: ['variations'], what: 'a flag of LaunchDarkly' },
  { has: ['strategies'], what: 'a feature of Unleash' },
  { has: ['groups'], what: 'rules of Prometheus' },
  { has: ['stages', 'application'], what: 'a pipeline of Spinnaker' },
];

/** Where the whole file is something of another tool, what that is; each of its keys is not worth a complaint. */
export function foreignFile(value: object): string | null {
  if (Object.hasOwn(value, 'plan') || Object.hasOwn(value, 'targets')) return null;
  const found = FOREIGN.find(({ has }) => has.every((key) => Object.hasOwn(value, key)));
  return found === undefined
    ? null
    : `expected a plan, found ${found.what}; begin with npx --no rollout init, or copy one of examples/`;
}

/** Lines that come with what was copied around a plan. What YAML makes of them, and of all lines behind, says nothing to anybody. */
const PASTED: readonly (readonly [RegExp, string])[] = [
  [/^(?:```|~~~)/, 'take this line away: it is the fence of a block in a message or a page'],
  [/^(?:<{7}|={7}|>{7})(?: |$)/, 'decide between the two sides of an unfinished merge, and take its marks away'],
  [/^(?:\+(?:[a-z#-]| {2})|\+\+\+ |@@ )/, 'take the + and - of a diff away from the beginning of the lines'],
  [/^\s{0,8}\d{1,4}[ \t|:.]{1,4}(?:plan|title|channel|people|targets|checks|stages):/, 'take the line numbers away'],
];
const MOST_LINES = 5_000;

/** Where such a line is, and what to do about it; undefined when there is no line of that kind. */
export function pastedHint(text: string): { readonly offset: number; readonly hint: string } | undefined {
  let offset = 0;
  for (const line of text.split('\n', MOST_LINES)) {
    const [, hint] = PASTED.find(([like]) => like.test(line.slice(0, 200).trimEnd())) ?? [];
    if (hint !== undefined) return { offset, hint };
    offset += line.length + 1;
  }
  return undefined;
}

/** What YAML made of a line that it could not read; '' when nothing is known. `before` and `behind`: the line, up to and from there. */
export function syntaxHint(before: string, behind: string, said: string): string {
  const line = before + behind;
  const around = /^\s*(?:[\w-]{1,80}:\s*)?/.exec(line)?.[0] ?? '';
  if (/^\s*- \[[ xX]?\](?:\s|$)/.test(line))
    return 'take the [ ] away: an item is open until somebody says that it is done';
  if (/^\s*- \*/.test(line)) return 'put quotes around a text that begins with *';
  if (/^\s*- ["']/.test(line) && /node end/i.test(said))
    return 'the quotes end before the text does: put the other kind of quotes around all of it';
  if (/\u00a0|[\u2000-\u200b\u3000]/.test(around)) return `${BLANKS} in this line`;
  const key = /^\s*(?:- )?[\w-]+:\s+/.exec(line)?.[0];
  const rest = key === undefined ? '' : line.slice(key.length);
  if (/compact mappings|implicit map/i.test(said) && /\S: /.test(rest))
    return 'put quotes around a text with ": " in it';
  if (/compact mappings/i.test(said))
    return 'the next line is indented like a part of this text: put quotes around the text, or take the blanks away';
  if (/implicit keys/i.test(said))
    return /^\s*[\w-]+:\S/.test(line) ? 'put a blank behind the colon' : 'put a blank, a plain one, behind the colon';
  if (/^\s*\[/.test(rest) && /node end/i.test(said)) return 'put quotes around a text that begins with [';
  if (/flow-(?:seq|map)-start/i.test(said)) return 'put quotes around a text with [ ] or { } in it, such as a query';
  return '';
}
