/** What a record holds under a name from a plan; a role or check called `constructor` finds nothing that is not there. */
export function lookup<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
