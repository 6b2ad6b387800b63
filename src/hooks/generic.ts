import { type JsonPath, parseJsonPath, valueAt } from '../probes/json-path.js';
import type { PushedAlert } from '../store/pushed-alerts.js';
import {
  addressOf,
  dateOf,
  fieldsOf,
  fingerprintOf,
  labelsOf,
  NOTHING,
  type Told,
  textOf,
  titleOf,
  type Unread,
} from './told.js';

/** Where a sender that cannot write the bot's own shape keeps each field: the query of the hook's address. */
export interface Mapping {
  readonly fields: ReadonlyMap<string, JsonPath>;
  readonly labels: ReadonlyMap<string, JsonPath>;
  /** The sender's words for the two states. */
  readonly firing: readonly string[];
  readonly resolved: readonly string[];
  /** Words for what says nothing of an alert, such as a test or a note; `*` is every other word, and none at all. */
  readonly ignored: readonly string[];
}

const NEEDED = ['id', 'status', 'firing', 'resolved'];
const FIELDS = ['title', 'url', 'starts_at'];
const OPTIONAL = [...FIELDS, 'ignored'];
const OWN_KEYS = ['id', 'status', 'labels', ...FIELDS];
const WORDS = ['firing', 'resolved', 'ignored'];

/** The mapping in an address; null: it has none. Refused with words when it is not whole, or says what is not known. */
export function readMapping(query: URLSearchParams): Mapping | null | Unread {
  const entries = [...query];
  if (entries.length === 0) return null;
  const names = entries.map(([name]) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) return { unread: `${twice} stands twice in the address` };
  const unknown = names.find((name) => ![...NEEDED, ...OPTIONAL].includes(name) && !/^label\../s.test(name));
  if (unknown !== undefined) return { unread: `${unknown} is not known in the address` };
  const missing = NEEDED.find((name) => !query.get(name));
  if (missing !== undefined) return { unread: `${missing} is missing in the address` };
  const paths = new Map<string, JsonPath>();
  for (const [name, text] of entries) {
    if (WORDS.includes(name)) continue;
    const parsed = parseJsonPath(text);
    if ('error' in parsed) return { unread: `${name} in the address is not a path such as incident.id` };
    paths.set(name, parsed.path);
  }
  const labels = [...paths].filter(([name]) => name.startsWith('label.'));
  if (labels.length === 0)
    return { unread: 'a label is missing in the address, such as label.service=incident.service' };
  const [firing = [], resolved = [], ignored = []] = WORDS.map((name) => wordsOf(query.get(name)));
  const all = [...firing, ...resolved, ...ignored];
  if (new Set(all).size < all.length && all.some((word, at) => word !== '' && all.indexOf(word) !== at))
    return { unread: 'firing, resolved and ignored share a word in the address' };
  return {
    fields: paths,
    labels: new Map(labels.map(([name, path]) => [name.slice('label.'.length), path])),
    firing,
    resolved,
    ignored: ignored.filter((word) => word !== ''),
  };
}

function wordsOf(text: string | null): string[] {
  return (text ?? '').split(',').map((word) => word.trim());
}

/** One alert, in the bot's own shape or where the mapping says. Nothing is guessed: what does not fit is refused with words. */
export function readGeneric(body: unknown, mapping: Mapping | null): Told | Unread {
  if (mapping && saysNothing(body, mapping)) return NOTHING;
  const fields = mapping ? mapped(body, mapping) : own(body);
  if ('unread' in fields) return fields;
  const { id, status, labels, title, url, startsAt } = fields;
  const name = textOf(id);
  if (name === null || name === '') return { unread: 'id: expected a text or a number' };
  if (status === null)
    return { unread: `status: expected ${mapping ? 'one of the words in the address' : 'firing or resolved'}` };
  const began = dateOf(startsAt);
  if (startsAt !== undefined && startsAt !== null && !began) {
    return { unread: 'starts_at: expected a date such as 2026-01-31T12:00:00Z' };
  }
  const alert: PushedAlert = {
    fingerprint: fingerprintOf(name, labels),
    firing: status === 'firing',
    labels,
    title: titleOf(title, labels.alertname),
    url: addressOf(url),
    startsAt: began,
    endsAt: null,
  };
  return { ...NOTHING, alerts: [alert] };
}

interface Found {
  readonly id: unknown;
  readonly status: 'firing' | 'resolved' | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly title: unknown;
  readonly url: unknown;
  readonly startsAt: unknown;
}

function own(body: unknown): Found | Unread {
  const fields = fieldsOf(body);
  if (!fields) return { unread: 'expected a JSON object with id, status and labels' };
  const unknown = Object.keys(fields).some((key) => !OWN_KEYS.includes(key));
  if (unknown) return { unread: `expected only ${OWN_KEYS.join(', ')}; other bodies need a mapping in the address` };
  const given = fieldsOf(fields.labels);
  const texts = given && Object.values(given).every((value) => typeof value === 'string');
  if (!given || !texts) return { unread: 'labels: expected an object of texts' };
  const { id, status, title, url, starts_at: startsAt } = fields;
  const known = status === 'firing' || status === 'resolved' ? status : null;
  return { id, status: known, title, url, startsAt, labels: labelsOf(Object.entries(given)) };
}

/** Another event of the sender: a note, a test, a ping. What fires or ends an alert is never left. */
function saysNothing(body: unknown, { fields, firing, resolved, ignored }: Mapping): boolean {
  const path = fields.get('status');
  const word = textOf(path && valueAt(body, path));
  if (word !== null && [...firing, ...resolved].includes(word)) return false;
  return ignored.includes('*') || (word !== null && ignored.includes(word));
}

function mapped(body: unknown, { fields, labels, firing, resolved }: Mapping): Found {
  const at = (name: string): unknown => {
    const path = fields.get(name);
    return path && valueAt(body, path);
  };
  const word = textOf(at('status'));
  const known = word === null ? null : firing.includes(word) ? 'firing' : resolved.includes(word) ? 'resolved' : null;
  return {
    id: at('id'),
    status: known,
    title: at('title'),
    url: at('url'),
    startsAt: at('starts_at'),
    labels: labelsOf([...labels].map(([name, path]) => [name, valueAt(body, path)] as const)),
  };
}
