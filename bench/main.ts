/** `npm run bench [-- <name> …] [--quick] [--json]`: what the bot costs and how it keeps up, on this machine. */
import { cpus } from 'node:os';
import { falseAlarms } from './false-alarms.js';
import { breach, checking, commands, type Figures, idleTick, retention, start } from './many.js';
import { openWorld, type World } from './world.js';

const quick = process.argv.includes('--quick');
const json = process.argv.includes('--json');
const wanted = process.argv.slice(2).filter((word) => !word.startsWith('-'));

const SCENARIOS: Readonly<Record<string, (world: World) => Promise<Figures>>> = {
  idle: (world) => idleTick(world, quick ? 500 : 5_000),
  commands,
  breach: (world) => breach(world, quick ? 3 : 15),
  start: (world) => start(world, quick ? 1_000 : 10_000),
  checks: (world) => checking(world, { active: quick ? 300 : 1_000, seconds: quick ? 20 : 60 }),
  'checks-5000': (world) => checking(world, { active: quick ? 600 : 5_000, seconds: quick ? 20 : 60 }),
  retention: (world) => retention(world, quick ? { rows: 100_000, seconds: 60 } : { rows: 4_000_000, seconds: 1_800 }),
};

/** What needs no server: the rules alone. */
const RULES: Readonly<Record<string, () => Figures>> = {
  'false-alarms': () => falseAlarms(quick ? { before: 20, now: 20 } : { before: 200, now: 50 }),
};

if (!json) console.log(`node ${process.version}, ${cpus().length} processors (${cpus()[0]?.model ?? 'unknown'})`);
for (const [name, figures] of Object.entries(RULES)) if (isWanted(name)) print(name, figures());
for (const [name, scenario] of Object.entries(SCENARIOS)) {
  if (!isWanted(name)) continue;
  // Each on a server of its own: none pays for what another left.
  const world = await openWorld();
  try {
    print(name, await scenario(world));
  } finally {
    await world.close();
  }
}
process.exit(0);

function isWanted(name: string): boolean {
  return wanted.length === 0 || wanted.includes(name);
}

function print(name: string, figures: Figures): void {
  console.log(json ? JSON.stringify({ name, ...figures }) : `${name}\n${lines(figures)}`);
}

function lines(figures: Figures): string {
  return Object.entries(figures)
    .map(([what, value]) => `  ${what.padEnd(30)} ${value}`)
    .join('\n');
}
