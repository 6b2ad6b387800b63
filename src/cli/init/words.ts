/** How what people wrote stands in the file, so that it cannot become another part of it. */

/** A text in quotes: what JSON writes is YAML, too. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}

/** A name as it is, unless a reader of YAML, old or new, would take it for something else. */
export function word(text: string): string {
  const plain = /^[a-z][\w/-]*$/i.test(text) && !/^(?:null|true|false|yes|no|on|off|y|n)$/i.test(text);
  return plain ? text : quoted(text);
}
