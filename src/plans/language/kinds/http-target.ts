/** `kind: http` among the targets: a flag service that is told and asked by requests. */
import { z } from 'zod';
import type { HttpRead, HttpTargetConfig, HttpWrite, HttpWrites } from '../../../rollout/plan/http-requests.js';
import { withoutUndefined } from '../../../rollout/plan/without-undefined.js';
import { listOf, matching, wholeNumber } from '../../values/forms.js';
import type { StageSteps } from '../../values/stage-steps.js';
import { HTTP, headers, jsonPath, rehearse, scale, webAddress } from './values.js';

export const MOST_TENANTS = 200;
/** Calls one after the other. A rehearsal asks and tells each tenant in 8 s, so each of these has 200 ms. */
export const MOST_ROUNDS = 20;
/** All of them have to be through within one call. */
const MOST_REQUESTS = 5;
const BODY = 'a mapping or list to be sent as JSON, or a text of at most 5000 characters';
const STATUS = 'a status from 200 to 299 or from 400 to 499';
/** Not `.` and `..`, which lead elsewhere in an address. */
const TENANT = matching(
  'a tenant’s name on one line, 1 to 100 characters',
  /^(?!\.{1,2}$)(?=.*\S)[^\p{C}\p{Zl}\p{Zp}]{1,100}$/u,
);

export const httpWrite = z.strictObject(
  {
    method: z.enum(['PUT', 'POST', 'PATCH', 'DELETE'], 'PUT, POST, PATCH or DELETE'),
    url: webAddress(HTTP),
    headers: headers.default({}),
    body: z.union([z.string().min(1).max(5_000), z.record(z.string(), z.json()), z.array(z.json())], BODY).optional(),
    expect: listOf(
      'statuses',
      z.int(STATUS).refine((status) => (status >= 200 && status <= 299) || (status >= 400 && status <= 499), STATUS),
      20,
    ).optional(),
  },
  'a mapping with method, url and perhaps headers, body, expect',
);

const writes = z.union(
  [httpWrite, listOf('requests', httpWrite, MOST_REQUESTS)],
  'a request, or a list of 1 to 5 of them',
);

const read = z.strictObject(
  {
    url: webAddress(HTTP),
    headers: headers.default({}),
    value: jsonPath('the way to the percentage in the JSON answer, such as rollout or data.percent').optional(),
    enabled: jsonPath('the way to true or false in the JSON answer, such as enabled').optional(),
    absent: z.literal('off', 'off, or nothing at all').optional(),
  },
  'a mapping with url and value or enabled',
);

const per = z.strictObject(
  {
    tenants: listOf('tenants', TENANT, MOST_TENANTS),
    concurrency: wholeNumber('a whole number of calls at a time', { from: 1, to: 20 }).default(4),
  },
  'a mapping with tenants and perhaps concurrency',
);

export const httpTarget = z.strictObject({
  kind: z.literal('http'),
  headers: headers.default({}),
  set: writes,
  off: writes.optional(),
  read,
  scale: scale.optional(),
  rehearse,
  per: per.optional(),
});

type File = z.output<typeof httpTarget>;

export function toHttpTarget(file: File, steps: StageSteps): HttpTargetConfig {
  const { kind, headers, set, off, read, scale, rehearse, per } = file;
  return withoutUndefined<HttpTargetConfig>({
    kind,
    set: toWrites(set, headers),
    off: off && toWrites(off, headers),
    read: toRead(read, headers),
    scale,
    rehearse,
    per: per && { ...steps.tenantsOf(per.tenants), concurrency: per.concurrency },
  });
}

type WriteFile = z.output<typeof httpWrite>;

/** A list of one is written as the one. */
function toWrites(file: File['set'], shared: File['headers']): HttpWrites {
  const all = [file].flat().map((one) => toWrite(one, shared));
  const [first, ...more] = all;
  return first && more.length === 0 ? first : all;
}

function toWrite({ method, url, headers, body, expect }: WriteFile, shared: File['headers']): HttpWrite {
  return withoutUndefined<HttpWrite>({ method, url, headers: joined(shared, headers), body, expect });
}

function toRead({ url, headers, value, enabled, absent }: File['read'], shared: File['headers']): HttpRead {
  return withoutUndefined<HttpRead>({ url, headers: joined(shared, headers), value, enabled, absent });
}

/** A request's own headers win, however they are spelled. */
function joined(
  shared: Readonly<Record<string, string>>,
  own: Readonly<Record<string, string>>,
): Record<string, string> {
  const taken = new Set(Object.keys(own).map((name) => name.toLowerCase()));
  const kept = Object.entries(shared).filter(([name]) => !taken.has(name.toLowerCase()));
  return { ...Object.fromEntries(kept), ...own };
}
