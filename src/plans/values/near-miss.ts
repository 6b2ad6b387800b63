/** `; did you mean "stages"?` when a known word is at most two letters away, else nothing. */
export function didYouMean(word: string, known: readonly string[]): string {
  let best: { word: string; distance: number } | undefined;
  for (const candidate of known) {
    const distance = editDistance(word.toLowerCase(), candidate);
    // A two-letter word is two letters away from everything short: no hint is better than a wild one.
    const close = distance <= 2 && distance < candidate.length - 1;
    if ((close || distance === 0) && (!best || distance < best.distance)) best = { word: candidate, distance };
  }
  return best ? `; did you mean ${JSON.stringify(best.word)}?` : '';
}

/** Levenshtein; words that differ by more than two letters in length are not compared. */
function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return Number.POSITIVE_INFINITY;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
