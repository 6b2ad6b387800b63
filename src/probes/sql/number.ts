/** The one number of a query's answer. */
import pg from 'pg';
import type { FoundNumber } from '../json-path.js';

/** At most two rows of values as the server writes them. */
export interface SqlAnswer {
  readonly rows: readonly (readonly (string | null)[])[];
  readonly fields: readonly { readonly dataTypeID: number }[];
}

const { INT2, INT4, INT8, FLOAT4, FLOAT8, NUMERIC } = pg.types.builtins;
const NUMBERS: readonly number[] = [INT2, INT4, INT8, FLOAT4, FLOAT8, NUMERIC];

const WRITTEN = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/;

/** Exactly one row with one column of a number type, and a finite number in it. `detail` never holds what was read. */
export function numberOf({ rows, fields }: SqlAnswer): FoundNumber {
  const [row] = rows;
  const [field] = fields;
  if (fields.length !== 1 || !field) return no('not_a_number', `the answer has ${fields.length} columns, expected one`);
  if (!row) return no('no_value', 'the answer has no row');
  if (rows.length > 1) return no('not_a_number', 'the answer has more than one row');
  const [text] = row;
  if (text === null || text === undefined) return no('no_value', 'the answer is null');
  if (!NUMBERS.includes(field.dataTypeID)) return no('not_a_number', 'the answer is of a type that is no number');
  const value = WRITTEN.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(value)) return no('not_a_number', 'the answer is not finite');
  if (field.dataTypeID === INT8 && !Number.isSafeInteger(value)) {
    return no('not_a_number', 'the answer is a whole number beyond 2^53: cast it to double precision');
  }
  return { value };
}

function no(unknown: 'no_value' | 'not_a_number', detail: string): FoundNumber {
  return { unknown, detail };
}
