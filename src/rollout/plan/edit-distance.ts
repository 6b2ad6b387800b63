/** Two words are one slip of a finger apart: one letter wrong, missing, extra, or two swapped. The same word is near itself. */
export function isNear(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  const rests = [a.slice(at + 1) === b.slice(at + 1), a.slice(at + 1) === b.slice(at), a.slice(at) === b.slice(at + 1)];
  const swapped = a[at] === b[at + 1] && a[at + 1] === b[at] && a.slice(at + 2) === b.slice(at + 2);
  return rests.some(Boolean) || swapped;
}
