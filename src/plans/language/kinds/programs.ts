/** Forms of what the kinds that run programs share: command lines, the names of variables, a directory. */
import { z } from 'zod';
import { listOf, matching } from '../../values/forms.js';

const PROGRAM = 'a program first: its whole path from /, or a bare name such as curl';
const WORD = 'an argument on one line, at most 1000 characters, numbers in quotes';

const command = z
  .array(matching(WORD, /^[^\p{Cc}\p{Zl}\p{Zp}]{0,1000}$/u), 'a list such as [/usr/local/bin/flags, --name, checkout]')
  .min(1, PROGRAM)
  .max(100, 'at most 100 arguments')
  // Nothing depends on where the bot was started, and which program runs is not for a template to say.
  .refine(([program]) => program === undefined || (/^(?:\/.*[^/]|[^/\s]+)$/.test(program) && !program.includes('{{')), {
    error: PROGRAM,
    path: [0],
  });

const env = listOf('names of variables', matching('the name of a variable', /^[A-Za-z_][A-Za-z0-9_]{0,99}$/), 50);
const cwd = matching('a directory as a whole path from /', /^\/[^\p{Cc}\p{Zl}\p{Zp}]{0,500}$/u);

export const programs = { command, env: env.default([]), cwd: cwd.optional() };
