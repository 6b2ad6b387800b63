/** How an item says what the bot does: a program, a request, a query, and what has to come of it. */
import { z } from 'zod';
import { DAY_MS } from '../values/duration.js';
import { durationText, lines, matching } from '../values/forms.js';
import { programs } from './kinds/programs.js';
import { HTTP, headers, postgresAddress, webAddress } from './kinds/values.js';

const SECOND = 1_000;
const HOUR = 3_600_000;
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
const BODY = 'a mapping or list to be sent as JSON, or a text of at most 5000 characters';
const EXPECT = 'what should come of it: a text, a number, or a mapping with below, above, at_most, at_least or between';
const NUMBER = 'a number';

const bounds = z.strictObject(
  {
    below: z.number(NUMBER).optional(),
    above: z.number(NUMBER).optional(),
    at_most: z.number(NUMBER).optional(),
    at_least: z.number(NUMBER).optional(),
    between: z.array(z.number(NUMBER), 'two numbers, the smaller first').length(2, 'two numbers').optional(),
  },
  'a mapping with below, above, at_most, at_least or between',
);

export const expectation = z.union([lines('what should come of it', 1_000), z.number(NUMBER), bounds], EXPECT);

export const request = z.strictObject(
  {
    method: z.enum(METHODS, `one of ${METHODS.join(', ')}`).default('GET'),
    url: webAddress(HTTP),
    headers: headers.default({}),
    body: z.union([z.string().min(1).max(5_000), z.record(z.string(), z.json()), z.array(z.json())], BODY).optional(),
  },
  'a mapping with url and perhaps method, headers, body',
);

export const query = z.strictObject(
  {
    url: postgresAddress(),
    sql: matching('one query that reads, at most 5000 characters', /^(?=\s*\S)[\s\S]{1,5000}$/),
  },
  'a mapping with url and sql',
);

/** What is done, of an item or to look whether it was done. Exactly one of the first three: a rule. */
const ACTION = {
  run: programs.command.optional(),
  request: request.optional(),
  query: query.optional(),
  cwd: programs.cwd,
  env: programs.env.unwrap().optional(),
};

export const verify = z.strictObject(
  { ...ACTION, expect: expectation.optional() },
  'a mapping with one of run, request, query',
);

export const actionKeys = {
  ...ACTION,
  timeout: durationText('a duration from 1s to 2h, such as 30s or 10m', { from: SECOND, to: 2 * HOUR }).optional(),
  within: durationText('a duration from 10s to 24h, such as 10m', { from: 10 * SECOND, to: DAY_MS }).optional(),
  fresh: durationText('a duration from 1m to 365d, such as 4h or 24h', {
    from: 60 * SECOND,
    to: 365 * DAY_MS,
  }).optional(),
  repeatable: z.boolean('true or false').optional(),
  verify: verify.optional(),
};
