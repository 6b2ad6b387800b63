/** What package.json says under `engines`. */
const OLDEST_NODE = [20, 19] as const;

/** Node that the bot needs, such as `20.19`. */
export const NEEDED_NODE = OLDEST_NODE.join('.');

/** `version` is like `20.19.1`. */
export function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [neededMajor, neededMinor] = OLDEST_NODE;
  return major > neededMajor || (major === neededMajor && minor >= neededMinor);
}
