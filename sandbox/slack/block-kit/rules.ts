import { isRecord, memberOf } from '../values.js';

/** What is wrong, where (a JSON pointer from the value that was checked), in Slack's words. */
export interface BlockProblem {
  pointer: string;
  message: string;
}

/** Checks one value and adds what is wrong with it. */
export type Rule = (value: unknown, pointer: string, problems: BlockProblem[]) => void;

/** Length in characters as people count them, the way Slack does. */
function lengthOf(text: string): number {
  return [...text].length;
}

export function text(most: number, least = 1): Rule {
  return (value, pointer, problems) => {
    if (typeof value !== 'string') problems.push({ pointer, message: 'must be a string' });
    else if (lengthOf(value) < least) problems.push({ pointer, message: `must be more than ${least - 1} characters` });
    else if (lengthOf(value) > most) problems.push({ pointer, message: `must be less than ${most + 1} characters` });
  };
}

export function number(least: number, most: number): Rule {
  return (value, pointer, problems) => {
    const fits = typeof value === 'number' && value >= least && value <= most;
    if (!fits) problems.push({ pointer, message: `must be a number from ${least} to ${most}` });
  };
}

export const finite: Rule = (value, pointer, problems) => {
  if (!Number.isFinite(value)) problems.push({ pointer, message: 'must be a number' });
};

export function orNull(rule: Rule): Rule {
  return (value, pointer, problems) => {
    if (value !== null) rule(value, pointer, problems);
  };
}

export const flag: Rule = (value, pointer, problems) => {
  if (typeof value !== 'boolean') problems.push({ pointer, message: 'must be a boolean' });
};

/** Parts that are accepted without a closer look. */
export const anything: Rule = () => {};

export function oneOf(...allowed: string[]): Rule {
  return (value, pointer, problems) => {
    if (typeof value !== 'string' || !allowed.includes(value)) {
      problems.push({ pointer, message: `must be one of: ${allowed.join(', ')}` });
    }
  };
}

export function list(most: number, rule: Rule, least = 1): Rule {
  return (value, pointer, problems) => {
    if (!Array.isArray(value)) {
      problems.push({ pointer, message: 'must be an array' });
      return;
    }
    if (value.length < least) problems.push({ pointer, message: `no fewer than ${least} items required` });
    if (value.length > most) problems.push({ pointer, message: `no more than ${most} items allowed` });
    value.forEach((item, index) => {
      rule(item, `${pointer}/${index}`, problems);
    });
  };
}

/** An object with exactly these fields; `type` is always allowed, its value is checked by `byType`. */
export function shape(required: Record<string, Rule>, optional: Record<string, Rule> = {}): Rule {
  return (value, pointer, problems) => {
    if (!isRecord(value)) {
      problems.push({ pointer, message: 'must be an object' });
      return;
    }
    for (const name of Object.keys(required)) {
      if (value[name] === undefined) problems.push({ pointer, message: `missing required field: ${name}` });
    }
    for (const [name, field] of Object.entries(value)) {
      const rule = memberOf(required, name) ?? memberOf(optional, name);
      if (rule) rule(field, `${pointer}/${name}`, problems);
      else if (name !== 'type') problems.push({ pointer, message: `invalid additional property: ${name}` });
    }
  };
}

/** Picks the rule by the object's `type`. */
export function byType(rules: Record<string, Rule>): Rule {
  return (value, pointer, problems) => {
    if (!isRecord(value)) {
      problems.push({ pointer, message: 'must be an object' });
      return;
    }
    const rule = typeof value.type === 'string' ? memberOf(rules, value.type) : undefined;
    if (rule) rule(value, pointer, problems);
    else problems.push({ pointer: `${pointer}/type`, message: `unsupported type: ${String(value.type)}` });
  };
}

export function all(...rules: Rule[]): Rule {
  return (value, pointer, problems) => {
    for (const rule of rules) rule(value, pointer, problems);
  };
}

/** At least one of these fields. */
export function anyOf(...names: string[]): Rule {
  return (value, pointer, problems) => {
    if (isRecord(value) && names.every((name) => value[name] === undefined)) {
      problems.push({ pointer, message: `missing required field: one of ${names.join(', ')}` });
    }
  };
}

/** One of these fields and no other of them. */
export function oneField(...names: string[]): Rule {
  return (value, pointer, problems) => {
    if (!isRecord(value)) return;
    const given = names.filter((name) => value[name] !== undefined);
    if (given.length !== 1) problems.push({ pointer, message: `must have exactly one of: ${names.join(', ')}` });
  };
}

/** A field that is true only where another one is. */
export function needs(name: string, other: string): Rule {
  return (value, pointer, problems) => {
    if (isRecord(value) && value[name] === true && value[other] !== true) {
      problems.push({ pointer: `${pointer}/${name}`, message: `needs \`${other}\` to be true` });
    }
  };
}
