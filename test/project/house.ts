/**
 * The rooms of `src` and the floors they are on: a folder (or a file directly in `src`) imports only itself and rooms
 * further down. ARCHITECTURE.md says what each room is for.
 */
import { posix } from 'node:path';
import type { Source } from './sources.js';

/** From the ground up. A room that is not here has no floor yet, and the check fails until it has one. */
export const FLOORS: readonly (readonly string[])[] = [
  ['rollout/plan', 'kept', 'postgres', 'crash-points.ts', 'in-order.ts', 'way-down.ts', 'ticker.ts'],
  ['rollout/health', 'rollout/spoken', 'plans/values', 'targets', 'web'],
  ['rollout/state', 'plans/language/kinds', 'programs', 'slack/connection', 'targets/http', 'targets/postgres'],
  ['rollout/requirements', 'plans/language', 'plans/yaml', 'probes', 'slack/words', 'store', 'targets/exec'],
  ['rollout/moves', 'hooks', 'plans/rules', 'probes/prometheus', 'probes/sql', 'slack/people', 'config.ts'],
  [
    'rollout',
    'actions',
    'adapters',
    'http',
    'plans/read',
    'slack',
    'slack/words/phrases',
    'heartbeat.ts',
    'node-check.ts',
  ],
  ['cli/init', 'slack/forms', 'slack/posting', 'slack/words/messages', 'dispatch.ts', 'read-outside.ts'],
  ['deliver'],
  ['commands', 'jobs'],
  ['app.ts', 'cli'],
  ['cli/doctor', 'main.ts'],
  ['cli.ts'],
];

/** `rollout/state` for `src/rollout/state/rollout.ts`, `app.ts` for `src/app.ts`. */
export function roomOf(path: string): string {
  const folder = posix.dirname(path);
  return folder === 'src' ? posix.basename(path) : folder.replace(/^src\//, '');
}

function floorOf(room: string): number {
  return FLOORS.findIndex((rooms) => rooms.includes(room));
}

/** Files of `src` with what they import of it, by path. */
function ownImports(sources: readonly Source[]): Map<string, string[]> {
  const inSrc = sources.filter(({ path }) => path.startsWith('src/'));
  return new Map(
    inSrc.map(({ path, imports }) => [path, imports.filter(({ own }) => own).map(({ to }) => `${to}.ts`)]),
  );
}

/** Every import that goes up or sideways to another room, and every room without a floor. */
export function upward(sources: readonly Source[]): string[] {
  return [...ownImports(sources)].flatMap(([path, imports]) => {
    const room = roomOf(path);
    if (floorOf(room) < 0) return [`${path}: "${room}" stands on no floor, see test/project/house.ts`];
    return imports
      .filter((to) => to.startsWith('src/') && roomOf(to) !== room && floorOf(roomOf(to)) >= floorOf(room))
      .map((to) => `${path}: imports ${to}, which is not further down`);
  });
}

/** Groups of files that import each other in a circle, types included. */
export function circles(sources: readonly Source[]): string[][] {
  const graph = ownImports(sources);
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  // Tarjan's strongly connected components.
  const visit = (file: string): number => {
    const at = index.size;
    index.set(file, at);
    stack.push(file);
    let lowest = at;
    for (const next of graph.get(file) ?? []) {
      if (!graph.has(next)) continue;
      if (!index.has(next)) lowest = Math.min(lowest, visit(next));
      else if (stack.includes(next)) lowest = Math.min(lowest, index.get(next) ?? at);
    }
    low.set(file, lowest);
    if (lowest === at) {
      const group = stack.splice(stack.indexOf(file));
      if (group.length > 1 || graph.get(file)?.includes(file)) found.push(group.sort());
    }
    return lowest;
  };
  for (const file of graph.keys()) if (!index.has(file)) visit(file);
  return found;
}

/** One line per room: its floor, its files and lines. */
export function roomsTable(sources: readonly Source[]): string {
  const rows = FLOORS.flatMap((rooms, floor) =>
    rooms.map((room) => {
      const files = sources.filter(({ path }) => path.startsWith('src/') && roomOf(path) === room);
      const lines = files.reduce((sum, file) => sum + file.lines, 0);
      return `${String(floor).padStart(5)}  ${room.padEnd(22)} ${String(files.length).padStart(3)} files ${String(lines).padStart(6)} lines`;
    }),
  );
  return ['floor  room', ...rows].join('\n');
}
