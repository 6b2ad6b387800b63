/** This work, and a printed line with how long it took: a figure for people, by which no test decides. */
export function taking<T>(what: string, work: () => Promise<T>): () => Promise<T> {
  return async () => {
    const began = performance.now();
    const answer = await work();
    console.info(`  ${Math.round(performance.now() - began)} ms  ${what}`);
    return answer;
  };
}
