/**
 * What can be read of a value that its schema may refuse: the shape is the schema's, whatever the schema says of a value beyond
 * its type is left out, and what has a wrong type is undefined. Where a schema has several forms, they are taken together.
 */
import { z } from 'zod';

type Lists<T> = T extends readonly unknown[] ? T : never;
type Mappings<T> = T extends readonly unknown[] ? never : T extends object ? T : never;
type KeysOf<T> = T extends unknown ? keyof T : never;
type At<T, K> = T extends unknown ? (K extends keyof T ? T[K] : never) : never;

/** `T`: what the schema takes. JSON is the only thing of ours that may be null, and is taken as it is. */
export type Outlined<T> = null extends T
  ? unknown
  :
      | (Extract<T, string> extends never ? never : string)
      | (Extract<T, number> extends never ? never : number)
      | (Extract<T, boolean> extends never ? never : boolean)
      | ([Lists<T>] extends [never] ? never : (Outlined<Lists<T>[number]> | undefined)[])
      | ([Mappings<T>] extends [never]
          ? never
          : { [K in KeysOf<Mappings<T>>]?: Outlined<Exclude<At<Mappings<T>, K>, undefined>> | undefined });

/** Everything that may stand in one place. */
interface Form {
  readonly types: readonly string[];
  readonly item?: Form | undefined;
  readonly keys?: ReadonlyMap<string, Form> | undefined;
  /** Of a mapping whose keys are free. */
  readonly value?: Form | undefined;
  /** It is taken as it is. */
  readonly json?: boolean | undefined;
}

/** Reads a value as the schema has it. Throws, when the program starts, for a schema of a kind that is not listed here. */
export function outlining<T extends z.ZodType>(schema: T): (value: unknown) => Outlined<z.input<T>> | undefined {
  const form = formOf(schema);
  return (value) => read(form, value) as Outlined<z.input<T>> | undefined;
}

function formOf(schema: z.core.$ZodType): Form {
  if (schema instanceof z.ZodPipe) return formOf(schema.in);
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodExactOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault
  )
    return formOf(schema.unwrap());
  if (schema instanceof z.ZodUnion) return schema.options.map(formOf).reduce(together);
  if (schema instanceof z.ZodString || schema instanceof z.ZodEnum) return { types: ['string'] };
  if (schema instanceof z.ZodNumber) return { types: ['number'] };
  if (schema instanceof z.ZodBoolean) return { types: ['boolean'] };
  if (schema instanceof z.ZodLiteral) return { types: [...schema.values].map((value) => typeof value) };
  if (schema instanceof z.ZodArray) return { types: [], item: formOf(schema.element) };
  if (schema instanceof z.ZodRecord) return { types: [], value: formOf(schema.valueType) };
  if (schema instanceof z.ZodLazy) return { types: [], json: true };
  if (!(schema instanceof z.ZodObject)) throw new Error(`no outline of a schema of the kind ${schema._zod.def.type}`);
  const keys = Object.entries(schema.shape).map(([key, inner]) => [key, formOf(inner)] as const);
  return { types: [], keys: new Map(keys) };
}

function together(a: Form, b: Form): Form {
  return {
    types: [...a.types, ...b.types],
    item: either(a.item, b.item),
    keys: a.keys && b.keys ? bothKeys(a.keys, b.keys) : (a.keys ?? b.keys),
    value: either(a.value, b.value),
    json: a.json || b.json,
  };
}

function either(a: Form | undefined, b: Form | undefined): Form | undefined {
  return a && b ? together(a, b) : (a ?? b);
}

function bothKeys(a: ReadonlyMap<string, Form>, b: ReadonlyMap<string, Form>): ReadonlyMap<string, Form> {
  const merged = new Map(a);
  for (const [key, form] of b) merged.set(key, either(merged.get(key), form) ?? form);
  return merged;
}

function read(form: Form, value: unknown): unknown {
  if (form.json) return value;
  if (Array.isArray(value)) {
    const { item } = form;
    return item && value.map((one) => read(item, one));
  }
  if (typeof value !== 'object' || value === null) return form.types.includes(typeof value) ? value : undefined;
  if (!form.keys && !form.value) return undefined;
  const entries = Object.entries(value).flatMap(([key, inner]) => {
    const known = inner === null ? undefined : form.keys?.get(key);
    const at = known ?? form.value;
    // A key whose value has a wrong type is kept, so that a rule can tell it from one that is missing.
    return at ? [[key, read(at, inner)] as const] : [];
  });
  return Object.fromEntries(entries);
}
