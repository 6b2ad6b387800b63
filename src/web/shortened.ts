/** The beginning of a text, of whole characters: half of one can neither be stored nor sent. */
export function shortened(text: string, most: number): string {
  return text.length > most ? text.slice(0, most).replace(/[\ud800-\udbff]$/, '') : text;
}
