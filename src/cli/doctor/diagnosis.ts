/** What the doctor says: one line for each thing it looked at, and under what is not well, what mends it. */
export type Diagnosis =
  | { readonly state: 'ok'; readonly about: string; readonly found: string }
  | { readonly state: 'warn' | 'fail'; readonly about: string; readonly found: string; readonly fix: string };

export function ok(about: string, found: string): Diagnosis {
  return { state: 'ok', about, found };
}

/** The bot works, but not as well as it should. */
export function warn(about: string, found: string, fix: string): Diagnosis {
  return { state: 'warn', about, found, fix };
}

/** Something that is needed does not work. */
export function fail(about: string, found: string, fix: string): Diagnosis {
  return { state: 'fail', about, found, fix };
}

/** Shorter ones may be words of their own: a user called `bot`, a port. */
const SECRET_CHARS = 5;
/** What Slack, a database or a plan calls something; longer words are cut. */
const LINE_CHARS = 400;

/** The one or two lines of a diagnosis, without control characters and without any of these texts. */
export function linesOf(diagnosis: Diagnosis, secrets: readonly string[]): string[] {
  const line = `${diagnosis.state.padEnd(4)}  ${diagnosis.about}: ${diagnosis.found}`;
  const lines = diagnosis.state === 'ok' ? [line] : [line, `      fix: ${diagnosis.fix}`];
  return lines.map((each) => clean(each, secrets));
}

/** One line without control characters, without any of these texts, and not without end. */
export function clean(line: string, secrets: readonly string[]): string {
  const long = secrets.filter((secret) => secret.length >= SECRET_CHARS).toSorted((a, b) => b.length - a.length);
  const hidden = long.reduce((text, secret) => text.replaceAll(secret, '…'), line);
  const shown = hidden.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trimEnd();
  return shown.length > LINE_CHARS ? `${shown.slice(0, LINE_CHARS)}…` : shown;
}

/** `12 ok, 1 warning, 2 failed`. */
export function summary(diagnoses: readonly Diagnosis[]): string {
  const count = (state: Diagnosis['state']) => diagnoses.filter((each) => each.state === state).length;
  const warnings = count('warn');
  return `${count('ok')} ok, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}, ${count('fail')} failed`;
}
